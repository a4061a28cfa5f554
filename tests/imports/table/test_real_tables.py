"""Real files by the mappings that come with the product: every row accounted for, records checked field by field."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun, Source
from crescendo.imports.sources.table.mapping import load_mapping
from crescendo.records.models import AssessmentResult, CourseworkItem, CourseworkResult, SchoolAttendanceCount
from crescendo.roster.models import ClassEnrolment, Enrolment, ExternalId, Organisation, Student

AT = datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo("America/New_York"))
pytestmark = [pytest.mark.samples, pytest.mark.django_db(transaction=True)]


def bring_in(path: Path, mapping: str) -> ImportRun:
    source = queries.find_source(mapping) or actions.create_source(
        slug=mapping, title=mapping, kind="table", settings={"mapping": mapping}, by=None, at=AT
    )
    run = actions.start_import(source=source, path=path, by=None, on=AT.date(), at=AT)
    assert run.state == ImportRun.State.APPLIED, [str(vars(one)) for one in queries.list_findings(run)]
    return run


def ours(source: str, entity: str, external_id: str) -> int:
    return ExternalId.objects.get(source=source, entity=entity, external_id=external_id).object_id


def assert_accounted_for(run: ImportRun, read: dict[str, int]) -> None:
    """The counts that the files are known to have, each row applied, unchanged or set aside."""
    assert {name: counts["read"] for name, counts in run.counts.items()} == read
    for counts in run.counts.values():
        assert counts["read"] == counts["applied"] + counts["unchanged"] + counts["set_aside"]


def assert_nothing_new(run: ImportRun) -> None:
    assert all(counts["applied"] == 0 for counts in run.counts.values()), run.counts
    for target in queries.preview(run).targets:
        assert (target.created, target.changed, target.ended, target.retracted) == (0, 0, 0, 0), target


def test_new_york_attendance_is_accounted_for_and_a_school_that_sent_nothing_stays_unknown(
    samples: Path,
) -> None:
    folder = samples / "nyc_attendance"
    run = bring_in(folder, "nyc-daily-attendance")
    assert_accounted_for(run, {"schools.csv.gz": 1746, "daily_2013_2015.parquet": 632006})
    assert run.counts["daily_2013_2015.parquet"]["set_aside"] == 0
    school = Organisation.objects.get(pk=ours("nyc-daily-attendance", "org", "01M015"))
    assert (school.name, school.kind, school.identifier) == ("P.S. 015 ROBERTO CLEMENTE", "school", "01M015")
    assert school.parent.name == "New York City"
    counts = SchoolAttendanceCount.objects.filter(school_id=school.pk)
    assert counts.get(on=date(2013, 3, 15)).attendance_rate == pytest.approx(0.9569, abs=1e-12)
    assert counts.get(on=date(2013, 3, 15)).school_year == 2013
    assert counts.get(on=date(2013, 3, 19)).attendance_rate == pytest.approx(0.8978, abs=1e-12)
    # "NS" in the feed: the school had not submitted. Unknown, never zero.
    assert SchoolAttendanceCount.objects.filter(attendance_rate=None).count() == empty_shares(folder)
    unlikely = queries.list_findings(run).filter(code="value.unlikely")
    assert sorted(unlikely.values_list("count", flat=True)) == [86, 1350, 7904]
    assert_nothing_new(bring_in(folder, "nyc-daily-attendance"))
    assert SchoolAttendanceCount.objects.count() == 632006


def empty_shares(folder: Path) -> int:
    import pyarrow.parquet as pq  # noqa: PLC0415

    return pq.read_table(folder / "daily_2013_2015.parquet")["attn_pct"].null_count


def test_the_uci_pupils_come_with_three_marks_each(samples: Path) -> None:
    run = bring_in(samples / "uci_student", "uci-student")
    assert_accounted_for(run, {"student-por.csv.gz": 649})
    assert Student.objects.count() == 649
    assert AssessmentResult.objects.count() == 3 * 649
    gabriel = ours("uci-student", "org", "GP")
    for row_id, sex, marks in (
        ("1", "female", (0, 11, 11)),
        ("2", "female", (9, 11, 11)),
        ("3", "female", (12, 13, 12)),
    ):
        student = Student.objects.get(pk=ours("uci-student", "student", f"por-{row_id}"))
        assert (student.family_name, student.sex) == (f"por-{row_id}", sex)
        enrolment = Enrolment.objects.get(student=student)
        assert (enrolment.school_id, enrolment.school_year) == (gabriel, 2006)
        assert (enrolment.entry_on, enrolment.exit_on) == (date(2005, 9, 15), date(2006, 6, 23))
        results = AssessmentResult.objects.filter(student_id=student.pk, school_year=2006).order_by("on")
        assert tuple(result.score for result in results) == marks
        assert [result.is_proficient for result in results] == [mark >= 10 for mark in marks]
        assert {result.status for result in results} == {"scored"}
    assert_nothing_new(bring_in(samples / "uci_student", "uci-student"))


def test_the_open_university_marks_get_days_from_the_start_of_their_presentation(samples: Path) -> None:
    folder = samples / "oulad"
    run = bring_in(folder, "oulad")
    files = {
        "courses.csv.gz": 22,
        "assessments.csv.gz": 206,
        "studentInfo.csv.gz": 21333,
        "studentRegistration.csv.gz": 21333,
        "studentAssessment.csv.gz": 121738,
    }
    assert_accounted_for(run, files)
    student = ours("oulad", "student", "11391")
    item = CourseworkItem.objects.get(pk=ours("oulad", "line_item", "1752"))
    assert (item.title, item.assigned_on, item.due_on) == ("TMA 1752", date(2013, 10, 1), date(2013, 10, 20))
    taught = ours("oulad", "class", "AAA/2013J")
    assert item.school_class_id == taught
    for external_id, score, scored_on in (
        ("11391", 78.0, date(2013, 10, 19)),
        ("28400", 70.0, date(2013, 10, 23)),
        ("31604", 72.0, date(2013, 10, 18)),
    ):
        mark = CourseworkResult.objects.get(
            school_year=2014, student_id=ours("oulad", "student", external_id), item_id=item.pk
        )
        assert (mark.score, mark.scored_on, mark.status) == (score, scored_on, "fully graded")
        assert mark.class_id == taught
    membership = ClassEnrolment.objects.get(student_id=student, school_class_id=taught)
    assert (membership.begins_on, membership.ends_on) == (
        date(2013, 4, 25),
        None,
    )  # 159 days before the start
    assert_nothing_new(bring_in(folder, "oulad"))


def test_every_mapping_that_is_shipped_can_be_read_and_names_itself() -> None:
    from crescendo.imports.sources.table.mapping import shipped_mappings  # noqa: PLC0415

    assert set(shipped_mappings()) >= {"nyc-daily-attendance", "uci-student", "oulad", "district-extracts"}
    for name, path in shipped_mappings().items():
        assert load_mapping(path).name == name
    assert Source.objects.count() == 0
