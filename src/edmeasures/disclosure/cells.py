"""Published counts and how they add up: what a reader with a pencil starts from."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Key = Hashable
#: A child's name -> its parent's, at any number of levels.
Tree = Mapping[Any, Any]

#: What is left of a whole when the parts that are printed do not add up to it.
REST = "(the rest)"


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts with every sum a reader can draw between them.

    Parameters
    ----------
    keys : tuple of hashable, length n
        A cell's name: one label per dimension.
    values : ndarray of int64, shape (n,)
        Students (or whatever is counted).
    sums : tuple of (int, tuple of int)
        A whole and its parts, as positions.
    is_count : ndarray of bool, shape (n,)
        False for a difference of two counts, which may be negative.
    is_printed : ndarray of bool, shape (n,)
        False for what nobody prints and subtraction gives: the rest of a whole.
    """

    keys: tuple[Key, ...]
    values: npt.NDArray[np.int64]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    is_count: npt.NDArray[np.bool_]
    is_printed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.keys)

    def index(self, key: Key) -> int:
        try:
            return self.keys.index(key)
        except ValueError:
            raise KeyError(f"There is no cell {key!r}.") from None

    @classmethod
    def of(
        cls,
        counts: Mapping[Any, int],
        sums: Iterable[tuple[Any, Sequence[Any]]],
        *,
        differences: Iterable[Any] = (),
        unprinted: Iterable[Any] = (),
    ) -> Cells:
        """Cells from their counts and from the sums between them.

        Parameters
        ----------
        counts : mapping of key to int
        sums : iterable of (key, sequence of key)
            A whole and its parts. A change since last year is a part: `("2025", ["2024", "change"])`.
        differences : iterable of key
            Cells that may be negative.
        unprinted : iterable of key
            Cells that no page shows.

        Raises
        ------
        ValueError
            Where a count is missing, negative or no whole number, or a whole is not the sum of its parts.
        KeyError
            Where a sum names a cell that is not there.

        Examples
        --------
        >>> cells = Cells.of({"all": 48, "A": 25, "B": 14, "C": 6, "D": 3}, [("all", "ABCD")])
        >>> len(cells), cells.sums
        (5, ((4, (0, 1, 2, 3)),))
        """
        negative, silent = set(differences), set(unprinted)
        for key, value in counts.items():
            if value is None or value != int(value) or (value < 0 and key not in negative):
                raise ValueError(
                    f"Cell {key!r} has the count {value!r}. Give a whole number from 0, or leave the cell out."
                )
        keys = tuple(sorted(counts, key=_sorted_by))
        at = {key: i for i, key in enumerate(keys)}
        values = np.array([int(counts[key]) for key in keys], dtype=np.int64)
        laid = []
        for whole, parts in sums:
            for key in (whole, *parts):
                if key not in at:
                    raise KeyError(f"The sum of {whole!r} names {key!r}, and there is no such cell.")
            found = sum(int(values[at[p]]) for p in parts)
            if found != values[at[whole]]:
                raise ValueError(f"{whole!r} is {values[at[whole]]}, and its parts add up to {found}.")
            laid.append((at[whole], tuple(at[p] for p in parts)))
        is_count = np.array([key not in negative for key in keys], dtype=bool)
        is_printed = np.array([key not in silent for key in keys], dtype=bool)
        return cls(keys, values, tuple(laid), is_count, is_printed)


def _sorted_by(key: Any) -> tuple[str, ...]:
    """One order whatever the rows' order was, so that of two equal answers the same one is found."""
    return tuple(f"{part:020d}" if isinstance(part, int) else str(part) for part in _labels(key))


def _labels(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def lay_out(
    rows: Iterable[Mapping[str, Any]], dimensions: Mapping[str, str | Tree], *, count: str = "n_students"
) -> Cells:
    """Rows of a published table as cells, with the sums along every dimension: rows, columns, levels, periods that add up.

    Parameters
    ----------
    rows : iterable of mapping
        One row per cell, totals among them.
    dimensions : mapping of str to str or tree
        Column -> the label of its total (`{"grade": "all"}`), or child -> parent for several levels
        (`{"place": {"North": "State", "Hill School": "North"}}`). Terms of a year are such a tree where they add up.
    count : str
        The column that holds the count.

    Returns
    -------
    Cells
        Keys are tuples of labels in the order of `dimensions`. Where the parts of a whole add up to less, the rest is a
        cell too: nobody prints it, and everybody can work it out.

    Raises
    ------
    ValueError
        When a row stands twice, has no count, or parts add up to more than their whole.

    Examples
    --------
    >>> rows = [{"grade": g, "n_students": n} for g, n in (("6", 20), ("7", 14), ("all", 37))]
    >>> cells = lay_out(rows, {"grade": "all"})
    >>> [(key, int(n)) for key, n in zip(cells.keys, cells.values)]
    [(('(the rest)',), 3), (('6',), 20), (('7',), 14), (('all',), 37)]
    """
    counts: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row[name] for name in dimensions)
        if key in counts:
            raise ValueError(f"The cell {key!r} stands twice.")
        counts[key] = row[count]
        if row[count] is None:
            raise ValueError(f"The cell {key!r} has no {count}. Leave it out, or say what it is.")
    sums: list[tuple[Any, list[Any]]] = []
    rests: dict[tuple[Any, ...], int] = {}
    for axis, (name, shape) in enumerate(dimensions.items()):
        for whole, parts in _wholes(counts, axis, shape):
            rest = counts[whole] - sum(counts[p] for p in parts)
            if rest < 0:
                raise ValueError(
                    f"{whole!r} is {counts[whole]}, and its parts by {name} add up to {counts[whole] - rest}."
                )
            if rest:
                left = (
                    *whole[:axis],
                    REST if isinstance(shape, str) else f"{REST} of {whole[axis]}",
                    *whole[axis + 1 :],
                )
                rests[left] = rest
                parts.append(left)
            sums.append((whole, parts))
    return Cells.of(counts | rests, sums, unprinted=rests)


def _wholes(
    counts: Mapping[tuple[Any, ...], int], axis: int, shape: str | Tree
) -> list[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Each cell that is a whole along the axis, with those of its parts that are there."""
    parts: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for key in counts:
        label = key[axis]
        up: Tree = {label: shape} if isinstance(shape, str) and label != shape else {}
        up = up if isinstance(shape, str) else shape
        while (label := up.get(label)) is not None:  # a level that is not printed is passed over
            whole = (*key[:axis], label, *key[axis + 1 :])
            if whole in counts:
                parts.setdefault(whole, []).append(key)
                break
    return list(parts.items())
