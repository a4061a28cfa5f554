"""The district's facts as Arrow tables, in the columns that `edmeasures.evaluate` reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from .assessments import ASSESSMENTS, PROFICIENT_LEVEL, STATE
from .attendance import CATEGORIES
from .cast_members import DISTRICT_ID
from .classes import CORE, SUBJECTS, course_numbers
from .coursework import NOT_SUBMITTED, PARTIAL
from .coursework import STATUSES as MARK_STATUSES
from .people import SEXES
from .results import STATUSES
from .school_life import ACTIVITIES, INCIDENTS
from .schools import DISTRICT_NAME, GRADE_CODES

if TYPE_CHECKING:
    from .district import District, Year


def named(names: Sequence[str | None], index: np.ndarray) -> pa.Array:
    """The name at each index; the text is shared, so that millions of rows stay small until they are written."""
    return pa.array(list(names), pa.string()).take(pa.array(index))


def numbers(values: np.ndarray) -> pa.Array:
    """Floating-point values; NaN is a missing value."""
    return pa.array(values.astype(np.float64), pa.float64(), from_pandas=True)


def dates(values: np.ndarray) -> pa.Array:
    """Days; NaT is a missing value."""
    return pa.array(values.astype("datetime64[D]"), pa.date32())


def ids(values: np.ndarray) -> pa.Array:
    """Row numbers."""
    return pa.array(values.astype(np.int64), pa.int64())


def _constant(value: int, rows: int) -> pa.Array:
    return ids(np.full(rows, value))


def calendar_ids(school_ids: np.ndarray, school_year: int) -> np.ndarray:
    """A school has one calendar a year."""
    return school_ids * 10_000 + school_year


def all_tables(district: District) -> dict[str, pa.Table]:
    """Every table by name."""
    made = {
        "organisations": _organisations(district),
        "students": _students(district),
        "assessments": _assessments(),
    }
    made["student_characteristics"] = _characteristics(district)
    for name, build in _YEARLY.items():
        made[name] = pa.concat_tables([build(district, year) for year in district.years])
    return made


def _organisations(district: District) -> pa.Table:
    schools = district.schools
    n = len(schools)
    return pa.table(
        {
            "organisation_id": ids(np.concatenate([[DISTRICT_ID], schools.ids])),
            "kind": pa.array(["district"] + ["school"] * n, pa.string()),
            "parent_id": pa.array([None] + [DISTRICT_ID] * n, pa.int64()),
            "name": pa.array([DISTRICT_NAME, *schools.names], pa.string()),
        }
    )


def _students(district: District) -> pa.Table:
    students = district.students
    return pa.table(
        {
            "student_id": ids(students.ids),
            "born_on": dates(students.born_on),
            "sex": named(SEXES, students.sex),
            "cohort_year": ids(district.school_years[-1] + 12 - students.grade),
        }
    )


def programmes(district: District) -> dict[str, np.ndarray]:
    """Characteristics that a school's programmes record, true or false for each student."""
    students = district.students
    return {
        "low_income": district.households.low_income[students.household],
        "english_learner": students.english_learner,
        "disability": students.disability,
    }


def _characteristics(district: District) -> pa.Table:
    students = district.students
    columns: dict[str, pa.Array] = {"race_ethnicity": pa.array(students.race.tolist(), pa.string())}
    columns |= {
        code: named(("no", "yes"), flags.astype(np.int64)) for code, flags in programmes(district).items()
    }
    parts = [
        pa.table(
            {
                "student_id": ids(students.ids),
                "characteristic": pa.array([code] * len(students), pa.string()),
                "value": values,
            }
        )
        for code, values in columns.items()
    ]
    return pa.concat_tables(parts)


def _assessments() -> pa.Table:
    tests = list(ASSESSMENTS.values())
    return pa.table(
        {
            "assessment_id": pa.array([t.number for t in tests], pa.int64()),
            "code": [t.code for t in tests],
            "title": [t.title for t in tests],
            "subject": [SUBJECTS[t.sitting.subject] for t in tests],
            "family": [t.sitting.family for t in tests],
            "is_accountability": [t.sitting.family == STATE for t in tests],
            "scale_min": pa.array([float(t.scale_min) for t in tests], pa.float64()),
            "scale_max": pa.array([float(t.scale_max) for t in tests], pa.float64()),
            "benchmark": pa.array([t.benchmark for t in tests], pa.float64()),
        }
    )


def _who(district: District, year: Year, enrolment: np.ndarray) -> dict[str, pa.Array]:
    """The three columns that every student fact begins with."""
    who = year.enrolments
    return {
        "student_id": ids(district.students.ids[who.student[enrolment]]),
        "school_id": ids(district.schools.ids[who.school[enrolment]]),
        "school_year": _constant(who.school_year, len(enrolment)),
    }


def _enrolments(district: District, year: Year) -> pa.Table:
    who = year.enrolments
    rows = np.arange(len(who))
    school = district.schools.ids[who.school]
    return pa.table(
        {
            "student_id": ids(district.students.ids[who.student]),
            "school_id": ids(school),
            "calendar_id": ids(calendar_ids(school, who.school_year)),
            "school_year": _constant(who.school_year, len(rows)),
            "grade_level": named(GRADE_CODES, who.grade),
            "entry_on": dates(who.entry_on),
            "exit_on": dates(who.exit_on),
            "is_primary": pa.array(np.ones(len(rows), bool)),
            "membership_share": numbers(np.ones(len(rows))),
        }
    )


def _calendar_days(district: District, year: Year) -> pa.Table:
    calendar, schools = year.calendar, district.schools.ids
    shut_days = np.concatenate([days for days, _ in calendar.closed])
    shut_schools = np.repeat(schools, [len(days) for days, _ in calendar.closed])
    taught = calendar.instructional
    school = np.concatenate([np.repeat(schools, taught.shape[1]), shut_schools])
    return pa.table(
        {
            "school_id": ids(school),
            "calendar_id": ids(calendar_ids(school, calendar.school_year)),
            "school_year": _constant(calendar.school_year, len(school)),
            "on": dates(np.concatenate([taught.ravel(), shut_days])),
            "is_instructional": pa.array(np.arange(len(school)) < taught.size),
        }
    )


def _submissions(district: District, year: Year) -> pa.Table:
    school, day = np.nonzero(year.events.sent)
    return pa.table(
        {
            "school_id": ids(district.schools.ids[school]),
            "school_year": _constant(year.calendar.school_year, len(school)),
            "on": dates(year.calendar.instructional[school, day]),
        }
    )


def _attendance(district: District, year: Year) -> pa.Table:
    events = year.events
    return pa.table(
        {
            **_who(district, year, events.enrolment),
            "on": dates(events.on),
            "category": named(CATEGORIES, events.category),
            "absent_share": numbers(events.absent_share),
        }
    )


def _results(district: District, year: Year) -> pa.Table:
    results = year.results
    known = results.level > 0
    return pa.table(
        {
            **_who(district, year, results.enrolment),
            "assessment_id": ids(results.assessment),
            "on": dates(results.on),
            "grade_level": named(GRADE_CODES, results.grade),
            "status": named(STATUSES, results.status),
            "score": numbers(results.score),
            "level_sequence": pa.array(results.level, pa.int64(), mask=~known),
            "is_proficient": pa.array(results.level >= PROFICIENT_LEVEL, mask=~known),
        }
    )


def item_title(category: int, sequence: int) -> str:
    """What a piece of coursework is called."""
    return f"{('Homework', 'Quiz', 'Project')[category]} {sequence + 1}"


def _items(district: District, year: Year) -> pa.Table:
    items = year.items
    titles = [item_title(c, s) for c, s in zip(items.category.tolist(), items.sequence.tolist(), strict=True)]
    return pa.table(
        {
            "item_id": ids(items.number),
            "class_id": ids(year.classes.number[items.class_row]),
            "title": pa.array(titles, pa.string()),
            "assigned_on": dates(items.assigned_on),
            "due_on": dates(items.due_on),
            "score_min": numbers(np.zeros(len(titles))),
            "score_max": numbers(items.score_max),
        }
    )


def _coursework(district: District, year: Year) -> pa.Table:
    marks = year.marks
    return pa.table(
        {
            **_who(district, year, marks.enrolment),
            "class_id": ids(year.classes.number[marks.class_row]),
            "item_id": ids(year.items.number[marks.item]),
            "status": named(MARK_STATUSES, marks.status),
            "score": numbers(marks.score),
            "scored_on": dates(marks.scored_on),
            "is_late": pa.array(marks.late),
            "is_missing": pa.array(marks.status == NOT_SUBMITTED),
            "is_incomplete": pa.array(marks.status == PARTIAL),
        }
    )


def _checks(district: District, year: Year) -> pa.Table:
    checks = year.checks
    return pa.table(
        {
            **_who(district, year, checks.enrolment),
            "class_id": ids(year.classes.number[checks.class_row]),
            "on": dates(checks.on),
            "took_part": pa.array(checks.took_part),
        }
    )


def _activities(district: District, year: Year) -> pa.Table:
    events = year.activities
    return pa.table(
        {
            **_who(district, year, events.enrolment),
            "on": dates(events.on),
            "kind": named([kind for kind, _ in ACTIVITIES], events.activity),
            "minutes": numbers(events.minutes),
        }
    )


def _incidents(district: District, year: Year) -> pa.Table:
    incidents = year.incidents
    return pa.table(
        {
            **_who(district, year, incidents.enrolment),
            "on": dates(incidents.on),
            "kind": named(INCIDENTS, incidents.kind),
            "severity": ids(incidents.severity),
        }
    )


def _outcomes(district: District, year: Year) -> pa.Table:
    outcomes, who = year.outcomes, year.enrolments
    return pa.table(
        {
            **_who(district, year, outcomes.enrolment),
            "course_id": ids(
                course_numbers(who.school_year, who.grade[outcomes.enrolment], outcomes.subject)
            ),
            "on": dates(outcomes.on),
            "subject": named(SUBJECTS, outcomes.subject),
            "is_core": pa.array(CORE[outcomes.subject]),
            "passed": pa.array(outcomes.passed),
            "credits_attempted": numbers(outcomes.credits_attempted),
            "credits_earned": numbers(outcomes.credits_earned),
        }
    )


_YEARLY = {
    "enrolments": _enrolments,
    "calendar_days": _calendar_days,
    "attendance_submissions": _submissions,
    "attendance_events": _attendance,
    "assessment_results": _results,
    "coursework_items": _items,
    "coursework_results": _coursework,
    "participation_checks": _checks,
    "activity_events": _activities,
    "behaviour_incidents": _incidents,
    "course_outcomes": _outcomes,
}
