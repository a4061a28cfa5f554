"""Sets of schools: each school, each organisation above, all of them. Equal sets are measured once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: The scope of all schools together: a student's pooled rows.
EVERYWHERE = 0


@dataclass(frozen=True, slots=True)
class Scopes:
    """Which schools each scope holds, which organisations it answers for, and which scopes are one school."""

    schools: tuple[tuple[int, Any], ...]
    organisations: tuple[tuple[int, Any], ...]
    school_of: Mapping[int, Any]


def build_scopes(organisations: Iterable[tuple[Any, str, Any]], schools: Iterable[Any]) -> Scopes:
    """The scopes of a tree of organisations.

    Parameters
    ----------
    organisations : iterable of (organisation_id, kind, parent_id)
        The tree; empty where there is none, then each school stands alone.
    schools : iterable
        Every school that any fact names.

    Raises
    ------
    ValueError
        When the parents form a ring.

    Examples
    --------
    >>> found = build_scopes([(1, "district", None), (2, "school", 1), (3, "school", 1)], [2, 3])
    >>> found.organisations
    ((1, 2), (2, 3), (0, 1))
    """
    rows = list(organisations)
    parents = {organisation: parent for organisation, _, parent in rows}
    all_schools = sorted({*schools, *(o for o, kind, _ in rows if kind == "school")}, key=_sort_key)
    below: dict[Hashable, set[Any]] = {organisation: set() for organisation in parents}
    for school in all_schools:
        for organisation in _line(school, parents):
            below.setdefault(organisation, set()).add(school)
    everything = frozenset(all_schools)
    scope_of: dict[frozenset[Any], int] = {everything: EVERYWHERE}
    pairs = [(EVERYWHERE, school) for school in all_schools]
    names: list[tuple[int, Any]] = []
    school_of: dict[int, Any] = {}
    for number, school in enumerate(all_schools, start=1):
        pairs.append((number, school))
        names.append((number, school))
        school_of[number] = school
        scope_of.setdefault(frozenset([school]), number)
    for organisation in sorted(set(below) - set(all_schools), key=_sort_key):
        members = frozenset(below[organisation])
        if not members:
            continue
        if members not in scope_of:
            scope_of[members] = len(all_schools) + len(scope_of) + 1
            pairs.extend((scope_of[members], school) for school in sorted(members, key=_sort_key))
        names.append((scope_of[members], organisation))
    return Scopes(tuple(pairs), tuple(names), school_of)


def _sort_key(value: Any) -> tuple[str, Any]:
    return (type(value).__name__, value)


def _line(school: Any, parents: Mapping[Any, Any]) -> list[Any]:
    line = [school]
    while (parent := parents.get(line[-1])) is not None:
        if parent in line:
            raise ValueError(f"Organisation {parent!r} is above itself. Correct the parents of {line}.")
        line.append(parent)
    return line
