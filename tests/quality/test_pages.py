"""What people see of the data's quality: their own schools, rows of students whom they may see, and one line at a number."""

import csv
from datetime import date

import pytest
from django.urls import reverse
from planted import SATURDAY, VALUES, event, school_days

from cast import AT, ON
from crescendo.accounts.models import AuditEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.imports.models import Source
from crescendo.quality import actions, catalogue, checking, queries
from crescendo.quality.models import Assignment, Check, FoundRow
from crescendo.records.models import AttendanceSubmission
from crescendo.roster import actions as roster
from crescendo.roster.models import Post, Student

RULE = "attendance_no_school_day"


@pytest.fixture
def faulty(clean):
    """Quinn at Lincoln and Omar at Monroe were absent on a Saturday; Monroe has been silent for two school days."""
    event(clean, "quinn", SATURDAY)
    event(clean, "omar", SATURDAY, school_id=clean.monroe.pk)
    AttendanceSubmission.objects.filter(school_id=clean.monroe.pk, on__in=school_days()[-2:]).delete()
    for code in (RULE, "attendance_not_sent"):
        checking.check_rule(catalogue.BY_CODE[code], VALUES)
    return clean


def read(client, cast, name: str, address: str) -> str:
    client.force_login(cast.users[name])
    return client.get(address).content.decode()


def test_a_principal_sees_her_own_school_alone(client, faulty) -> None:
    page = read(client, faulty, "priya", reverse("quality:school_list"))
    assert "Lincoln School" in page
    assert "Monroe School" not in page
    assert "Attendance was not sent</a></th>" not in page  # Monroe's problem
    detail = reverse("quality:rule_detail", args=[RULE])
    assert "Quinn Quach" in read(client, faulty, "priya", detail)
    assert "Omar" not in read(client, faulty, "priya", detail)
    assert client.get(f"{detail}?school={faulty.monroe.pk}").status_code == 404
    assert client.get(f"{detail}?school=x").status_code == 404
    assert client.get(reverse("quality:rule_detail", args=["no_such_rule"])).status_code == 404


def test_the_district_sees_every_school_with_what_to_do(client, faulty) -> None:
    page = read(client, faulty, "dina", reverse("quality:school_list"))
    assert "Monroe School" in page
    assert "Serious: 5" in page
    detail = read(client, faulty, "dina", reverse("quality:rule_detail", args=[RULE]))
    assert "Omar Okafor" in detail
    assert "mark the day as a school day in the calendar" in detail


def test_row_security_hides_the_row_with_the_student_whatever_the_page_forgets(faulty) -> None:
    with faulty.looking_as("priya"):
        assert {row.student_id for row in FoundRow.objects.exclude(student_id=None)} == {
            faulty.students["quinn"].pk
        }
    with faulty.looking_as("tess") as tess:  # a teacher watches over nothing
        assert not FoundRow.objects.exists()
        with pytest.raises(NotAllowed):
            queries.list_checks(viewer=tess)


def test_the_export_names_nobody_and_runs_nowhere(client, faulty) -> None:
    Source.objects.update(title="=1+1")
    found = read(client, faulty, "dina", reverse("quality:rule_export", args=[RULE]))
    rows = list(csv.reader(found.lstrip("\ufeff").splitlines()))
    assert [row[3] for row in rows[1:]] == ["sis-omar", ""] or [row[3] for row in rows[1:]] == [
        "",
        "sis-omar",
    ]
    assert {row[2] for row in rows[1:]} == {"'=1+1"}
    assert "Omar" not in found
    assert AuditEntry.objects.filter(verb="quality.exported").count() == 1


def test_a_problem_is_given_to_somebody_who_watches_over_the_school(client, faulty) -> None:
    check = Check.objects.get(rule=RULE, school=faulty.lincoln)
    client.force_login(faulty.users["dina"])
    address = reverse("quality:check_assign", args=[check.pk])
    client.post(address, {"to": str(faulty.users["priya"].pk)})
    assert Assignment.objects.get().to_id == faulty.users["priya"].pk
    assert AuditEntry.objects.get(verb="quality.assigned").object_id == check.pk
    client.post(address, {"to": str(faulty.users["tess"].pk)})  # a teacher cannot see it
    assert Assignment.objects.get().to_id == faulty.users["priya"].pk
    client.post(address, {"to": ""})
    assert Assignment.objects.get().to_id is None
    theirs = Check.objects.get(rule=RULE, school=faulty.monroe)
    with faulty.looking_as("priya") as priya, pytest.raises(NotFound):
        actions.assign(check_id=theirs.pk, to_id=faulty.users["dina"].pk, by=priya, on=ON, at=AT)
    with faulty.looking_as("dina") as dina, pytest.raises(Refused):
        actions.assign(check_id=theirs.pk, to_id=faulty.users["priya"].pk, by=dina, on=ON, at=AT)


def test_an_owner_who_left_is_not_offered(faulty) -> None:
    Post.objects.filter(staff=faulty.staff["priya"]).update(ends_on=date(2026, 3, 9))
    assert faulty.users["priya"] not in queries.list_possible_owners(faulty.lincoln.pk, on=ON)
    assert faulty.users["dina"] in queries.list_possible_owners(faulty.lincoln.pk, on=ON)


def test_a_number_inherits_the_worst_serious_problem_of_its_tables(faulty) -> None:
    both = [faulty.lincoln.pk, faulty.monroe.pk]
    with faulty.looking_as("dina") as dina:
        line = queries.find_worst(viewer=dina, tables=["attendance_submissions"], organisation_ids=both)
        assert line is not None
        # The last day that Monroe sent is Thursday, 5 March.
        assert line.sentence == "1 school has sent no attendance since March 5, 2026."
        assert line.href == reverse("quality:rule_detail", args=["attendance_not_sent"])
        assert queries.find_worst(viewer=dina, tables=["assessment_results"], organisation_ids=both) is None
        lincoln = queries.find_worst(
            viewer=dina, tables=["attendance_submissions"], organisation_ids=[faulty.lincoln.pk]
        )
        assert lincoln is None
    with faulty.looking_as("otto") as otto:  # may read the number, so may know; there is no page for him
        line = queries.find_worst(viewer=otto, tables=["attendance_events"], organisation_ids=both)
        assert line is not None
        assert line.href == ""


def test_a_day_missing_in_between_is_not_called_silence(clean) -> None:
    AttendanceSubmission.objects.filter(school_id=clean.monroe.pk, on=school_days()[-5]).delete()
    checking.check_rule(catalogue.BY_CODE["attendance_not_sent"], VALUES)
    with clean.looking_as("dina") as dina:
        line = queries.find_worst(
            viewer=dina, tables=["attendance_events"], organisation_ids=[clean.monroe.pk]
        )
    assert line is not None
    assert line.sentence == "1 school did not send attendance for some of the last twenty school days."


def test_the_definition_says_it_to_staff_and_to_nobody_signed_out(client, faulty) -> None:
    address = reverse("indicators:definition_view", args=["attendance_rate"])
    assert "1 school has sent no attendance" not in client.get(address).content.decode()
    assert "1 school has sent no attendance" in read(client, faulty, "dina", address)
    assert "1 school has sent no attendance" not in read(client, faulty, "priya", address)


def test_an_erased_student_stands_in_no_work_list(faulty) -> None:
    quinn = faulty.students["quinn"]
    with faulty.looking_as("adam") as adam:
        roster.erase_student(student_id=quinn.pk, reason="Request 12", by=adam, at=AT)
    assert Student.objects.get(pk=quinn.pk).erased_at is not None
    assert not FoundRow.objects.filter(student_id=quinn.pk).exists()
