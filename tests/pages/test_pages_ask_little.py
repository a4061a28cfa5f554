"""What a page asks the database: a number that may only fall, and the same however long the list is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from published import add_group_value, add_series, add_student_value, make_run

from cast import AT
from crescendo.pages.queries import students as lists
from crescendo.roster import queries as roster

pytestmark = pytest.mark.django_db

# What the frame around a page asks: transaction, reader's session and sign-in, the site, who looks, the rail.
# A number asks once more whether its data have a serious gap.
MOST = {"today": 29, "student_list": 17, "student_page": 25, "school_page": 23, "organisation_indicator": 25}


@pytest.fixture
def numbers(cast) -> None:
    run = make_run(at=AT)
    for student in cast.students.values():
        add_student_value(run, student.pk, cast.lincoln.pk, flag=True)
    add_group_value(run, cast.lincoln.pk)
    add_series(run, cast.lincoln.pk, [run.as_of], [0.9])


def asked(client, address: str) -> int:
    client.get(address)  # what is asked once a process is not a page's
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return sum(not query["sql"].startswith(("SET ROLE", "RESET ROLE")) for query in found)


@pytest.mark.parametrize("page", MOST)
def test_no_page_asks_more_than_this(client, cast, numbers, page):
    client.force_login(cast.users["priya"])
    args = {
        "student_page": [cast.students["sam"].pk],
        "school_page": [cast.lincoln.pk],
        "organisation_indicator": [cast.lincoln.pk, "attendance_rate"],
    }.get(page, [])
    assert asked(client, reverse(f"pages:{page}", args=args)) <= MOST[page]


def test_a_district_counts_its_students_once_in_half_a_minute(client, cast, numbers, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(lists.time, "monotonic", lambda: clock[0])
    lists._counted.clear()
    client.force_login(cast.users["dina"])
    address = reverse("pages:student_list")
    with cast.looking_as("dina") as viewer:
        in_scope = roster.list_students(viewer=viewer).count()
    assert in_scope > 1

    def counts() -> int:
        with CaptureQueriesContext(connection) as found:
            page = client.get(address).context["page"]
            assert page.paginator.count == in_scope
        return sum("COUNT(" in q["sql"] and 'FROM "roster_student"' in q["sql"] for q in found)

    assert [counts(), counts()] == [1, 0]
    clock[0] += lists.COUNT_HOLDS_SECONDS
    assert counts() == 1
    client.force_login(cast.users["ana"])
    assert counts() == 1, "another reader's count is their own"
    lists._counted.clear()
