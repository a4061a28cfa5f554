"""Pieces of coursework and the marks for them: most marked, some late, missing, exempt or still unmarked."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .calendars import DAYS, YearCalendar
from .classes import ELECTIVE, HOMEROOM, Classes
from .enrolments import Enrolments
from .streams import stream

ITEMS_PER_CLASS, ITEMS_PER_ELECTIVE = 10, 12
CATEGORIES = (("homework", "Homework", 0.3), ("quiz", "Quiz", 0.3), ("project", "Project", 0.4))
SCORE_MAX = (10.0, 20.0, 100.0)
STATUSES = ("fully graded", "not submitted", "exempt", "partially graded", "submitted")
GRADED, NOT_SUBMITTED, EXEMPT, PARTIAL, SUBMITTED = range(5)
_CHUNK = 200_000  # class enrolments at a time: bounds memory


@dataclass(frozen=True)
class Items:
    """One year's pieces of coursework, those of one class together."""

    number: np.ndarray
    class_row: np.ndarray  # index into Classes
    sequence: np.ndarray  # 0, 1, ... within the class
    category: np.ndarray
    assigned_on: np.ndarray
    due_on: np.ndarray
    due_day: np.ndarray
    score_max: np.ndarray
    first_of_class: np.ndarray  # per class; classes + 1 offsets


@dataclass(frozen=True)
class Marks:
    """One year's coursework results."""

    enrolment: np.ndarray
    class_row: np.ndarray
    item: np.ndarray  # index into Items
    status: np.ndarray
    score: np.ndarray  # NaN where there is none
    scored_on: np.ndarray
    late: np.ndarray

    def __len__(self) -> int:
        return len(self.item)


def make_items(
    seed: int, classes: Classes, calendar: YearCalendar, first_number: int, as_of: np.datetime64
) -> Items:
    """Work set so far, spread over the year; homerooms set none."""
    rng = stream(seed, f"items {classes.school_year}")
    counts = np.where(classes.subject == HOMEROOM, 0, ITEMS_PER_CLASS)
    counts[classes.subject == ELECTIVE] = ITEMS_PER_ELECTIVE
    class_row = np.repeat(np.arange(len(classes)), counts)
    starts = np.concatenate([[0], np.cumsum(counts)])
    sequence = np.arange(len(class_row)) - starts[class_row]
    middle = (sequence + 0.55) * (DAYS / counts[class_row])
    due_day = np.clip(middle + rng.uniform(-5, 5, size=len(middle)), 3, DAYS - 3).astype(np.int64)
    lead = rng.integers(2, 11, size=len(due_day))
    school = classes.school[class_row]
    due_on = calendar.instructional[school, due_day]
    assigned_on = calendar.instructional[school, np.maximum(due_day - lead, 0)]
    category = np.where(lead > 8, 2, sequence % 2)
    score_max = np.array(SCORE_MAX)[category]
    known = assigned_on <= as_of
    return Items(
        number=first_number + np.arange(int(known.sum())),
        class_row=class_row[known],
        sequence=sequence[known],
        category=category[known],
        assigned_on=assigned_on[known],
        due_on=due_on[known],
        due_day=due_day[known],
        score_max=score_max[known],
        first_of_class=np.searchsorted(class_row[known], np.arange(len(classes) + 1)),
    )


def _chunks(
    classes: Classes, enrolments: Enrolments, items: Items, as_of: np.datetime64
) -> Iterator[tuple[np.ndarray, ...]]:
    """Enrolment, class and item of everything that fell due while the student was in the class."""
    graded = [subject for subject in range(classes.of_enrolment.shape[1]) if subject != HOMEROOM]
    class_row = classes.of_enrolment[:, graded].ravel()
    enrolment = np.repeat(np.arange(len(enrolments)), len(graded))
    for begin in range(0, len(class_row), _CHUNK):
        rows, who = class_row[begin : begin + _CHUNK], enrolment[begin : begin + _CHUNK]
        first = items.first_of_class[rows]
        counts = items.first_of_class[rows + 1] - first
        place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        item, who = np.repeat(first, counts) + place, np.repeat(who, counts)
        due = items.due_day[item]
        there = (enrolments.entry[who] <= due) & (due <= enrolments.exit[who]) & (items.due_on[item] <= as_of)
        yield (
            who[there].astype(np.int32),
            np.repeat(rows, counts)[there].astype(np.int32),
            item[there].astype(np.int32),
        )


def make_marks(
    seed: int,
    classes: Classes,
    enrolments: Enrolments,
    items: Items,
    as_of: np.datetime64,
    ability: np.ndarray,
    diligence: np.ndarray,
) -> Marks:
    """One year's marks up to `as_of`. `ability` is students x subjects, in SDs."""
    rng = stream(seed, f"marks {enrolments.school_year}")
    parts = []
    for who, rows, item in _chunks(classes, enrolments, items, as_of):
        n = len(who)
        student = enrolments.student[who]
        careful = diligence[student].astype(np.float32)
        able = ability[student, classes.subject[rows]].astype(np.float32)
        drawn = rng.random(n, dtype=np.float32)
        missing = drawn < np.clip(0.045 - 0.035 * careful, 0.004, 0.3)
        late = ~missing & (rng.random(n, dtype=np.float32) < np.clip(0.09 - 0.05 * careful, 0.01, 0.4))
        share = 0.8 + 0.07 * able + 0.04 * careful + 0.11 * rng.standard_normal(n, dtype=np.float32)
        top = items.score_max[item]
        score = np.rint(np.clip(share, 0, 1) * top * 2) / 2
        due = items.due_on[item]
        scored_on = due + rng.integers(1, 11, size=n).astype("timedelta64[D]")
        status = np.where(missing, NOT_SUBMITTED, GRADED).astype(np.int8)
        # drawn is uniform above the missing ones: its top end decides the rarer endings.
        status[drawn > 0.99] = EXEMPT
        status[(drawn > 0.985) & (drawn <= 0.99)] = PARTIAL
        status[((drawn > 0.98) & (drawn <= 0.985)) | ((status == GRADED) & (scored_on > as_of))] = SUBMITTED
        unmarked = (status != GRADED) & (status != PARTIAL)
        score[unmarked] = np.nan
        late &= status != EXEMPT
        scored_on = np.where(unmarked, due, np.minimum(scored_on, as_of))
        parts.append((who, rows, item, status, score, scored_on, late))
    return Marks(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
