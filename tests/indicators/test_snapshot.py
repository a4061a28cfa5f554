"""A snapshot is immutable, of one moment, and reads again only what changed."""

import threading
from datetime import date

import psycopg
import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction
from school_term import AS_OF, DAYS, YEAR

from crescendo.indicators import actions, snapshot
from crescendo.indicators.models import FactChange, SnapshotPart
from crescendo.indicators.timing import Phases
from crescendo.records import models as records
from crescendo.roster import models as roster

pytestmark = pytest.mark.django_db(transaction=True)


def take(school_year: int = YEAR, progress=None) -> snapshot.Snapshot:
    phases = Phases(progress) if progress else Phases()
    with phases.phase("snapshot"):
        return snapshot.take_snapshot(school_year=school_year, phases=phases)


def read_again(taken: snapshot.Snapshot) -> set[str]:
    return {part.dataset for part in taken.parts if part.was_read}


def rows(taken: snapshot.Snapshot, dataset: str) -> list[dict]:
    return [
        row
        for part in taken.parts
        if part.dataset == dataset
        for row in pq.read_table(part.path, partitioning=None).to_pylist()
    ]


def test_every_dataset_of_the_apps_is_there_under_the_librarys_columns(term):
    from edmeasures import catalog  # noqa: PLC0415
    from edmeasures.tables import TABLES  # noqa: PLC0415

    taken = take()
    for part in taken.parts:
        wanted = {column.name for column in TABLES[part.dataset].columns if column.required}
        assert wanted <= set(pq.read_schema(part.path).names), part.dataset
    read = {table for indicator in catalog.core() for table in indicator.tables}
    # Beyond what is measured by default: who the students are, and what a district may choose to measure.
    beyond = {"students", "student_characteristics", "platform_activity"}
    assert {part.dataset for part in taken.parts} == read | beyond


def test_nothing_changed_reads_nothing_again_and_is_the_same_snapshot(term):
    first = take()
    assert read_again(first) == {part.dataset for part in first.parts}
    second = take()
    assert read_again(second) == set()
    assert second.id == first.id


def test_a_new_absence_makes_its_own_table_and_year_read_again_and_nothing_else(term):
    records.AttendanceEvent.objects.create(
        school_year=YEAR - 1, source="t", source_key="old", student_id=term.pk("ada"),
        school_id=term.pk("lincoln"), on=date(2025, 3, 3), category="excused", absent_share=1.0,
    )  # fmt: skip
    first = take()
    term.away("ben", "lincoln", DAYS[3])
    second = take()
    assert [(part.dataset, part.school_year) for part in second.parts if part.was_read] == [
        ("attendance_events", YEAR)
    ]
    assert second.id != first.id
    assert len(rows(second, "attendance_events")) == len(rows(first, "attendance_events")) + 1


@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
def test_whatever_is_done_to_a_table_is_noticed(term, change):
    take()
    with connection.cursor() as cursor:
        cursor.execute(
            {
                "update": "UPDATE records_attendanceevent SET absent_share = 0.25 WHERE absent_share = 0.5",
                "delete": "DELETE FROM records_attendanceevent WHERE absent_share = 0.5",
                "truncate": "TRUNCATE records_attendanceevent",
            }[change]
        )
    taken = take()
    assert read_again(taken) == {"attendance_events"}
    shares = sorted(row["absent_share"] for row in rows(taken, "attendance_events"))
    assert shares == {"update": [0.25, 1, 1, 1, 1], "delete": [1, 1, 1, 1], "truncate": []}[change]


def test_a_statement_that_changes_no_row_is_no_change(term):
    take()
    roster.Student.objects.filter(pk=-1).update(sex="F")
    assert read_again(take()) == set()


def test_a_change_that_was_rolled_back_is_no_change(term):
    take()
    with transaction.atomic():
        term.away("ben", "lincoln", DAYS[4])
        transaction.set_rollback(True)
    assert read_again(take()) == set()


def test_a_change_that_commits_late_is_not_missed(term):
    """The later change is counted first; the earlier one commits after the snapshot and must still be noticed."""
    with _other_connection() as slow:
        slow.execute("UPDATE roster_student SET sex = 'F' WHERE given_name = 'ada'")
        roster.Student.objects.filter(given_name="ben").update(sex="M")
        take()
        slow.commit()
    taken = take()
    assert read_again(taken) == {"students"}
    assert sorted(row["sex"] for row in rows(taken, "students")) == ["", "", "F", "M"]


def test_folding_the_counters_changes_no_version(term):
    first = take()
    for _ in range(5):
        term.students["ada"].save()
    second = take()
    before = FactChange.objects.count()
    actions._fold_changes()
    assert FactChange.objects.count() < before
    third = take()
    assert read_again(second) == {"students"}
    assert read_again(third) == set()
    assert first.id == second.id == third.id  # the columns that are measured did not change


def test_a_file_is_never_written_over_and_is_named_by_its_content(term):
    first = take()
    stamps = {part.path: part.path.stat().st_mtime_ns for part in first.parts}
    term.away("ben", "lincoln", DAYS[3])
    take()
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    for part in first.parts:
        assert snapshot._hash(part.path) == part.content_hash
        assert not part.path.stat().st_mode & 0o222


def test_a_damaged_file_is_read_again(term):
    part = next(p for p in take().parts if p.dataset == "attendance_events")
    part.path.chmod(0o644)
    part.path.write_bytes(part.path.read_bytes()[:-20])
    taken = take()
    assert read_again(taken) == {"attendance_events"}
    assert len(rows(taken, "attendance_events")) == 5


def test_all_tables_are_seen_at_the_same_moment(term):
    """A student and an absence arrive while the snapshot is being read: it has neither, though both were committed."""

    def arrive(phase: str, done: int, of: int) -> None:
        if done == 2:
            thread = threading.Thread(target=_add_student_with_absence, args=[term.pk("lincoln")])
            thread.start()
            thread.join()

    taken = take(progress=arrive)
    assert len(rows(taken, "students")) == 4
    assert len(rows(taken, "attendance_events")) == 5
    after = take()
    assert len(rows(after, "students")) == 5
    assert len(rows(after, "attendance_events")) == 6


def test_a_dataset_whose_changes_nobody_counts_is_read_every_time(term):
    take()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE roster_student DISABLE TRIGGER indicators_inserted")
    try:
        assert read_again(take()) == {"students"}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE roster_student ENABLE TRIGGER indicators_inserted")


def test_an_enrolment_that_its_source_dropped_ends_the_day_before(term):
    roster.Enrolment.objects.filter(student=term.students["ada"]).update(ended_on=DAYS[5])
    roster.Enrolment.objects.filter(student=term.students["ben"]).update(ended_on=DAYS[0])
    found = {row["student_id"]: row["exit_on"] for row in rows(take(), "enrolments")}
    assert found[term.pk("ada")] == DAYS[5].replace(day=DAYS[5].day - 1)
    assert term.pk("ben") not in found


def test_a_characteristic_holds_only_between_its_days(term):
    roster.Characteristic.objects.create(code="language", title="Language")
    for value, begins_on, ends_on in (("es", None, DAYS[4]), ("en", DAYS[5], None)):
        roster.StudentCharacteristic.objects.create(
            student=term.students["ada"],
            characteristic_id="language",
            value=value,
            begins_on=begins_on,
            ends_on=ends_on,
        )
    taken = take()
    for on, value in ((DAYS[4], "es"), (DAYS[5], "en")):
        assert taken.tables(school_year=YEAR, as_of=on)["student_characteristics"].to_pylist() == [
            {"student_id": term.pk("ada"), "characteristic": "language", "value": value}
        ]


def test_files_that_no_kept_snapshot_needs_are_removed(term):
    first = take()
    term.away("ben", "lincoln", DAYS[3])
    second = take()
    old = {p.path for p in first.parts} - {p.path for p in second.parts}
    assert len(old) == 1
    snapshot.discard_unused(keep=[first.id, second.id])
    assert all(path.exists() for path in old)
    snapshot.discard_unused(keep=[second.id])
    assert not any(path.exists() for path in old)
    assert all(part.path.exists() for part in second.parts)
    assert SnapshotPart.objects.count() == len(second.parts)


def _other_connection() -> psycopg.Connection:
    settings = connection.settings_dict
    return psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"])


def _add_student_with_absence(school_id: int) -> None:
    student = roster.Student.objects.create(given_name="late", family_name="Test")
    records.AttendanceEvent.objects.create(
        school_year=YEAR,
        source="test",
        source_key="late",
        student_id=student.pk,
        school_id=school_id,
        on=AS_OF,
        category="excused",
        absent_share=1.0,
    )
    connection.close()
