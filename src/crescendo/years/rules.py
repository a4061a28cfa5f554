"""Which grade comes after which, and what becomes of a student by rule. No database, no clock.

A grade is a code of the field (PK, KG, 01 ... 12) or a school's own word with a number in it (Year 7, 7, Grade 7):
the next one is written in the same way.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Codes before the first numbered grade, in their order; each pupil of TK goes to kindergarten, not to PK.
_BEFORE = {
    "PK": "KG",
    "PS": "PK",
    "TK": "KG",
    "PR": "KG",
    "K": "1",
    "KG": "01",
    "R": "1",
    "RECEPTION": "Year 1",
}
_RANKS = {"PS": -3, "PK": -2, "PR": -2, "TK": -1, "K": 0, "KG": 0, "R": 0, "RECEPTION": 0}
_NUMBERED = re.compile(r"(\D*?)(\d{1,2})(\D*)")
HIGHEST = 13  # England's last year and the standard's extra one; nothing is numbered above


def next_grade(grade: str) -> str:
    """The grade after this one as the school would write it; '' where there is none or the grade is not known."""
    grade = grade.strip()
    if grade.upper() in _BEFORE:
        return _BEFORE[grade.upper()]
    found = _NUMBERED.fullmatch(grade)
    if found is None or int(found[2]) >= HIGHEST:
        return ""
    number = str(int(found[2]) + 1)
    return found[1] + (number.zfill(2) if found[2].startswith("0") else number) + found[3]


def rank(grade: str) -> int | None:
    """The place of a grade in the order of grades; None for one that we do not know."""
    grade = grade.strip()
    if grade.upper() in _RANKS:
        return _RANKS[grade.upper()]
    found = _NUMBERED.fullmatch(grade)
    return int(found[2]) if found and int(found[2]) <= HIGHEST else None


@dataclass(frozen=True)
class Taught:
    """The lowest and the highest grade that a school teaches. A gap between them is a small year."""

    school: int
    lowest: int
    highest: int


@dataclass(frozen=True)
class Decision:
    """What becomes of the students of one grade at one school: fate, why, the grade, the school."""

    fate: str
    why: str
    grade: str
    school: int | None


def decide(grade: str, school: int, taught: Iterable[Taught]) -> Decision:
    """By rule: up at their own school; up at the one other school that goes on; out after the last grade; else a person decides."""
    here = rank(grade)
    if here is None:
        return Decision("open", "no_grade", "", None)
    after = next_grade(grade)
    above = rank(after) if after else None
    offers = {one.school for one in taught if above is not None and one.lowest <= above <= one.highest}
    if school in offers:
        return Decision("up", "next_grade", after, school)
    if len(offers) == 1:
        return Decision("up", "one_school", after, next(iter(offers)))
    if offers:
        return Decision("open", "many_schools", after, None)
    return Decision("leaves", "last_grade", after, None)
