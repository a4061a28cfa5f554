"""Grades of courses, graduation cohorts as a dated ledger, and a school index with its cuts and weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ..schools import HIGH
from ..tables import ids, numbers
from .planted import PlantedValue
from .roster import Roster

if TYPE_CHECKING:
    from ..district import District

#: Share of a cohort with a regular diploma after so many years, and of those who dropped out of it.
GRADUATED = {4: 0.86, 5: 0.88, 6: 0.89}
DROPPED_OUT = 0.06
MOVED_AWAY = 0.08  # leave the cohort, with papers
FIRST_FORMER_STUDENT = 60_000_001
_DISTRICT, _IN_TIME = 1, 4

COMPONENTS = ("proficiency", "growth", "chronic_absence", "graduation")
WEIGHTS = (
    ("proficiency", 30, None),
    ("growth", 40, None),
    ("chronic_absence", 10, None),
    ("graduation", 20, "growth"),
)
#: Lowest value for 0 to 4 points; of chronic absence the highest.
CUTS: dict[str, tuple[float, ...]] = {
    "proficiency": (0, 30, 45, 60, 75),
    "growth": (0, 35, 45, 55, 65),
    "chronic_absence": (100, 30, 20, 15, 10),
    "graduation": (0, 67, 80, 87, 93),
    "index": (0, 1, 2, 3, 3.5),
}


def make(
    district: District, roster: Roster, tables: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], list[PlantedValue]]:
    """Tables of this part, and what was planted in them."""
    ledger, planted = _ledger(district, roster)
    made = {
        "course_outcomes": _graded(district, roster, tables["course_outcomes"]),
        "component_values": _values(district, roster),
        "rating_cuts": _cuts(),
        "rating_weights": pa.table(
            {
                "component": [name for name, _, _ in WEIGHTS],
                "weight": ids(np.array([weight for _, weight, _ in WEIGHTS])),
                "goes_to": pa.array([heir for _, _, heir in WEIGHTS], pa.string()),
            }
        ),
    }
    if ledger:
        made["cohort_events"] = pa.Table.from_pylist(ledger, schema=_EVENTS)
    return made, planted


def _graded(district: District, roster: Roster, outcomes: pa.Table) -> pa.Table:
    """Points of the final grade, and which courses were advanced: one in eight of those of grades 11 and 12."""
    mark = np.concatenate([year.outcomes.mark for year in district.years])
    grade = np.concatenate([year.enrolments.grade[year.outcomes.enrolment] for year in district.years])
    course = outcomes["course_id"].to_numpy()
    known = outcomes["passed"].is_valid().to_numpy(zero_copy_only=False)
    points = np.where(known, 4.0 - mark, np.nan)
    return outcomes.append_column("grade_points", numbers(points)).append_column(
        "is_advanced", pa.array((grade >= 11) & (course % 8 == 0))
    )


_EVENTS = pa.schema(
    [
        ("student_id", pa.int64()),
        ("school_id", pa.int64()),
        ("on", pa.date32()),
        ("kind", pa.string()),
        ("cohort_year", pa.int64()),
        ("counts_for", pa.int64()),
        ("is_documented", pa.bool_()),
    ]
)


def _ledger(district: District, roster: Roster) -> tuple[list[dict[str, Any]], list[PlantedValue]]:
    """Three cohorts of every high school: this year's seniors, and those of the two years before."""
    events: list[dict[str, Any]] = []
    next_id, counted, graduated = (
        FIRST_FORMER_STUDENT,
        dict.fromkeys(GRADUATED, 0),
        dict.fromkeys(GRADUATED, 0),
    )
    dropped = 0
    for school in district.schools.ids[district.schools.level == HIGH].tolist():
        seniors = roster.student[(roster.school == school) & (roster.grade == 12)].tolist()
        for years, rate in GRADUATED.items():
            cohort = _Cohort(roster, school, years)
            out = max(1, int(DROPPED_OUT * len(seniors) + 0.5))
            moved = max(1, int(MOVED_AWAY * len(seniors) + 0.5))
            others = list(range(next_id, next_id + out + moved + (0 if years == _IN_TIME else len(seniors))))
            next_id += len(others)
            stayed = seniors if years == _IN_TIME else others[out + moved :]
            n = len(stayed) + out
            diplomas = min(int(rate * n + 0.5), len(stayed))
            events += cohort.events(stayed, others[:out], others[out : out + moved], diplomas)
            counted[years] += n
            graduated[years] += diplomas
            dropped += out if years == _IN_TIME else 0
    return events, _found(district, roster, counted, graduated, dropped)


def _found(
    district: District, roster: Roster, counted: dict[int, int], graduated: dict[int, int], dropped: int
) -> list[PlantedValue]:
    """What the ledger says once the last day of lessons has come and diplomas were handed out."""
    if roster.as_of < roster.days[:, -1].max() or not counted[_IN_TIME]:
        return []
    note = "a whole number of diplomas over the cohort without those who moved away with papers"
    rates = [
        PlantedValue(f"graduation_rate_{years}", _DISTRICT, graduated[years] / counted[years], 1e-9, note)
        for years in GRADUATED
    ]
    share = dropped / counted[_IN_TIME]
    return [*rates, PlantedValue("cohort_dropout_share", _DISTRICT, share, 1e-9, "of the four-year cohort")]


class _Cohort:
    """The events of one cohort of one school, up to the day that is known last."""

    def __init__(self, roster: Roster, school: int, years: int) -> None:
        self.school, self.as_of = school, roster.as_of.astype("datetime64[D]").astype(object)
        self.in_time = roster.school_year - (years - _IN_TIME)
        self.years = years
        self.cohort_year = roster.school_year - years + 1
        place = int(np.flatnonzero(roster.school == school)[0]) if (roster.school == school).any() else 0
        self.last_day = roster.days[roster.place[place], -1].astype("datetime64[D]").astype(object)

    def _event(self, student: int, on: Any, kind: str, **more: Any) -> dict[str, Any]:
        row = {"student_id": student, "school_id": self.school, "on": on, "kind": kind}
        return row | {"cohort_year": None, "counts_for": None, "is_documented": None} | more

    def _june(self, school_year: int) -> Any:
        return self.last_day.replace(year=school_year)

    def events(
        self, stayed: list[int], out: list[int], moved: list[int], diplomas: int
    ) -> list[dict[str, Any]]:
        begins = self.last_day.replace(year=self.cohort_year - 1, month=9, day=1)
        made = [
            self._event(student, begins, "first_grade_9", cohort_year=self.cohort_year)
            for student in [*stayed, *out, *moved]
        ]
        middle = begins.replace(year=self.cohort_year + 1, month=11)
        made += [self._event(student, middle, "dropout") for student in out]
        made += [self._event(student, middle, "transfer_out", is_documented=True) for student in moved]
        late = max(0, self.years - _IN_TIME)
        for k, student in enumerate(stayed[:diplomas]):
            # Of an older cohort two in a hundred needed the extra year.
            year = self.in_time + (late if late and k < max(1, diplomas // 50) else 0)
            made.append(self._event(student, self._june(year), "regular_diploma", counts_for=year))
        end = self._june(self.in_time)
        made += [self._event(student, end, "still_enrolled") for student in stayed[diplomas:]]
        return [event for event in made if event["on"] <= self.as_of]


def _values(district: District, roster: Roster) -> pa.Table:
    """Published values of each school's components, from 0 to 100; only high schools graduate anybody."""
    rng = roster.stream("components")
    usual = {"proficiency": 52.0, "growth": 50.0, "chronic_absence": 22.0, "graduation": 86.0}
    rows = []
    for school, level in zip(district.schools.ids.tolist(), district.schools.level.tolist(), strict=True):
        n = int((roster.school == school).sum())
        for component in COMPONENTS:
            if component == "graduation" and level != HIGH:
                continue
            prior = float(np.clip(np.rint(10 * (usual[component] + rng.normal(0, 6))) / 10, 0, 100))
            value = float(np.clip(np.rint(10 * (prior + rng.normal(1, 3))) / 10, 0, 100))
            rows.append((school, roster.school_year, component, value, prior, n))
    school_ids, years, names, values, priors, counts = zip(*rows, strict=True)
    return pa.table(
        {
            "school_id": pa.array(school_ids, pa.int64()),
            "school_year": pa.array(years, pa.int64()),
            "component": list(names),
            "value": list(values),
            "prior": list(priors),
            "n": pa.array(counts, pa.int64()),
        }
    )


def _cuts() -> pa.Table:
    rows = [
        (name, float(points), None, cut) if name == "chronic_absence" else (name, float(points), cut, None)
        for name, cuts in CUTS.items()
        for points, cut in enumerate(float(cut) for cut in cuts)
    ]
    names, points, lower, upper = zip(*rows, strict=True)
    return pa.table(
        {
            "component": list(names),
            "points": list(points),
            "lower": pa.array(lower, pa.float64()),
            "upper": pa.array(upper, pa.float64()),
        }
    )
