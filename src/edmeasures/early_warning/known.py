"""What was known by the prediction day. Features are made from this view, and it holds nothing later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: A calendar day, or a whole number of days since a start that all tables share.
Day = date | int
Column = npt.NDArray[Any]
#: From what is known to a table with the column `student` and one column per feature.
Maker = Callable[["Known"], pa.Table]

KNOWN_ON = "known_on"


class Known(Mapping[str, pa.Table]):
    """Fact tables cut at the prediction day: a row is here when its `known_on` is that day or earlier.

    The cut is made once, when the view is; a feature maker is handed the view and has no way to the rest.

    Examples
    --------
    >>> scores = pa.table({"student": ["a", "a"], "score": [40, 90], "known_on": [10, 30]})
    >>> Known({"scores": scores}, on=28)["scores"].num_rows
    1
    """

    def __init__(self, facts: Mapping[str, pa.Table], on: Day) -> None:
        self.on = on
        self._tables = {name: _cut(name, table, on) for name, table in facts.items()}

    def __getitem__(self, name: str) -> pa.Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def latest(self) -> dict[str, Day | None]:
        """The last day on which something in each table became known."""
        return {
            name: pc.max(table[KNOWN_ON]).as_py() if table.num_rows else None
            for name, table in self._tables.items()
        }


def _cut(name: str, table: pa.Table, on: Day) -> pa.Table:
    if KNOWN_ON not in table.column_names:
        raise ValueError(
            f"Table {name!r} has no column {KNOWN_ON}. Say for each row when it became known: the day a mark was entered, "
            "not the day of the test."
        )
    days = table[KNOWN_ON]
    kind = pa.types.is_date if isinstance(on, date) else pa.types.is_integer
    if not kind(days.type):
        raise ValueError(
            f"{KNOWN_ON} of table {name!r} is {days.type}, and the prediction day is {on!r}. Give both as dates, or both as "
            "whole days."
        )
    if days.null_count:
        raise ValueError(
            f"{KNOWN_ON} is missing in {days.null_count} rows of table {name!r}. A fact of unknown day cannot be used."
        )
    return table.filter(pc.less_equal(days, pa.scalar(on, days.type)))


@dataclass(frozen=True, slots=True)
class Frame:
    """Features of students as known on a day. Made by `build`.

    Parameters
    ----------
    students : tuple of str, length n
    on : day
        The prediction day.
    columns : dict of str to ndarray of shape (n,)
        Numbers as float64 with NaN where missing; categories as object with None where missing.
    latest : dict
        Table -> the last day on which something in it became known; none is after `on`.
    """

    students: tuple[Any, ...]
    on: Day
    columns: Mapping[str, Column]
    latest: Mapping[str, Day | None]

    def __len__(self) -> int:
        return len(self.students)

    def take(self, chosen: npt.ArrayLike) -> Frame:
        """The frame of some students, by flags or positions."""
        at = np.arange(len(self))[np.asarray(chosen)]
        columns = {name: values[at] for name, values in self.columns.items()}
        return Frame(tuple(self.students[i] for i in at), self.on, columns, self.latest)

    def only(self, names: Iterable[str]) -> Frame:
        wanted = tuple(names)
        if missing := [name for name in wanted if name not in self.columns]:
            raise KeyError(f"The frame lacks the features {', '.join(missing)}.")
        return Frame(self.students, self.on, {n: self.columns[n] for n in wanted}, self.latest)

    def without(self, names: Iterable[str]) -> Frame:
        gone = set(names)
        return Frame(
            self.students, self.on, {n: v for n, v in self.columns.items() if n not in gone}, self.latest
        )


def build(
    students: Sequence[Any], facts: Mapping[str, pa.Table], *, on: Day, makers: Sequence[Maker]
) -> Frame:
    """Features of students from what was known on a day.

    Parameters
    ----------
    students : sequence, length n
        Whom to predict: who was there on the day. Each once.
    facts : mapping of str to pyarrow.Table
        Each with a column `known_on` (dates, or whole days).
    on : date or int
        The prediction day. What became known on it counts.
    makers : sequence of functions
        Each takes the `Known` view and returns a table with `student` (each at most once) and its features.

    Returns
    -------
    Frame
        A student without a row has missing values, never zeros: a maker that means zero says zero.

    Raises
    ------
    ValueError
        When a table has no `known_on`, a student stands twice, two makers make one feature, or a feature is neither a
        number nor a text.

    Examples
    --------
    >>> scores = pa.table({"student": ["a", "a", "b"], "score": [40, 90, 70], "known_on": [10, 30, 12]})
    >>> def mean_score(known):
    ...     means = known["scores"].group_by("student").aggregate([("score", "mean")])
    ...     return means.rename_columns(["student", "mean_score"])
    >>> build(["a", "b", "c"], {"scores": scores}, on=28, makers=[mean_score]).columns["mean_score"].tolist()
    [40.0, 70.0, nan]
    """
    who = tuple(students)
    at = {student: i for i, student in enumerate(who)}
    if len(at) != len(who):
        raise ValueError(f"A student stands twice among the {len(who)} to predict.")
    known = Known(facts, on)
    columns: dict[str, Column] = {}
    for maker in makers:
        made = maker(known)
        name = getattr(maker, "__name__", "a maker")
        if "student" not in made.column_names:
            raise ValueError(f"{name} returned no column 'student'.")
        places = [at.get(s) for s in made["student"].to_pylist()]
        here = np.array([i for i, p in enumerate(places) if p is not None], dtype=np.int64)
        target = np.array([p for p in places if p is not None], dtype=np.int64)
        if np.unique(target).size != target.size:
            raise ValueError(f"{name} returned more than one row for a student.")
        for feature in made.column_names:
            if feature == "student":
                continue
            if feature in columns:
                raise ValueError(f"The feature {feature!r} is made twice.")
            columns[feature] = _column(feature, made[feature].take(pa.array(here)), target, len(who))
    return Frame(who, on, columns, known.latest())


def _column(name: str, values: pa.ChunkedArray, at: npt.NDArray[np.int64], n: int) -> Column:
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        words: Column = np.full(n, None, dtype=object)
        words[at] = values.to_pylist()
        return words
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        numbers = np.full(n, np.nan)
        numbers[at] = values.cast(pa.float64()).to_numpy()
        if np.isinf(numbers).any():
            raise ValueError(f"The feature {name!r} is infinite for {int(np.isinf(numbers).sum())} students.")
        return numbers
    raise ValueError(f"The feature {name!r} is {kind}; a number, yes/no or a text is needed.")
