"""A student's number, traced to its facts: read out of the run's own snapshot, put through the measure again.

A measurement spans its own transactions, so the tests that need a real one are few and look at much.
"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from published import add_student_value, make_run

from cast import AT, YEAR, Cast
from crescendo.accounts.models import AuditEntry
from crescendo.imports.models import ImportRun, Source
from crescendo.indicators import actions, live, retracing, snapshot
from crescendo.indicators.models import MeasurementRun, StudentValue
from crescendo.indicators.numbers import Number
from crescendo.insights import student_rows
from crescendo.insights.rows_behind import TOLERANCE
from crescendo.records import changes
from crescendo.records import models as records
from crescendo.roster.models import CalendarDay, Characteristic

measured = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db
SCHOOL_DAYS = 142  # Mondays to Fridays from 25 August 2025 to 10 March 2026


def note(cast: Cast, key: str, days_ago: int, category: str, share: float) -> None:
    """An entry about Sam's attendance."""
    records.AttendanceEvent.objects.create(
        school_year=YEAR, source="sis", source_key=key, student_id=cast.sam.pk, school_id=cast.lincoln.pk,
        on=cast.on - timedelta(days=days_ago), category=category, absent_share=share,
    )  # fmt: skip


def measure(cast: Cast) -> MeasurementRun:
    """The cast, measured: both schools sent their attendance on every school day but one of Monroe's; Sam was late once."""
    Characteristic.objects.update(is_reported=False)
    for school in (cast.lincoln, cast.monroe):
        days = CalendarDay.objects.filter(calendar__school=school, on__lte=cast.on).order_by("on")
        sent = [day.on for day in days][1 if school == cast.monroe else 0 :]
        records.AttendanceSubmission.objects.bulk_create(
            records.AttendanceSubmission(
                school_year=YEAR, source="sis", source_key=f"{school.pk} {on}", school_id=school.pk, on=on
            )
            for on in sent
        )
    note(cast, "late", 5, "tardy", 0.2)
    return actions.run_measurement(as_of=cast.on, school_year=YEAR)


@pytest.fixture
def run(cast: Cast) -> MeasurementRun:
    """Sam's published rows alone, without a snapshot behind them."""
    run = make_run(at=AT)
    for indicator in ("attendance_rate", "behaviour_incident_rate"):
        add_student_value(run, cast.sam.pk, cast.lincoln.pk, indicator=indicator)
    return run


def page(client, cast: Cast, name: str, student: str, indicator: str = "attendance_rate", **query: str):
    client.force_login(cast.users[name])
    return client.get(f"/numbers/students/{cast.students[student].pk}/{indicator}/", query)


def plain(response) -> str:
    main = response.text.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@measured
def test_every_published_students_number_comes_out_of_its_rows_again(cast) -> None:
    """All measures of Omar and of Lena, who left; the page may say "yes" because it is so. Sam's pages follow below."""
    run = measure(cast)
    students = [cast.students[name].pk for name in ("omar", "lena")]
    values = StudentValue.objects.filter(run_id=run.pk, student_id__in=students).order_by("id")
    assert values.filter(status="evaluated").count() > 20
    for value in values:
        at_school = {value.school_id} if value.indicator == "attendance_rate" else set()
        for school_id in {None, *at_school}:
            found = retracing.retrace(
                run=run,
                student_id=value.student_id,
                indicator=value.indicator,
                rule_pack=value.rule_pack,
                school_id=school_id,
            ).outcome
            assert found.reason == (value.reason or ""), value
            assert found.flag == value.flag, value
            for column in ("numerator", "denominator", "value"):
                one, other = getattr(value, column), getattr(found, column)
                assert (one is None) == (other is None), (value, column)
                assert one is None or abs(one - other) <= TOLERANCE, (value, column)
    next(snapshot.folder().glob("*.parquet")).unlink()
    assert retracing.find_snapshot(run) is None


@measured
def test_the_page_shows_the_facts_of_the_run_and_what_each_does_to_the_number(client, cast) -> None:
    run = measure(cast)
    note(cast, "after the measurement", 0, "unexcused", 1.0)
    said = plain(page(client, cast, "priya", "sam"))
    assert f"{SCHOOL_DAYS - 1} ÷ {SCHOOL_DAYS} =" in said
    assert "These rows add up to the number: yes." in said
    assert f"Lincoln School: {SCHOOL_DAYS} school days up to March 10, 2026" in said
    assert f"March 6, 2026 unexcused absence 100% {SCHOOL_DAYS} of {SCHOOL_DAYS}" in said
    assert "March 5, 2026 late 20% the same" in said  # a late arrival is no absence
    assert "March 10, 2026 unexcused" not in said  # it is in the next number, not in this one

    england = plain(page(client, cast, "priya", "sam", "chronic_absence", rules="england"))
    assert f"2 days missed, out of {2 * SCHOOL_DAYS} recorded days" in england
    assert "These rows add up to the number: yes." in england

    omar = plain(page(client, cast, "dina", "omar"))
    wanted = f"{SCHOOL_DAYS} school days up to March 10, 2026; attendance was sent for {SCHOOL_DAYS - 1}."
    assert f"Monroe School: {wanted}" in omar

    changes.announce_marks(
        school_year=YEAR, school_id=cast.lincoln.pk, tables=["attendance_events"]
    )  # the note above, as a page announces it
    live.count_waiting_marks()
    brought = plain(page(client, cast, "priya", "sam"))
    assert f"{SCHOOL_DAYS - 2} ÷ {SCHOOL_DAYS} =" in brought
    assert (
        "These rows add up to the number: yes. Marks that came after the measurement are counted too"
        in brought
    )
    assert f"March 10, 2026 unexcused absence 100% {SCHOOL_DAYS - 1} of {SCHOOL_DAYS}" in brought

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE indicators_studentvalue SET numerator = numerator - 1 WHERE student_id = %s",
            [cast.sam.pk],
        )
    assert "These rows add up to the number: no." in plain(page(client, cast, "priya", "sam"))

    (snapshot.folder() / f"{run.snapshot_id}.json").unlink()
    gone = plain(page(client, cast, "priya", "sam"))
    assert "no longer kept here" in gone
    assert "add up to the number" not in gone


@measured
def test_every_kind_of_fact_can_be_shown(client, cast) -> None:
    run = measure(cast)
    codes = set(StudentValue.objects.filter(student_id=cast.sam.pk).values_list("indicator", flat=True))
    assert len(codes) == 18
    for code in sorted(codes):
        response = page(client, cast, "priya", "sam", code)
        assert response.status_code == 200, code
        assert "These rows add up to the number: yes." in plain(response), code
    found = retracing.retrace(
        run=run, student_id=cast.sam.pk, indicator="mean_z_score", rule_pack="us-federal"
    )
    assert {row.table for row in found.rows} == {"assessment_results", "enrolments"}
    assert {row.fact["student_id"] for row in found.rows} == {cast.sam.pk}


@pytest.mark.parametrize("name", ["otto", "gus", "ivo", "hana", "max", "mona", "bryn"])
def test_a_student_out_of_scope_has_no_such_page(client, cast, run, name) -> None:
    assert page(client, cast, name, "sam").status_code == 404


@pytest.mark.parametrize("name", ["dina", "priya", "tess", "cora", "ana", "fay", "sam"])
def test_whoever_may_see_the_student_may_trace_the_number_and_the_family_reads_who_did(
    client, cast, run, name
) -> None:
    assert page(client, cast, name, "sam").status_code == 200
    entry = AuditEntry.objects.get(verb="student.viewed", object_type="number")
    assert (entry.student_id, entry.by_id) == (cast.sam.pk, cast.users[name].pk)


@measured
def test_behaviour_needs_its_own_permission(client, cast) -> None:
    measure(cast)
    assert page(client, cast, "ana", "sam", "behaviour_incident_rate").status_code == 404
    assert "disruption" in plain(page(client, cast, "priya", "sam", "behaviour_incident_rate"))
    assert page(client, cast, "fay", "sam", "behaviour_incident_rate").status_code == 200


@pytest.mark.parametrize(
    "query", [{"rules": "nobodys-rules"}, {"school": "999999"}, {"school": "-1", "rules": "x"}]
)
def test_a_number_that_the_student_does_not_have_is_not_found(client, cast, run, query) -> None:
    assert page(client, cast, "priya", "sam", **query).status_code == 404


def test_the_facts_say_which_import_brought_them(client, cast, run) -> None:
    source = Source.objects.create(slug="sis", title="Student information system", kind="table")
    delivery = ImportRun.objects.create(
        source=source, state=ImportRun.State.APPLIED, file_name="events.csv", started_at=cast.at, finished_at=cast.at
    )  # fmt: skip
    records.AttendanceEvent.objects.filter(student_id=cast.sam.pk).update(import_id=delivery.pk)
    ana, fay = page(client, cast, "ana", "sam"), page(client, cast, "fay", "sam")
    assert f'href="/imports/{delivery.pk}/"' in ana.text
    assert f"/imports/{delivery.pk}/" not in fay.text


def test_facts_without_an_import_were_written_on_a_page(client, cast, run) -> None:
    assert "Written down on a page of this site" in plain(page(client, cast, "priya", "sam"))


def test_the_check_compares_the_reason_too() -> None:
    number = Number("x", "p", 1, "", None, None, None, None, "not_evaluated", "no_due_work")
    assert student_rows.check(number, retracing.Outcome(None, None, None, None, "no_due_work")).adds_up
    assert not student_rows.check(number, retracing.Outcome(None, None, None, None, "not_enrolled")).adds_up
