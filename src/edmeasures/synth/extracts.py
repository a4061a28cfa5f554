"""What OneRoster cannot carry, as other systems would export it: plain CSV with text ids, for mapped imports."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from .assessments import ASSESSMENTS, LEVEL_TITLES, PROFICIENT_LEVEL, STATE
from .attendance import CATEGORIES, CODES
from .classes import CORE, SUBJECTS, course_numbers
from .delimited import CHUNK, same, write_csv
from .district import District, Year
from .ids import text_ids
from .results import STATUSES
from .school_life import ACTIVITIES, INCIDENTS, MARKS
from .schools import GRADE_CODES
from .tables import dates, named, numbers, programmes

Columns = dict[str, pa.Array]
HEADERS: dict[str, tuple[str, ...]] = {
    "calendar_days": ("school_id", "calendar", "school_year", "date", "instructional", "kind"),
    "attendance_events": ("event_id", "student_id", "school_id", "date", "category", "absent_share", "code"),
    "attendance_submissions": ("school_id", "date"),
    "assessments": (
        "assessment_code",
        "title",
        "subject",
        "family",
        "accountability",
        "scale_min",
        "scale_max",
        "benchmark",
    ),
    "assessment_levels": ("assessment_code", "grade", "level", "title", "lower", "proficient"),
    "assessment_results": (
        "result_id",
        "student_id",
        "school_id",
        "assessment_code",
        "date",
        "grade",
        "status",
        "score",
        "level",
        "proficient",
    ),
    "participation_checks": ("student_id", "school_id", "class_id", "date", "took_part"),
    "activities": ("student_id", "school_id", "date", "kind", "title", "minutes"),
    "behaviour_incidents": ("incident_id", "student_id", "school_id", "date", "kind", "severity"),
    "course_outcomes": (
        "student_id",
        "school_id",
        "course_id",
        "class_id",
        "date",
        "subject",
        "core",
        "mark",
        "mark_points",
        "passed",
        "credits_attempted",
        "credits_earned",
    ),
    "student_characteristics": ("student_id", "characteristic", "title", "value"),
}


def write_extracts(district: District, folder: Path) -> dict[str, int]:
    """Write the extracts into `folder` (made if needed). Returns the rows of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        name: write_csv(folder / f"{name}.csv", header, _PARTS[name](district))
        for name, header in HEADERS.items()
    }


def _slices(rows: int) -> Iterator[slice]:
    for begin in range(0, rows, CHUNK):
        yield slice(begin, min(begin + CHUNK, rows))


def _who(district: District, year: Year, enrolment: np.ndarray) -> Columns:
    who = year.enrolments
    return {
        "student_id": text_ids("student", district.students.ids[who.student[enrolment]]),
        "school_id": text_ids("organisation", district.schools.ids[who.school[enrolment]]),
    }


def _calendar_days(district: District) -> Iterator[Columns]:
    for year in district.years:
        calendar, schools = year.calendar, district.schools.ids
        taught = calendar.instructional
        shut = [day for days, _ in calendar.closed for day in days]
        reasons = [why for _, kinds in calendar.closed for why in kinds]
        school = np.concatenate(
            [
                np.repeat(schools, taught.shape[1]),
                np.repeat(schools, [len(days) for days, _ in calendar.closed]),
            ]
        )
        yield {
            "school_id": text_ids("organisation", school),
            "calendar": same("default", len(school)),
            "school_year": pa.array(np.full(len(school), calendar.school_year)),
            "date": dates(np.concatenate([taught.ravel(), np.array(shut, "datetime64[D]")])),
            "instructional": pa.array(np.arange(len(school)) < taught.size),
            "kind": pa.array([None] * taught.size + reasons, pa.string()),
        }


def _attendance_events(district: District) -> Iterator[Columns]:
    first = 1
    for year in district.years:
        events = year.events
        for part in _slices(len(events.on)):
            yield {
                "event_id": text_ids("event", np.arange(first + part.start, first + part.stop)),
                **_who(district, year, events.enrolment[part]),
                "date": dates(events.on[part]),
                "category": named(CATEGORIES, events.category[part]),
                "absent_share": numbers(events.absent_share[part]),
                "code": named(CODES, events.category[part]),
            }
        first += len(events.on)


def _attendance_submissions(district: District) -> Iterator[Columns]:
    for year in district.years:
        school, day = np.nonzero(year.events.sent)
        yield {
            "school_id": text_ids("organisation", district.schools.ids[school]),
            "date": dates(year.calendar.instructional[school, day]),
        }


def _assessments(district: District) -> Iterator[Columns]:
    tests = list(ASSESSMENTS.values())
    yield {
        "assessment_code": pa.array([t.code for t in tests]),
        "title": pa.array([t.title for t in tests]),
        "subject": pa.array([SUBJECTS[t.sitting.subject] for t in tests]),
        "family": pa.array([t.sitting.family for t in tests]),
        "accountability": pa.array([t.sitting.family == STATE for t in tests]),
        "scale_min": pa.array([float(t.scale_min) for t in tests]),
        "scale_max": pa.array([float(t.scale_max) for t in tests]),
        "benchmark": pa.array([t.benchmark for t in tests], pa.float64()),
    }


def _assessment_levels(district: District) -> Iterator[Columns]:
    rows = [
        (test.code, GRADE_CODES[test.grade], level + 1, title, ([test.scale_min, *test.cuts])[level])
        for test in ASSESSMENTS.values()
        if test.cuts
        for level, title in enumerate(LEVEL_TITLES)
    ]
    code, grade, level, title, lower = zip(*rows, strict=True)
    yield {
        "assessment_code": pa.array(code),
        "grade": pa.array(grade),
        "level": pa.array(level),
        "title": pa.array(title),
        "lower": pa.array([float(value) for value in lower]),
        "proficient": pa.array([value >= PROFICIENT_LEVEL for value in level]),
    }


def _assessment_results(district: District) -> Iterator[Columns]:
    codes = [None, *(test.code for test in ASSESSMENTS.values())]
    first = 1
    for year in district.years:
        results = year.results
        for part in _slices(len(results.on)):
            level = results.level[part]
            yield {
                "result_id": text_ids("event", np.arange(first + part.start, first + part.stop)),
                **_who(district, year, results.enrolment[part]),
                "assessment_code": named(codes, results.assessment[part]),
                "date": dates(results.on[part]),
                "grade": named(GRADE_CODES, results.grade[part]),
                "status": named(STATUSES, results.status[part]),
                "score": numbers(results.score[part]),
                "level": pa.array(level, pa.int64(), mask=level == 0),
                "proficient": pa.array(level >= PROFICIENT_LEVEL, mask=level == 0),
            }
        first += len(results.on)


def _participation_checks(district: District) -> Iterator[Columns]:
    for year in district.years:
        checks = year.checks
        yield {
            **_who(district, year, checks.enrolment),
            "class_id": text_ids("class", year.classes.number[checks.class_row]),
            "date": dates(checks.on),
            "took_part": pa.array(checks.took_part),
        }


def _activities(district: District) -> Iterator[Columns]:
    for year in district.years:
        events = year.activities
        yield {
            **_who(district, year, events.enrolment),
            "date": dates(events.on),
            "kind": named([kind for kind, _ in ACTIVITIES], events.activity),
            "title": named([title for _, title in ACTIVITIES], events.activity),
            "minutes": numbers(events.minutes),
        }


def _behaviour_incidents(district: District) -> Iterator[Columns]:
    first = 1
    for year in district.years:
        incidents = year.incidents
        yield {
            "incident_id": text_ids("event", np.arange(first, first + len(incidents.on))),
            **_who(district, year, incidents.enrolment),
            "date": dates(incidents.on),
            "kind": named(INCIDENTS, incidents.kind),
            "severity": pa.array(incidents.severity),
        }
        first += len(incidents.on)


def _course_outcomes(district: District) -> Iterator[Columns]:
    for year in district.years:
        outcomes, who = year.outcomes, year.enrolments
        course = course_numbers(who.school_year, who.grade[outcomes.enrolment], outcomes.subject)
        yield {
            **_who(district, year, outcomes.enrolment),
            "course_id": text_ids("course", course),
            "class_id": text_ids("class", year.classes.number[outcomes.class_row]),
            "date": dates(outcomes.on),
            "subject": named(SUBJECTS, outcomes.subject),
            "core": pa.array(CORE[outcomes.subject]),
            "mark": named(MARKS, outcomes.mark),
            "mark_points": numbers(4.0 - outcomes.mark),
            "passed": pa.array(outcomes.passed),
            "credits_attempted": numbers(outcomes.credits_attempted),
            "credits_earned": numbers(outcomes.credits_earned),
        }


def _student_characteristics(district: District) -> Iterator[Columns]:
    for code, flags in programmes(district).items():
        yield {
            "student_id": text_ids("student", district.students.ids),
            "characteristic": same(code, len(flags)),
            "title": same(code.replace("_", " ").capitalize(), len(flags)),
            "value": named(("no", "yes"), flags.astype(np.int64)),
        }


_PARTS = {
    "calendar_days": _calendar_days,
    "attendance_events": _attendance_events,
    "attendance_submissions": _attendance_submissions,
    "assessments": _assessments,
    "assessment_levels": _assessment_levels,
    "assessment_results": _assessment_results,
    "participation_checks": _participation_checks,
    "activities": _activities,
    "behaviour_incidents": _behaviour_incidents,
    "course_outcomes": _course_outcomes,
    "student_characteristics": _student_characteristics,
}
