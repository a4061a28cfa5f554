"""Definitions x tables x rule packs x groups -> one self-describing result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from .rulepacks import RulePack
from .tables import Table


@dataclass(frozen=True, slots=True)
class Results:
    """What one evaluation found, as Arrow tables (see ``STUDENTS``, ``GROUPS`` and ``SERIES`` for the columns).

    Attributes
    ----------
    students : pyarrow.Table
        One row per student, school (null: pooled over all schools), indicator and rule pack.
    groups : pyarrow.Table
        One row per organisation, indicator, rule pack, characteristic ('' = everyone) and group value. Unprotected:
        what leaves the building goes through `edmeasures.disclosure.protect` first.
    series : pyarrow.Table
        One row per organisation, indicator, rule pack and week.
    references : dict of str to pyarrow.Table
        What a student's value is compared with (``assessment_norms``, ``sources_received``). Handed back to
        `evaluate` with a slice of students, it gives that slice the same rows as the whole.
    """

    students: pa.Table
    groups: pa.Table
    series: pa.Table
    references: dict[str, pa.Table]


def evaluate(
    tables: Mapping[str, Table],
    *,
    school_year: int,
    as_of: date,
    indicators: Sequence[str] | None = None,
    rule_packs: Sequence[str | RulePack] = ("us-federal",),
    characteristics: Sequence[str] = (),
) -> Results:
    """Evaluate indicators over fact tables."""
    raise NotImplementedError
