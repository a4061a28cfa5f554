"""Facts in PostgreSQL, numbers out: each expected value below is arithmetic that a reader can do by hand."""

import threading
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from django.db import connection, transaction
from school_term import AS_OF, DAYS, YEAR, result_tables

from crescendo.indicators import actions
from crescendo.indicators.models import CountingRules, GroupValue, MeasurementRun, Series, StudentValue
from crescendo.indicators.publication import DoubledResult
from crescendo.records import models as records
from crescendo.roster import models as roster

pytestmark = pytest.mark.django_db(transaction=True)


def measure(as_of: date = AS_OF, **options) -> MeasurementRun:
    return actions.run_measurement(as_of=as_of, school_year=YEAR, **options)


def student(run, name, term, indicator="attendance_rate", school=None, pack="us-federal") -> StudentValue:
    rows = StudentValue.objects.filter(
        run_id=run.pk, student_id=term.pk(name), indicator=indicator, rule_pack=pack
    )
    return rows.get(school_id=term.pk(school)) if school else rows.get(is_whole=True)


def group(run, name, term, indicator="attendance_rate", pack="us-federal", **which) -> GroupValue:
    which = {"characteristic": "", "group_value": ""} | which
    return GroupValue.objects.get(
        run_id=run.pk, organisation_id=term.pk(name), indicator=indicator, rule_pack=pack, **which
    )


def fraction(row) -> tuple[float, float]:
    return row.numerator, row.denominator


def test_attendance_by_whole_days_is_days_attended_of_days_recorded(term):
    """Half a day attended is a day attended under the federal rule; days Monroe did not send are left out."""
    run = measure()
    assert fraction(student(run, "ada", term)) == (18, 20)
    assert fraction(student(run, "ben", term)) == (20, 20)
    assert fraction(student(run, "cleo", term)) == (19, 20)
    assert fraction(student(run, "cleo", term, school="lincoln")) == (10, 10)
    assert fraction(student(run, "cleo", term, school="monroe")) == (9, 10)
    assert fraction(student(run, "dev", term)) == (17, 18)
    assert student(run, "ada", term).value == 0.9


def test_a_group_is_the_ratio_of_sums(term):
    run = measure()
    assert fraction(group(run, "lincoln", term)) == (18 + 20 + 10, 20 + 20 + 10)
    assert fraction(group(run, "monroe", term)) == (9 + 17, 10 + 18)
    assert fraction(group(run, "district", term)) == (18 + 20 + 19 + 17, 20 + 20 + 20 + 18)
    assert group(run, "lincoln", term).value == 0.96
    grade = group(run, "lincoln", term, characteristic="grade_level", group_value="07")
    assert fraction(grade) == (48, 50)


def test_chronic_absence_is_answered_by_three_counting_rules_side_by_side(term):
    """Ada: 2 of 20 whole days, 2.5 of 20 days, 5 of 40 half-days. Cleo: 1 of 10 at Monroe, 1 of 20 in all."""
    run = measure()
    ask = {"indicator": "chronic_absence"}
    assert fraction(student(run, "ada", term, **ask)) == (2, 20)
    assert fraction(student(run, "ada", term, pack="edu-decimal", **ask)) == (2.5, 20)
    assert student(run, "ada", term, pack="england", **ask).value == 5 / 40
    assert student(run, "ada", term, **ask).flag is True
    assert student(run, "cleo", term, **ask).flag is False
    assert student(run, "cleo", term, school="monroe", **ask).flag is True
    assert fraction(group(run, "lincoln", term, **ask)) == (1, 3)
    assert fraction(group(run, "monroe", term, **ask)) == (1, 2)
    assert fraction(group(run, "district", term, **ask)) == (1, 4)


def test_the_year_so_far_knows_nothing_of_later_days(term):
    run = measure(as_of=DAYS[9])
    assert fraction(student(run, "ada", term)) == (8, 10)
    assert fraction(student(run, "cleo", term)) == (10, 10)


def test_too_few_days_is_not_evaluated_and_says_why(term):
    run = measure(as_of=DAYS[4])
    row = student(run, "ada", term, indicator="chronic_absence")
    assert (row.value, row.flag, row.status) == (None, None, "not_evaluated")
    assert row.reason == "below_minimum_days"


def test_what_no_school_sent_is_not_received_and_never_zero(term):
    run = measure()
    for indicator in ("behaviour_incident_rate", "class_participation", "coursework_completion"):
        row = group(run, "district", term, indicator=indicator)
        assert (row.value, row.status) == (None, "not_evaluated"), indicator


def test_the_weeks_of_a_series_add_up_to_the_year(term):
    run = measure()
    series = Series.objects.get(
        run_id=run.pk, organisation_id=term.pk("lincoln"), indicator="attendance_rate"
    )
    assert series.begins_on == [DAYS[0], DAYS[5], DAYS[10], DAYS[15]]
    assert series.numerator == [14, 14, 10, 10]
    assert series.denominator == [15, 15, 10, 10]
    assert series.value == [14 / 15, 14 / 15, 1, 1]


def test_a_characteristic_of_the_site_makes_groups(term):
    roster.Characteristic.objects.create(code="language", title="Language")
    roster.StudentCharacteristic.objects.create(
        student=term.students["ada"], characteristic_id="language", value="es"
    )
    run = measure()
    assert fraction(group(run, "district", term, characteristic="language", group_value="es")) == (18, 20)


def test_the_site_chooses_its_counting_rules(term):
    CountingRules.objects.create(rule_pack="edu-decimal")
    run = measure()
    assert fraction(student(run, "ada", term, pack="edu-decimal")) == (17.5, 20)
    assert not StudentValue.objects.filter(run_id=run.pk, rule_pack="us-federal").exists()


def test_a_run_says_what_it_was_made_of(term):
    run = measure()
    assert (run.state, run.is_current, run.as_of) == ("published", True, AS_OF)
    assert len(run.snapshot_id) == 64
    assert run.library_version
    assert run.counts["facts"]["attendance_events/2026"] == 5
    assert run.counts["results"]["studentvalue"] == StudentValue.objects.filter(run_id=run.pk).count()
    assert set(run.timings["phases"]) == {"snapshot", "evaluate", "publish"}
    assert run.started_at <= run.finished_at


def test_a_second_run_with_nothing_changed_reads_nothing_and_says_the_same(term):
    first, second = measure(), measure()
    assert second.counts["files_read"] == 0
    assert second.snapshot_id == first.snapshot_id
    wanted = [
        "student_id",
        "school_id",
        "indicator",
        "rule_pack",
        "numerator",
        "denominator",
        "value",
        "flag",
    ]
    rows = [
        sorted(map(repr, StudentValue.objects.filter(run_id=run.pk).order_by("id").values_list(*wanted)))
        for run in (first, second)
    ]
    assert rows[0] == rows[1]


def test_the_run_before_the_current_one_stays_readable_and_older_ones_go(term):
    runs = [measure() for _ in range(3)]
    for run in runs:
        run.refresh_from_db()
    assert [run.is_current for run in runs] == [False, False, True]
    assert [run.results_dropped_at is None for run in runs] == [False, True, True]
    assert [StudentValue.objects.filter(run_id=run.pk).exists() for run in runs] == [False, True, True]
    assert len(result_tables()) == 6


def test_each_school_year_has_its_own_current_run(term):
    measure()
    actions.run_measurement(as_of=date(2025, 6, 1), school_year=YEAR - 1)
    current = MeasurementRun.objects.filter(is_current=True).order_by("school_year")
    assert [run.school_year for run in current] == [YEAR - 1, YEAR]


def test_a_reader_in_the_middle_of_a_page_keeps_the_old_numbers(term):
    """The page took the run, a measurement publishes and drops older runs, the page goes on reading: all old."""
    measure()
    old = measure()
    term.away("ben", "lincoln", DAYS[2])
    with transaction.atomic():
        run = MeasurementRun.objects.get(is_current=True)
        before = student(run, "ben", term).value
        _in_another_thread(measure)
        after = student(run, "ben", term).value
        assert (run.pk, before, after) == (old.pk, 1.0, 1.0)
    assert student(MeasurementRun.objects.get(is_current=True), "ben", term).value == 0.95


def test_a_reader_of_one_moment_sees_no_half_of_a_new_run(term):
    """A repeatable-read reader sees the old run, its rows and nothing of the new one, before and after the commit."""
    measure()
    settings = connection.settings_dict
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"]) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

        def read() -> list:
            return reader.execute(
                "SELECT r.id, count(v.run_id) FROM indicators_measurementrun r "
                "LEFT JOIN indicators_studentvalue v ON v.run_id = r.id WHERE r.is_current GROUP BY r.id"
            ).fetchall()

        before = read()
        term.away("ben", "lincoln", DAYS[2])
        new = measure()
        assert read() == before
        reader.rollback()
        assert [run_id for run_id, _ in read()] == [new.pk]


def test_a_long_reader_delays_the_cleaning_but_not_the_numbers(term):
    measure()
    measure()
    settings = connection.settings_dict
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"]) as reader:
        reader.execute("SELECT count(*) FROM indicators_studentvalue").fetchall()
        third = measure()
        assert third.is_current
        assert len(result_tables()) == 9
    measure()
    assert len(result_tables()) == 6


def test_two_numbers_for_one_question_publish_nothing(term, monkeypatch):
    first = measure()
    from crescendo.indicators import evaluation  # noqa: PLC0415

    evaluate = evaluation.evaluate_snapshot

    def doubled(*args, **options):
        found = evaluate(*args, **options)
        import pyarrow as pa  # noqa: PLC0415

        students = pa.concat_tables([found.students, found.students.slice(0, 1)])
        return replace(found, students=students)

    monkeypatch.setattr(evaluation, "evaluate_snapshot", doubled)
    with pytest.raises(DoubledResult):
        measure()
    assert MeasurementRun.objects.get(is_current=True).pk == first.pk
    failed = MeasurementRun.objects.order_by("pk").last()
    assert (failed.state, failed.problem) == ("failed", "DoubledResult")


def test_only_one_measurement_runs_at_a_time(term, monkeypatch):
    monkeypatch.setattr(actions, "PATIENCE_SECONDS", 0.3)
    with actions._alone():
        refused = _in_another_thread(measure)
    assert isinstance(refused, actions.MeasurementBusy)
    assert measure().is_current


def test_a_measurement_inside_a_transaction_is_refused(term):
    with transaction.atomic(), pytest.raises(RuntimeError, match="its own transactions"):
        measure()


def test_erased_and_dropped_rows_do_not_lose_counts(term):
    """An absence that is corrected away is gone from the next run; the student's other days stay."""
    measure()
    records.AttendanceEvent.objects.filter(student_id=term.pk("dev")).delete()
    assert fraction(student(measure(), "dev", term)) == (18, 18)


def _in_another_thread(work) -> object:
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as problem:
            found.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_a_run_hides_small_groups_and_writes_ranges_for_shares_that_tell(term):
    """Four students are too few to show. Of fifteen, only a range is told."""
    small = measure()
    assert all(group(small, name, term).is_suppressed for name in ("lincoln", "monroe", "district"))
    assert group(small, "district", term).shown is None
    roster.Enrolment.objects.filter(student=term.students["dev"]).delete()
    for number in range(12):
        roster.Enrolment.objects.create(
            student=roster.Student.objects.create(given_name=f"n{number}", family_name="Test"),
            school=term.organisations["monroe"],
            school_year=YEAR,
            entry_on=DAYS[0],
        )
    records.AttendanceEvent.objects.filter(student_id=term.pk("cleo")).delete()
    run = measure()
    monroe, district = group(run, "monroe", term), group(run, "district", term)
    assert (monroe.value, monroe.n_students) == (1.0, 13)
    # A range and a hidden three: neither can be had from the other, nor both from the district's own range.
    assert (monroe.is_suppressed, monroe.shown) == (True, ">=80%")
    assert fraction(district) == (18 + 20 + 20 + 12 * 18, 20 + 20 + 20 + 12 * 18)
    assert (district.is_suppressed, district.shown) == (True, ">=80%")
