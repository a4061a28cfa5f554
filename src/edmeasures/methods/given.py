"""What a method was given, checked before anything is computed: no silent number from a gap, an infinity or a word."""

from __future__ import annotations

import importlib
import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROWS_SHOWN = 5

# Why a method did not answer: the `reason` of its result, whose numbers are then NaN.
TOO_FEW = "too_few"  # fewer values than the method can say anything about
NO_VARIATION = "no_variation"  # all values are the same


def rows(found: npt.NDArray[Any]) -> str:
    """The first few rows, counted from 0 as NumPy does: "rows 2, 7 and 3 more"."""
    first = ", ".join(str(int(i)) for i in found[:ROWS_SHOWN])
    more = f" and {found.size - ROWS_SHOWN} more" if found.size > ROWS_SHOWN else ""
    return f"row{'s' if found.size > 1 else ''} {first}{more}"


def numbers(name: str, values: npt.ArrayLike, *, fewest: int = 0, size: int | None = None) -> Array:
    """One list of finite numbers.

    Raises
    ------
    ValueError
        Names the argument and the rows: not a list of numbers, missing or infinite, shorter than `fewest`, or of
        another length than `size`.

    Examples
    --------
    >>> numbers("scores", [1, 2.5]).tolist()
    [1.0, 2.5]
    >>> numbers("scores", [1, float("nan"), 3])
    Traceback (most recent call last):
        ...
    ValueError: scores: missing or infinite in row 1. Leave it out first, and say how many were left out.
    """
    try:
        given = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not a list of numbers ({error}).") from error
    if given.ndim != 1:
        raise ValueError(f"{name}: a list is needed, not an array of shape {given.shape}.")
    bad = np.flatnonzero(~np.isfinite(given))
    if bad.size:
        them = "them" if bad.size > 1 else "it"
        raise ValueError(
            f"{name}: missing or infinite in {rows(bad)}. Leave {them} out first, and say how many were left out."
        )
    if given.size < fewest:
        raise ValueError(f"{name}: {given.size} given, at least {fewest} are needed.")
    if size is not None and given.size != size:
        raise ValueError(f"{name}: {given.size} given where {size} are needed, one for each row.")
    return given


def number(name: str, value: float) -> float:
    """One finite number."""
    return float(numbers(name, [value])[0])


def whole(name: str, value: float, *, least: int = 0) -> int:
    """One whole number: people, clusters."""
    if not isinstance(value, int | np.integer) and not float(number(name, value)).is_integer():
        raise ValueError(f"{name} is {value}; a whole number is needed.")
    if value < least:
        raise ValueError(f"{name} is {value}; at least {least} is needed.")
    return int(value)


def above_zero(name: str, values: npt.ArrayLike, *, fewest: int = 0, size: int | None = None) -> Array:
    """Finite numbers above 0: units, standard deviations, group sizes."""
    given = numbers(name, values, fewest=fewest, size=size)
    bad = np.flatnonzero(given <= 0)
    if bad.size:
        raise ValueError(f"{name}: {given[bad[0]]:g} in {rows(bad)}; it must be above 0.")
    return given


def counts(name: str, values: npt.ArrayLike, *, of: Array | None = None) -> Array:
    """Finite numbers from 0, and at most the number they are `of`."""
    given = numbers(name, values, fewest=1, size=None if of is None else of.size)
    bad = np.flatnonzero((given < 0) | ((given > of) if of is not None else False))
    if bad.size:
        limit = "" if of is None else f" and at most {of[bad[0]]:g}"
        raise ValueError(f"{name}: {given[bad[0]]:g} in {rows(bad)}; it must be at least 0{limit}.")
    return given


def yes_or_no(name: str, values: npt.ArrayLike, *, size: int | None = None) -> Array:
    """Zeros and ones."""
    given = numbers(name, values, fewest=1, size=size)
    bad = np.flatnonzero((given != 0) & (given != 1))
    if bad.size:
        raise ValueError(f"{name}: {given[bad[0]]:g} in {rows(bad)}; only 0 and 1 are known.")
    return given


def shares(name: str, values: npt.ArrayLike, *, size: int | None = None) -> Array:
    """Finite numbers from 0 to 1."""
    given = numbers(name, values, fewest=1, size=size)
    bad = np.flatnonzero((given < 0) | (given > 1))
    if bad.size:
        raise ValueError(f"{name}: {given[bad[0]]:g} in {rows(bad)}; a share lies between 0 and 1.")
    return given


def confidence_level(confidence: float) -> float:
    """A share strictly between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; it must lie between 0 and 1.")
    return float(confidence)


def normal_quantile(share: float) -> float:
    """The value below which this share of a standard normal distribution lies."""
    return float(special.ndtri(share))


def table(name: str, values: npt.ArrayLike, *, gaps: bool = False, fewest_rows: int = 2) -> Array:
    """A table of numbers, people by columns; with `gaps` a NaN is a missing answer, an infinity never is."""
    try:
        given = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not a table of numbers ({error}).") from error
    if given.ndim != 2 or given.shape[1] < 2:
        raise ValueError(f"{name}: a table with two or more columns is needed, not shape {given.shape}.")
    wrong = np.isinf(given) if gaps else ~np.isfinite(given)
    bad = np.flatnonzero(wrong.any(axis=1))
    if bad.size:
        raise ValueError(f"{name}: {'infinite' if gaps else 'missing or infinite'} in {rows(bad)}.")
    if given.shape[0] < fewest_rows:
        raise ValueError(f"{name}: {given.shape[0]} rows given, at least {fewest_rows} are needed.")
    return given


def groups(name: str, values: npt.ArrayLike, *, size: int) -> tuple[npt.NDArray[Any], Ints]:
    """The groups in order and each row's group; a missing group is refused, it is not a group of its own."""
    given = np.asarray(values)
    if given.shape != (size,):
        raise ValueError(f"{name}: shape {given.shape} given where {size} are needed, one for each row.")
    missing = np.array(
        [v is None or (isinstance(v, float) and math.isnan(v)) for v in given.tolist()], dtype=bool
    )
    if missing.any():
        raise ValueError(f"{name}: missing in {rows(np.flatnonzero(missing))}.")
    labels, code = np.unique(given, return_inverse=True)
    return labels, code.astype(np.int64)


def library(module: str, distribution: str) -> Any:
    """A heavy library, imported when it is first needed.

    Raises
    ------
    ImportError
        Says what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"This method needs {distribution}, which is not installed: pip install edmeasures[models]"
        ) from error
