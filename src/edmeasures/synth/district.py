"""The district as a whole: generate it, and read off it what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from . import tables as arrow
from .abilities import MINIMUM_DAYS, as_matrix, in_earlier_year, make_abilities, make_traits
from .assessments import SCREENER, SCREENER_SD, SITTINGS
from .attendance import CHANGE_FACTOR, Change, Events, make_events
from .calendars import YearCalendar, make_calendar
from .cast_members import BY_KEY, CAST, CHANGED_SCHOOL_ID, CastMember
from .classes import ELA, MATHS, Classes, make_classes, name_teachers
from .coursework import Items, Marks, make_items, make_marks
from .enrolments import Enrolments, make_enrolments
from .people import Adults, Households, Students, make_adults, make_students
from .results import EFFECT_A, EFFECT_B, R_ATTENDANCE_MATHS, Abilities, Planted, Results, make_results
from .school_life import (
    ActivityEvents,
    Checks,
    Incidents,
    Outcomes,
    make_activities,
    make_checks,
    make_incidents,
    make_outcomes,
)
from .schools import Schools, make_schools
from .staff import Staff, make_staff
from .truths import AssociationTruth, ChangeTruth, InterventionTruth, Truths

if TYPE_CHECKING:
    from .everything import PlantedValue

# Today in the demo: a Monday in spring 2026 on which every school has lessons.
DEMO_TODAY = date(2026, 4, 20)
SMALLEST, LARGEST = 200, 1_000_000


@dataclass(frozen=True)
class Year:
    """Everything of one school year."""

    calendar: YearCalendar
    enrolments: Enrolments
    classes: Classes
    events: Events
    items: Items
    marks: Marks
    results: Results
    checks: Checks
    activities: ActivityEvents
    incidents: Incidents
    outcomes: Outcomes


@dataclass(frozen=True)
class District:
    """A made-up district: the tables that measures read, the planted truths, the cast, and what files are made of."""

    size: int
    seed: int
    as_of: date
    school_years: tuple[int, ...]
    schools: Schools
    students: Students
    households: Households
    adults: Adults
    staff: Staff
    years: tuple[Year, ...]
    truths: Truths
    cast: tuple[CastMember, ...] = CAST
    everything: bool = False

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        """Fact tables by name, in the columns that `edmeasures.evaluate` reads; ids are int64."""
        return self._extended[0] if self.everything else arrow.all_tables(self)

    @property
    def planted(self) -> tuple[PlantedValue, ...]:
        """What indicators must find in the tables of `everything`; empty without it."""
        return self._extended[1] if self.everything else ()

    @cached_property
    def _extended(self) -> tuple[dict[str, pa.Table], tuple[PlantedValue, ...]]:
        from .everything import extended  # noqa: PLC0415 - the demo does without

        return extended(self, arrow.all_tables(self))


def generate(
    students: int = 600,
    seed: int = 1,
    as_of: date | None = None,
    *,
    years: int = 1,
    school_year: int = 2026,
    everything: bool = False,
) -> District:
    """Make a district.

    Parameters
    ----------
    students : int
        Students of the newest school year, 200 to 1,000,000.
    seed : int
        The same seed and arguments give the same district, to the byte.
    as_of : date, optional
        The last day that is known. Default: the newest year's last, so that the year is whole.
    years : int
        School years up to and including `school_year` (the year in which it ends).
    everything : bool
        Whether `tables` holds every table of the catalogue, the newest year's surveys, items, growth, ledgers, staff
        and a school in England with registers and key stage 4 among them; what was planted there is in `planted`.

    Raises
    ------
    ValueError
        For a size or a day out of bounds.

    Examples
    --------
    >>> district = generate(students=200, seed=3)
    >>> district.tables["students"].num_rows
    200
    """
    _check(students, years)
    school_years = tuple(range(school_year - years + 1, school_year + 1))
    schools = make_schools(students)
    calendars = {year: make_calendar(seed, year, len(schools)) for year in school_years}
    last = _last_day(as_of, calendars[school_year])
    people, households = make_students(seed, students, school_years)
    enrolled = {
        year: make_enrolments(seed, year, school_year, last, people, households, schools, calendars[year])
        for year in school_years
    }
    classes, teachers = _classes(seed, enrolled, schools)
    made, planted = _years(seed, last, people, households, schools, calendars, enrolled, classes)
    families = make_adults(seed, households)
    staff = make_staff(seed, schools, teachers)
    truths = _truths(people, schools, calendars[school_year], planted)
    asked = (students, seed, last.astype("datetime64[D]").astype(object), school_years)
    whole = (*asked, schools, people, households, families, staff, tuple(made), truths)
    return District(*whole, everything=everything)


def _check(students: int, years: int) -> None:
    if not SMALLEST <= students <= LARGEST:
        raise ValueError(f"students is {students}: ask for {SMALLEST} to {LARGEST}")
    if not 1 <= years <= 6:
        raise ValueError(f"years is {years}: ask for 1 to 6")


def _last_day(as_of: date | None, calendar: YearCalendar) -> np.datetime64:
    """The last day that is known; the year's last day of lessons unless another is named."""
    days = calendar.instructional
    if as_of is None:
        return np.datetime64(days.max())
    day = np.datetime64(as_of)
    if not days.min() <= day <= np.datetime64(f"{calendar.school_year}-12-31"):
        raise ValueError(f"as_of is {as_of}: the school year {calendar.school_year} begins on {days.min()}")
    return day


def demo_district(students: int = 600, seed: int = 1) -> District:
    """The demo's district: two school years, known up to the demo's today.

    Examples
    --------
    >>> district = demo_district(students=200)
    >>> district.school_years, district.as_of
    ((2025, 2026), datetime.date(2026, 4, 20))
    """
    return generate(students, seed, DEMO_TODAY, years=2)


def _classes(
    seed: int, enrolled: dict[int, Enrolments], schools: Schools
) -> tuple[list[Classes], np.ndarray]:
    made, first = [], 1
    for enrolments in enrolled.values():
        made.append(make_classes(seed, enrolments, schools, first))
        first += len(made[-1])
    return name_teachers(made, list(enrolled.values())[-1], schools)


def _change(schools: Schools, calendar: YearCalendar) -> Change:
    school = int(np.flatnonzero(schools.ids == CHANGED_SCHOOL_ID)[0])
    days = calendar.instructional[school]
    return Change(school, days[np.searchsorted(days, np.datetime64(f"{calendar.school_year}-02-01"))])


def _years(
    seed: int,
    as_of: np.datetime64,
    people: Students,
    households: Households,
    schools: Schools,
    calendars: dict[int, YearCalendar],
    enrolled: dict[int, Enrolments],
    classes: list[Classes],
) -> tuple[list[Year], Planted]:
    traits = make_traits(seed, people, households)
    newest = max(enrolled)
    events = {
        year: make_events(
            seed,
            enrolled[year],
            calendars[year],
            as_of,
            traits.absence_tendency,
            _change(schools, calendars[year]) if year == newest else None,
        )
        for year in enrolled
    }
    now = make_abilities(seed, people, households, enrolled[newest], events[newest])
    made, planted, next_item = [], Planted(), 1
    for year, its_classes in zip(enrolled, classes, strict=True):
        abilities = now if year == newest else in_earlier_year(seed, now, year)
        one, planted = _year(
            seed, as_of, calendars[year], enrolled[year], its_classes, events[year], abilities, traits.diligence,
            next_item, year == newest,
        )  # fmt: skip
        next_item += len(one.items.number)
        made.append(one)
    return made, planted


def _year(
    seed: int, as_of: np.datetime64, calendar: YearCalendar, who: Enrolments, classes: Classes, events: Events,
    abilities: Abilities, careful: np.ndarray, next_item: int, newest: bool,
) -> tuple[Year, Planted]:  # fmt: skip
    able = as_matrix(abilities)
    items = make_items(seed, classes, calendar, next_item, as_of)
    results, planted = make_results(seed, who, calendar, as_of, abilities, newest)
    marks = make_marks(seed, classes, who, items, as_of, able, careful)
    checks = make_checks(seed, who, classes, calendar, as_of, careful, BY_KEY["tess"].number)
    activities = make_activities(seed, who, calendar, as_of, careful)
    incidents = make_incidents(seed, who, calendar, as_of, careful)
    outcomes = make_outcomes(seed, who, classes, calendar, as_of, able, careful)
    taught = (calendar, who, classes, events, items, marks)
    return Year(*taught, results, checks, activities, incidents, outcomes), planted


def _truths(people: Students, schools: Schools, calendar: YearCalendar, planted: Planted) -> Truths:
    change = _change(schools, calendar)
    return Truths(
        _intervention(
            people, calendar, planted, MATHS, "A", "Mathematics tutoring in small groups", EFFECT_A
        ),
        _intervention(people, calendar, planted, ELA, "B", "Reading at home by text message", EFFECT_B),
        ChangeTruth(
            CHANGED_SCHOOL_ID,
            schools.names[change.school],
            calendar.school_year,
            change.begins_on.astype(object),
            CHANGE_FACTOR,
            0.25,
            "Days missed per student and day, after against before, divided by the same ratio in all other schools. "
            "A flu season runs through the change and touches every school, so the school's own before and after "
            "alone is not the change.",
        ),
        AssociationTruth(
            "attendance rate in decimal days up to as_of",
            "spring screener in mathematics, z-score within the grade",
            R_ATTENDANCE_MATHS,
            0.03,
            MINIMUM_DAYS,
            "Association, not effect: what attendance and mathematics share may have causes of its own.",
        ),
    )


def _intervention(
    people: Students,
    calendar: YearCalendar,
    planted: Planted,
    subject: int,
    letter: str,
    title: str,
    effect: float,
) -> InterventionTruth:
    spring = next(s for s in SITTINGS if (s.family, s.subject, s.window) == (SCREENER, subject, "spring"))
    days = calendar.instructional
    empty = np.empty(0, np.int64)
    treated = tuple(people.ids[planted.treated.get(subject, empty)].tolist())
    comparison = tuple(people.ids[planted.comparison.get(subject, empty)].tolist())
    return InterventionTruth(
        letter,
        title,
        "Mathematics" if subject == MATHS else "English language arts",
        SCREENER,
        "spring",
        days[0, 30].astype(object),
        days[:, spring.last_day].max().astype(object),
        effect,
        SCREENER_SD,
        0.03,
        treated,
        comparison,
        "Least squares of the spring screener on the autumn screener (both in SDs of the norm within the grade) and "
        "treatment. All scored below the middle in autumn, so that a plain before and after also shows the return to "
        "the mean.",
    )
