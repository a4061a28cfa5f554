"""The groups of a measurement run, protected: by families of rows that add up, in one pass over a whole run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from .mending import Family, Proof, Shown
from .ranges import coded_share, ed_range, students_told

Style = Literal["exact", "coded", "ed_ranges"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How numbers are protected.

    Parameters
    ----------
    minimum : int
        A group of fewer students is not shown.
    style : {"coded", "ed_ranges", "exact"}
        How the shares that may be shown are written: with coded ends, as ranges, or exactly.
    """

    minimum: int = 10
    style: Style = "coded"

    def __post_init__(self) -> None:
        if self.minimum < 1:
            raise ValueError(
                f"minimum is {self.minimum}; it must be at least 1. To publish unprotected, pass no policy."
            )


def suppress(counts: Mapping[str, int], minimum: int = 10, already: Iterable[str] = ()) -> dict[str, str]:
    """Which cells of one total are hidden, and why.

    A cell below the minimum is hidden (``primary``). Where the hidden ones could be had from the total, because there is
    only one or their sum is itself below the minimum, the next smallest cell is hidden too (``complementary``).

    Parameters
    ----------
    counts : mapping of str to int
        Students by cell. An empty cell hides nobody and is left alone.
    minimum : int
        The least number of students shown.
    already : iterable of str
        Cells hidden for another reason.

    Returns
    -------
    dict of str to str
        Cell -> ``""``, ``"primary"`` or ``"complementary"``.

    References
    ----------
    NCES 2011-603, Statistical methods for protecting personally identifiable information in aggregate reporting.

    Examples
    --------
    >>> suppress({"A": 25, "B": 14, "C": 6, "D": 3})
    {'A': '', 'B': 'complementary', 'C': 'primary', 'D': 'primary'}
    """
    hidden = {cell: "primary" if 0 < n < minimum else "" for cell, n in counts.items()}
    for cell in already:
        if cell in hidden and not hidden[cell]:
            hidden[cell] = "complementary"
    while True:
        chosen = [cell for cell, why in hidden.items() if why]
        total = sum(counts[cell] for cell in chosen)
        rest = sorted((n, cell) for cell, n in counts.items() if not hidden[cell] and n > 0)
        if not chosen or not rest or (len(chosen) > 1 and total >= minimum):
            return hidden
        hidden[rest[0][1]] = "complementary"


def suppress_places(
    counts: Mapping[Any, int], parents: Mapping[Any, Any], *, minimum: int = 10
) -> dict[Any, str]:
    """Which places of a tree are hidden so that no small count follows from the others: schools, areas and a district.

    Parameters
    ----------
    counts : mapping of place to int
        Students. A place that nobody counts is left out.
    parents : mapping of place to place or None
        The tree; what stands above may be left out of `counts`.
    minimum : int
        The least number of students shown.

    Returns
    -------
    dict of place to str
        Place -> ``""``, ``"primary"`` or ``"complementary"``: proven as `protect` proves a run's groups.

    Examples
    --------
    >>> suppress_places({"district": 63, "Lincoln": 60, "Monroe": 3}, {"Lincoln": "district", "Monroe": "district"})
    {'district': '', 'Lincoln': 'complementary', 'Monroe': 'primary'}
    """
    places = [*counts]
    at = {place: i for i, place in enumerate(places)}
    below: dict[Any, list[int]] = {}
    for place, i in at.items():
        above = parents.get(place)
        while above is not None and above not in at:  # a level that is not counted is passed over
            above = parents.get(above)
        if above is not None:
            below.setdefault(above, []).append(i)
    numbers = [int(counts[place]) for place in places]
    shown = Shown(numbers, [None] * len(places), minimum)
    families = [_family(at[whole], parts, numbers) for whole, parts in below.items()]
    Proof(shown, range(len(places)), families).mend()
    return dict(zip(places, shown.hidden, strict=True))


_COUNTS = (
    "numerator",
    "denominator",
    "n_students",
    "n_flagged",
    "n_not_evaluated",
    "average_daily_membership",
)
_VALUES = ("value", "lower", "upper", "mean_of_students")


def protect(
    groups: pa.Table, organisations: pa.Table | None = None, policy: Policy | None = Policy()
) -> pa.Table:
    """The groups of a result, made fit to leave the building.

    Parameters
    ----------
    groups : pyarrow.Table
        ``Results.groups``.
    organisations : pyarrow.Table, optional
        The tree. With it, a school that could be had as its district less the other schools is protected too.
    policy : Policy or None
        None switches protection off and says so in the column ``protection``.

    Returns
    -------
    pyarrow.Table
        The same rows and columns, hidden numbers null, with ``suppressed`` ('', primary, complementary), ``shown`` (what
        a page prints for a share; null for other units) and ``protection``.

    Examples
    --------
    >>> from edmeasures.rollup import GROUPS
    >>> row = {name: None for name in GROUPS.names} | {"indicator": "chronic_absence", "rule_pack": "us-federal",
    ...     "characteristic": "", "group_value": "", "numerator": 2.0, "denominator": 8.0, "n_students": 8, "value": 0.25}
    >>> found = protect(pa.Table.from_pylist([row | {"organisation_id": 1}]))
    >>> found.column("suppressed").to_pylist(), found.column("value").to_pylist()
    (['primary'], [None])
    """
    rows: list[dict[str, Any]] = groups.to_pylist()
    if policy is None:
        hidden = [""] * len(rows)
        shown: list[str | None] = [None] * len(rows)
    else:
        hidden = _hide(rows, _parents(organisations), policy)
        shown = [_show(row, why, policy) for row, why in zip(rows, hidden, strict=True)]
    columns = {}
    for name in groups.column_names:
        values = groups.column(name)
        if name in (*_COUNTS, *_VALUES):
            # Coded shares stand alone: a count beside them would give the exact share back.
            gone = [bool(why) or _is_coded(text) for why, text in zip(hidden, shown, strict=True)]
            kept = [None if g else v for g, v in zip(gone, values.to_pylist(), strict=True)]
            values = pa.chunked_array([pa.array(kept, values.type)])
        columns[name] = values
    columns["suppressed"] = pa.chunked_array([pa.array(hidden, pa.string())])
    columns["shown"] = pa.chunked_array([pa.array(shown, pa.string())])
    told = "none" if policy is None else f"minimum {policy.minimum}, {policy.style}"
    columns["protection"] = pa.chunked_array([pa.array([told] * len(rows), pa.string())])
    return pa.table(columns)


def range_of(row: Mapping[str, Any], policy: Policy = Policy()) -> str | None:
    """What stands for a row's share where nothing else hides it: a range or a coded end; None where it is shown exactly.

    Which rows of a measure are hidden follows from their numbers of students and from whether this is None, and from
    nothing else.

    Examples
    --------
    >>> row = {"indicator": "chronic_absence", "n_students": 60}
    >>> range_of(row | {"value": 0.97}), range_of(row | {"value": 0.5})
    ('>=95%', None)
    """
    text = _show(row, "", policy)
    return text if _is_coded(text) else None


def _parents(organisations: pa.Table | None) -> dict[Any, Any]:
    if organisations is None:
        return {}
    return dict(
        zip(organisations["organisation_id"].to_pylist(), organisations["parent_id"].to_pylist(), strict=True)
    )


def _hide(rows: Sequence[dict[str, Any]], parents: Mapping[Any, Any], policy: Policy) -> list[str]:
    """Hide within every family, and prove it, one measure at a time: two measures have no row in common."""
    counts = [int(row["n_students"] or 0) for row in rows]
    is_ed = policy.style == "ed_ranges"
    coded = [
        students_told(n, is_ed=is_ed, minimum=policy.minimum) if _is_coded(_show(row, "", policy)) else None
        for row, n in zip(rows, counts, strict=True)
    ]
    shown = Shown(counts, coded, policy.minimum)
    for members, families in _measures(rows, parents, counts):
        Proof(shown, members, families).mend()
    return shown.hidden


def _measures(
    rows: Sequence[dict[str, Any]], parents: Mapping[Any, Any], counts: Sequence[int]
) -> Iterator[tuple[list[int], list[Family]]]:
    """Each measure's rows and their families: the groups of one organisation, the organisations of one parent."""
    measures: dict[tuple[Any, ...], list[int]] = {}
    for i, row in enumerate(rows):
        measures.setdefault((row["indicator"], row["rule_pack"]), []).append(i)
    for members in measures.values():
        wholes: dict[tuple[Any, ...], int] = {}
        found: dict[tuple[Any, ...], list[int]] = {}
        for i in members:
            row = rows[i]
            place, group = row["organisation_id"], (row["characteristic"], row["group_value"])
            wholes[(place, *group)] = i
            if row["characteristic"]:
                found.setdefault(("groups", row["characteristic"], place, "", ""), []).append(i)
            if (parent := parents.get(place)) is not None:
                found.setdefault(("places", "", parent, *group), []).append(i)
        yield members, [_family(wholes.get(key[2:]), parts, counts) for key, parts in found.items()]


def _family(whole: int | None, parts: list[int], counts: Sequence[int]) -> Family:
    rest = None if whole is None else counts[whole] - sum(counts[i] for i in parts)
    return Family(whole, parts, None if rest is None or rest < 0 else rest)


def _show(row: Mapping[str, Any], why: str, policy: Policy) -> str | None:
    if row["value"] is None:
        return None
    if why:
        return "S" if policy.style == "ed_ranges" else f"N<{policy.minimum}" if why == "primary" else "*"
    if not _is_share(str(row["indicator"])):
        return None
    if policy.style == "ed_ranges":
        return ed_range(row["value"], int(row["n_students"]))
    return (
        coded_share(row["value"], int(row["n_students"]), policy.minimum) if policy.style == "coded" else None
    )


def _is_share(code: str) -> bool:
    from .. import catalog  # noqa: PLC0415 - the catalogue is read only when something is published

    return catalog.get(code).unit == "share"


def _is_coded(text: str | None) -> bool:
    """Whether the text says less than the exact share: a range or a coded end."""
    return text is not None and (text[0] in "<>" or "-" in text)
