"""The same facts answered by several authorities in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from . import rulepacks
from .rulepacks import RulePack

if TYPE_CHECKING:
    import pyarrow as pa

    from .tables import Table


def side_by_side(
    tables: Mapping[str, Table],
    *,
    indicator: str,
    rule_packs: Sequence[str | RulePack],
    school_year: int,
    as_of: date,
    column: str = "value",
) -> pa.Table:
    """One indicator under several rule packs: a row per organisation, a column per pack.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table or Parquet path(s)
        The fact tables, see `edmeasures.tables.TABLES`.
    indicator : str
        Its code. A pack that leaves the indicator's parameters as the first pack has them gives the first's answer.
    rule_packs : sequence of str or RulePack
        The packs, in the order of the columns.
    column : str
        Which column of `Results.groups` is compared.

    Returns
    -------
    pyarrow.Table
        organisation_id, and one column per pack's name; null where it was not evaluated.

    Raises
    ------
    KeyError
        For an indicator or rule pack that does not exist.

    Examples
    --------
    >>> from edmeasures import specs
    >>> spec = specs.read("chronic_absence")
    >>> found = side_by_side(
    ...     specs.fact_tables(spec), indicator="chronic_absence", rule_packs=["us-maine", "us-california"],
    ...     school_year=2026, as_of=date(2026, 5, 1),
    ... )
    >>> found.column_names
    ['organisation_id', 'us-maine', 'us-california']
    """
    import pyarrow as pa  # noqa: PLC0415 - most of a second of import
    import pyarrow.compute as pc  # noqa: PLC0415

    from .evaluate import evaluate  # noqa: PLC0415

    packs = [pack if isinstance(pack, RulePack) else rulepacks.get(pack) for pack in rule_packs]
    groups = evaluate(
        tables, school_year=school_year, as_of=as_of, indicators=[indicator], rule_packs=packs
    ).groups
    groups = groups.filter(pc.equal(groups.column("characteristic"), ""))
    places = sorted(set(groups.column("organisation_id").to_pylist()))
    answers = {
        (row["organisation_id"], row["rule_pack"]): row[column]
        for row in groups.select(["organisation_id", "rule_pack", column]).to_pylist()
    }
    answered = {name for _, name in answers}
    kind = groups.schema.field(column).type
    columns = {
        pack.name: pa.array(
            [answers.get((place, pack.name if pack.name in answered else packs[0].name)) for place in places],
            kind,
        )
        for pack in packs
    }
    return pa.table(
        {"organisation_id": pa.array(places, groups.schema.field("organisation_id").type)} | columns
    )
