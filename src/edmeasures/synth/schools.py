"""The district's schools: how many, of which level, with which names and numbers."""

from dataclasses import dataclass

import numpy as np

from .cast_members import FIRST_ELEMENTARY_ID, FIRST_HIGH_ID, FIRST_MIDDLE_ID
from .names import LEVEL_NAMES, school_names

DISTRICT_NAME = "Northfield Public Schools"
ELEMENTARY, MIDDLE, HIGH = 0, 1, 2
GRADES = 13  # KG, 01 .. 12
GRADE_CODES = ("KG", *(f"{grade:02d}" for grade in range(1, GRADES)))
LEVEL_OF_GRADE = np.array([ELEMENTARY] * 6 + [MIDDLE] * 3 + [HIGH] * 4)
_GRADES_PER_LEVEL = (6, 3, 4)
_USUAL_SIZE = (450, 700, 1200)
_FIRST_ID = (FIRST_ELEMENTARY_ID, FIRST_MIDDLE_ID, FIRST_HIGH_ID)


@dataclass(frozen=True)
class Schools:
    """All schools in order: elementary, middle, high. A school's place in the arrays is its index everywhere."""

    ids: np.ndarray
    names: list[str]
    level: np.ndarray
    per_level: tuple[int, int, int]

    def __len__(self) -> int:
        return len(self.ids)

    def first_of(self, level: int) -> int:
        """The index of the first school of a level."""
        return sum(self.per_level[:level])

    def for_zone(self, level: np.ndarray, zone: np.ndarray) -> np.ndarray:
        """The school of an attendance zone (0..1): neighbours in zone share schools, and feed the same next one."""
        counts = np.array(self.per_level)[level]
        starts = np.array([self.first_of(k) for k in range(3)])[level]
        values: np.ndarray = starts + np.minimum((zone * counts).astype(np.int64), counts - 1)
        return values


def make_schools(students: int) -> Schools:
    """At least two elementary schools, a middle and a high school; more as the district grows."""
    at_least = (2, 1, 1)
    counts = [
        max(low, round(students * grades / GRADES / size))
        for low, grades, size in zip(at_least, _GRADES_PER_LEVEL, _USUAL_SIZE, strict=True)
    ]
    level = np.repeat(np.arange(3), counts)
    ids = np.concatenate([first + np.arange(n) for first, n in zip(_FIRST_ID, counts, strict=True)])
    names = [
        f"{place} {LEVEL_NAMES[kind]}"
        for place, kind in zip(school_names(len(ids)), level.tolist(), strict=True)
    ]
    return Schools(ids, names, level, (counts[0], counts[1], counts[2]))
