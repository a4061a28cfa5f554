"""What needs me today: at most five, most urgent first, each with its reason; each person their own."""

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import AT, ON, Cast
from crescendo.imports.models import ImportRun, Source
from crescendo.indicators.models import MeasurementRun
from crescendo.pages.today import MOST, list_things
from crescendo.plans import actions as plans
from crescendo.plans.aims import Measure, Subject

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "indicators"))

from published import add_group_value, add_series, add_student_value, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast: Cast) -> MeasurementRun:
    """Sam has two reasons for a look; Lincoln's attendance fell for nine weeks."""
    made = make_run(at=AT)
    pk, school = cast.sam.pk, cast.lincoln.pk
    add_student_value(
        made,
        pk,
        school,
        indicator="chronic_absence",
        numerator=18.0,
        denominator=120.0,
        value=0.15,
        flag=True,
    )
    add_student_value(
        made, pk, school, indicator="course_failure", numerator=1.0, denominator=6.0, value=1 / 6, flag=True
    )
    begins = [date(2025, 9, 1) + timedelta(weeks=n) for n in range(24)]
    add_series(made, school, begins, [0.93, 0.94, 0.92, 0.935] * 3 + [0.925, 0.94, 0.93] + [0.89] * 9)
    add_group_value(made, school)
    return made


def sentences(cast: Cast, person: str) -> list[str]:
    with cast.looking_as(person) as viewer:
        return [thing.sentence for thing in list_things(viewer=viewer)]


def has(said: list[str], part: str) -> bool:
    return any(part in sentence for sentence in said)


def test_what_moved_comes_before_who_needs_a_look(cast: Cast, run: MeasurementRun) -> None:
    said = sentences(cast, "priya")
    assert said[0].startswith("Lincoln School: Attendance has been lower for 9 weeks")
    assert said[1] == "1 student has several reasons for a look at once."
    assert "1 student has missed a tenth of school or more." in said


def test_each_role_gets_its_own(cast: Cast, run: MeasurementRun) -> None:
    assert has(sentences(cast, "tess"), "Who took part in 7 Mathematics today?")
    assert has(sentences(cast, "cora"), "several reasons")
    assert has(sentences(cast, "dina"), "Lincoln School: Attendance has been lower")
    for person in ("gus", "ivo", "ana", "mona"):
        assert has(sentences(cast, person), "Attendance has been lower"), person
    for person in ("gus", "ivo", "mona"):
        assert not has(sentences(cast, person), "student has"), person
    assert sentences(cast, "sam") == ["You: Missed 18 of 120 school days. Did not pass 1 course."]
    assert sentences(cast, "fay")[0].startswith("Sam Soto: ")


def test_who_looks_over_a_district_reads_how_many_as_published_and_no_name(
    cast: Cast, run: MeasurementRun
) -> None:
    add_group_value(
        run,
        cast.district.pk,
        indicator="chronic_absence",
        n_students=40,
        n_flagged=6,
        value=0.15,
        numerator=6.0,
    )
    for person in ("dina", "ana"):
        said = sentences(cast, person)
        assert "6 of 40 students have missed a tenth of school or more." in said, person
        assert not has(said, "several reasons"), person


def test_otto_hears_nothing_of_lincoln_and_bryn_hana_and_max_nothing_of_students(
    cast: Cast, run: MeasurementRun
) -> None:
    assert not has(sentences(cast, "otto"), "Lincoln")
    assert not has(sentences(cast, "otto"), "several reasons")
    for person in ("bryn", "hana", "max"):
        assert sentences(cast, person) == [], person


def test_every_thing_has_one_button_that_opens(client, cast: Cast, run: MeasurementRun) -> None:
    for person in ("priya", "tess", "cora", "fay", "dina", "gus", "sam", "ana"):
        client.force_login(cast.users[person])
        things = client.get("/").context["things"]
        assert 1 <= len(things) <= MOST, person
        for thing in things:
            assert thing.action, person
            assert client.get(thing.href).status_code == 200, (person, thing.href)


def test_an_import_that_waits_comes_first_and_never_more_than_five_in_all(
    cast: Cast, run: MeasurementRun
) -> None:
    source = Source.objects.create(slug="sis", title="SIS", kind="oneroster")
    for _n in range(3):
        ImportRun.objects.create(source=source, state="waiting", file_name="a.zip", started_at=AT, counts={})
    said = sentences(cast, "dina")
    assert said[0] == "3 imports are waiting for your OK."
    assert len(said) <= MOST


def test_a_step_that_is_overdue_is_said_to_whoever_answers_for_it_alone(cast: Cast) -> None:
    with cast.looking_as("priya") as viewer:
        plan = plans.open_plan(
            subject=Subject("school", cast.lincoln.pk),
            measure=Measure.of_indicator("attendance_rate"),
            title="More days in school",
            baseline=0.9,
            target=0.95,
            begins_on=ON - timedelta(days=40),
            due_on=ON + timedelta(days=60),
            by=viewer,
            at=AT,
        )
        plans.add_action(
            plan_id=plan.pk,
            what="Call families",
            accountable_id=cast.staff["cora"].pk,
            due_on=ON - timedelta(days=1),
            by=viewer,
            at=AT,
        )
    assert sentences(cast, "cora")[0] == "“Call families” has been due since March 9."
    assert has(sentences(cast, "priya"), "How is “More days in school” going?")
    for person in ("tess", "otto", "fay", "gus"):
        assert not has(sentences(cast, person), "Call families"), person


def test_the_list_of_who_is_worth_a_look_says_every_reason(client, cast: Cast, run: MeasurementRun) -> None:
    client.force_login(cast.users["cora"])
    text = client.get("/students/?needs=look").text
    assert "Missed 18 of 120 school days. Did not pass 1 course." in text
    assert "Quinn" not in text
    client.force_login(cast.users["otto"])
    assert "Sam Soto" not in client.get("/students/?needs=look").text


def test_a_longer_list_asks_no_more_questions(client, cast: Cast, run: MeasurementRun) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    client.force_login(cast.users["priya"])
    address = f"/classes/{cast.classes['mathematics'].pk}/"
    client.get(address)
    before = {path: count(path) for path in ("/students/?needs=look", "/students/", address)}
    for name in ("nora", "quinn"):
        add_student_value(
            run, cast.students[name].pk, cast.lincoln.pk, indicator="course_failure",
            numerator=2.0, denominator=6.0, value=1 / 3, flag=True,
        )  # fmt: skip
    assert {path: count(path) for path in before} == before
