"""A school in England, with a trust of its own: registers of half-day sessions, and key stage 4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ..tables import dates, ids, numbers
from .planted import PlantedValue, with_rows
from .roster import Roster

if TYPE_CHECKING:
    from ..district import District

TRUST_ID, SCHOOL_ID = 9000, 9001
FIRST_PUPIL = 50_000_001
YEAR_GROUPS, PUPILS_A_YEAR = range(7, 12), 45
#: Share of possible sessions with each mark; the rest is present. Half of what is missed is illness.
MARKS = (("I", 0.035), ("M", 0.008), ("C", 0.007), ("O", 0.015), ("U", 0.005), ("L", 0.02), ("V", 0.01))
AUTHORISED, UNAUTHORISED = 0.05, 0.02
PART_TIME_PUPILS, PART_TIME_WEEKS = 3, 4
PROGRESS = 0.30
_HALF_TERMS = (
    ("09-03", "10-24", 0), ("11-03", "12-19", 0), ("01-05", "02-13", 1),
    ("02-23", "03-27", 1), ("04-13", "05-22", 1), ("06-01", "07-17", 1),
)  # fmt: skip


def make(
    district: District, roster: Roster, tables: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], list[PlantedValue]]:
    """Tables of this part, and what was planted in them."""
    days = _days(roster.school_year, roster.as_of)
    if not len(days):  # in August
        return {}, []
    n = len(YEAR_GROUPS) * PUPILS_A_YEAR
    pupils, year_group = FIRST_PUPIL + np.arange(n), np.repeat(np.array(YEAR_GROUPS), PUPILS_A_YEAR)
    marks, missed = _marks(roster, pupils, days)
    exams, progress = _exams(roster, pupils[year_group == YEAR_GROUPS[-1]])
    made = {**_school(roster, tables, pupils, year_group, days), "attendance_marks": marks, **exams}
    return made, [*missed, progress]


def _days(year: int, as_of: np.datetime64) -> np.ndarray:
    """School days up to the day that is known last."""
    terms = [
        np.arange(f"{year - 1 + after}-{begins}", f"{year - 1 + after}-{ends}", dtype="datetime64[D]")
        for begins, ends, after in _HALF_TERMS
    ]
    days = np.concatenate(terms)
    found: np.ndarray = days[np.is_busday(days) & (days <= as_of)]
    return found


def _school(
    roster: Roster, tables: dict[str, pa.Table], pupils: np.ndarray, year_group: np.ndarray, days: np.ndarray
) -> dict[str, pa.Table]:
    n, year = len(pupils), roster.school_year
    born = np.array([f"{year - 5 - group}-01-15" for group in year_group], "datetime64[D]")
    here = {"school_id": np.full(len(days), SCHOOL_ID), "school_year": np.full(len(days), year)}
    calendar = SCHOOL_ID * 10_000 + year
    return {
        "organisations": with_rows(
            tables["organisations"],
            organisation_id=[TRUST_ID, SCHOOL_ID],
            kind=["trust", "school"],
            parent_id=[None, TRUST_ID],
            name=["Ashby Learning Trust", "Ashby Academy"],
        ),
        "students": with_rows(
            tables["students"], student_id=pupils, born_on=born, sex=["female", "male"] * (n // 2) + ["female"] * (n % 2)
        ),
        "enrolments": with_rows(
            tables["enrolments"],
            student_id=pupils,
            school_id=np.full(n, SCHOOL_ID),
            calendar_id=np.full(n, calendar),
            school_year=np.full(n, year),
            grade_level=[f"Y{group}" for group in year_group],
            entry_on=np.full(n, days[0]),
            is_primary=np.ones(n, bool),
            membership_share=np.ones(n),
        ),
        "calendar_days": with_rows(
            tables["calendar_days"],
            **here,
            calendar_id=np.full(len(days), calendar),
            on=days,
            is_instructional=np.ones(len(days), bool),
        ),
        "attendance_submissions": with_rows(tables["attendance_submissions"], **here, on=days),
    }  # fmt: skip


def _marks(roster: Roster, pupils: np.ndarray, days: np.ndarray) -> tuple[pa.Table, list[PlantedValue]]:
    rng = roster.stream("registers")
    shape = (len(pupils), len(days), 2)
    codes = np.array([code for code, _ in MARKS] + ["/", "\\"], dtype="U2")
    bounds = np.cumsum([share for _, share in MARKS])
    mark = np.searchsorted(bounds, rng.random(shape), side="right")
    mark[:, :, 1] += mark[:, :, 1] == len(MARKS)  # in school: one mark for mornings, one for afternoons
    written = codes[mark]
    part_time = np.arange(len(days)) % 5 == 4  # Fridays, and what falls like them
    written[:PART_TIME_PUPILS, np.flatnonzero(part_time)[:PART_TIME_WEEKS], 1] = "C2"
    pupil, day, session = (index.ravel() for index in np.indices(shape))
    table = pa.table(
        {
            "student_id": ids(pupils[pupil]),
            "school_id": ids(np.full(pupil.size, SCHOOL_ID)),
            "school_year": ids(np.full(pupil.size, roster.school_year)),
            "on": dates(days[day]),
            "session": ids(session + 1),
            "code": pa.array(written.ravel().tolist(), pa.string()),
        }
    )
    n = max(pupil.size, 1)

    def chance(share: float, of: float = 1.0) -> float:
        return float(4 * np.sqrt(share * (1 - share) / (n * of))) + 0.001

    both = AUTHORISED + UNAUTHORISED
    planted = [
        PlantedValue("authorised_absence_rate", SCHOOL_ID, AUTHORISED, chance(AUTHORISED), "I, M and C"),
        PlantedValue("unauthorised_absence_rate", SCHOOL_ID, UNAUTHORISED, chance(UNAUTHORISED), "O and U"),
        PlantedValue("late_session_rate", SCHOOL_ID, 0.025, chance(0.025), "L and U"),
        PlantedValue(
            "part_time_timetable",
            SCHOOL_ID,
            PART_TIME_PUPILS / len(pupils),
            1e-9,
            "three pupils, some Fridays",
        ),
        PlantedValue("illness_share", SCHOOL_ID, 0.5, chance(0.5, both), "I of all that is missed"),
    ]
    return table, planted


@dataclass
class _Results:
    """Rows of exam results, and the Attainment 8 of the pupils they belong to."""

    student: list[int]
    subject: list[str]
    points: list[int]
    second: list[int | None]

    def add(self, student: int, subject: str, points: int, second: int | None = None) -> None:
        self.student.append(student)
        self.subject.append(subject)
        self.points.append(points)
        self.second.append(second)


def _grades(rng: np.random.Generator, ability: float, n: int) -> list[int]:
    """Grades 9 to 1, and 0 for U, of a pupil in so many subjects."""
    grades: list[int] = (
        np.clip(np.rint(4.8 + 1.7 * ability + rng.normal(0, 0.9, n)), 0, 9).astype(int).tolist()
    )
    return grades


def _exams(roster: Roster, pupils: np.ndarray) -> tuple[dict[str, pa.Table], PlantedValue]:
    """Everybody enters both Englishes, mathematics, combined science, a humanity and two open subjects; some a language.

    The national estimates are laid so that pupils progress by PROGRESS on average.
    """
    rng = roster.stream("key stage 4")
    ability = rng.normal(size=len(pupils))
    ks2 = np.round(np.clip(4.6 + 0.6 * ability + rng.normal(0, 0.25, len(pupils)), 2.8, 5.8), 1)
    rows, attainment = _Results([], [], [], []), np.zeros(len(pupils))
    for k, pupil in enumerate(pupils.tolist()):
        language, literature, maths, first, second, humanity, art, trade = _grades(rng, ability[k], 8)
        modern = _grades(rng, ability[k], 1)[0] if ability[k] + rng.normal(0, 0.7) > 0 else None
        rows.add(pupil, "english_language", language)
        rows.add(pupil, "english_literature", literature)
        rows.add(pupil, "maths", maths)
        rows.add(pupil, "combined_science", max(first, second), min(first, second))
        rows.add(pupil, "history" if k % 2 else "geography", humanity)
        rows.add(pupil, "art_and_design", art)
        rows.add(pupil, "business", trade)
        if modern is not None:
            rows.add(pupil, "spanish", modern)
        mean = (first + second) / 2
        ebacc = sorted([mean, mean, humanity, *([] if modern is None else [modern])], reverse=True)
        others = sorted([*ebacc[3:], art, trade, min(language, literature)], reverse=True)
        attainment[k] = 2 * max(language, literature) + 2 * maths + sum(ebacc[:3]) + sum(others[:3])
    groups = np.unique(ks2)
    slope, start = np.polyfit(ks2, attainment, 1)
    estimates = np.round(start + slope * groups - 10 * PROGRESS, 2)
    n, year = len(rows.student), roster.school_year
    tables = {
        "exam_results": pa.table(
            {
                "student_id": pa.array(rows.student, pa.int64()),
                "school_id": ids(np.full(n, SCHOOL_ID)),
                "school_year": ids(np.full(n, year)),
                "subject": rows.subject,
                "points": pa.array(rows.points, pa.int64()),
                "second_points": pa.array(rows.second, pa.int64()),
            }
        ),
        "prior_attainment": pa.table({"student_id": ids(pupils), "ks2": numbers(ks2)}),
        "attainment_estimates": pa.table(
            {"school_year": ids(np.full(len(groups), year)), "ks2": numbers(groups), "estimate": numbers(estimates)}
        ),
    }  # fmt: skip
    # Estimates stand to two places: a hundredth of a point of Attainment 8 is a thousandth of Progress 8.
    return tables, PlantedValue(
        "progress8", SCHOOL_ID, PROGRESS, 0.001, "estimates laid below what was reached"
    )
