"""Who is in the district this year: one row per student, at the school they were in last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ..abilities import make_abilities, make_traits
from ..classes import ELA, MATHS
from ..streams import stream
from ..tables import ids

if TYPE_CHECKING:
    from ..district import District


@dataclass(frozen=True)
class Roster:
    """Students of the newest year. `first` and `last` are day numbers of the school, both known and both included."""

    seed: int
    school_year: int
    as_of: np.datetime64
    days: np.ndarray  # schools x 180
    student: np.ndarray  # ids
    index: np.ndarray  # into the district's students
    school: np.ndarray  # ids
    place: np.ndarray  # index of the school
    grade: np.ndarray
    first: np.ndarray
    last: np.ndarray
    maths: np.ndarray
    reading: np.ndarray
    diligence: np.ndarray

    def __len__(self) -> int:
        return len(self.student)

    def stream(self, name: str) -> np.random.Generator:
        """Random numbers of one part, whatever the others draw."""
        return stream(self.seed, f"everything: {name}")

    def who(self, rows: np.ndarray) -> dict[str, pa.Array]:
        """The three columns that every student fact begins with."""
        year = np.full(len(rows), self.school_year)
        return {
            "student_id": ids(self.student[rows]),
            "school_id": ids(self.school[rows]),
            "school_year": ids(year),
        }

    def on(self, rows: np.ndarray, day: np.ndarray | int) -> np.ndarray:
        """The date of a day number at each one's school."""
        found: np.ndarray = self.days[self.place[rows], day]
        return found

    def there(self, rows: np.ndarray, day: np.ndarray | int) -> np.ndarray:
        """Whether each one belonged to the school on that day, and the day has come."""
        found: np.ndarray = (self.first[rows] <= day) & (day <= self.last[rows])
        return found


def roster_of(district: District) -> Roster:
    """The newest year's students at the school of their last enrolment."""
    year = district.years[-1]
    who, calendar = year.enrolments, year.calendar
    as_of = np.datetime64(district.as_of)
    known = np.array([calendar.days_until(k, as_of) for k in range(len(district.schools))])
    last = np.minimum(who.exit, known[who.school] - 1)
    open_rows = np.flatnonzero(last >= who.entry)
    order = open_rows[np.lexsort((who.entry[open_rows], who.student[open_rows]))]
    is_last = np.append(who.student[order][1:] != who.student[order][:-1], True)
    rows = order[is_last]
    traits = make_traits(district.seed, district.students, district.households)
    able = make_abilities(district.seed, district.students, district.households, who, year.events)
    index = who.student[rows]
    return Roster(
        district.seed, calendar.school_year, as_of, calendar.instructional, district.students.ids[index], index,
        district.schools.ids[who.school[rows]], who.school[rows], who.grade[rows], who.entry[rows], last[rows],
        able.by_subject[MATHS][index], able.by_subject[ELA][index], traits.diligence[index],
    )  # fmt: skip
