"""Definitions x tables x rule packs x groups -> one self-describing result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

    from .backends.engine import Backend
    from .rulepacks import RulePack
    from .tables import Table

Rows = Literal["students", "groups", "series", "parts"]
ROWS: tuple[Rows, ...] = ("students", "groups", "series", "parts")


@dataclass(frozen=True, slots=True, repr=False)
class Results:
    """What one evaluation found, as Arrow tables.

    Attributes
    ----------
    students : pyarrow.Table
        One row per student, school (null: pooled over all schools), indicator and rule pack: student_id, school_id,
        indicator, rule_pack, numerator, denominator, value, flag, status, reason.
    groups : pyarrow.Table
        One row per organisation, indicator, rule pack, characteristic ('' = everyone) and group value, with numerator,
        denominator, n_students, n_flagged, n_not_evaluated, value, lower, upper (95 per cent), mean_of_students,
        average_daily_membership, status, reason. Unprotected: what leaves the building goes through
        `edmeasures.disclosure.protect` first.
    series : pyarrow.Table
        One row per organisation, indicator, rule pack and week: period, begins_on (a Monday), numerator, denominator,
        value.
    references : dict of str to pyarrow.Table
        What a student's value is compared with (``assessment_norms``, ``sources_received``). Handed back to
        `evaluate` with a slice of students, it gives that slice the same rows as the whole.
    parts : pyarrow.Table
        What the rows of organisations above the schools were added up from: one row per organisation, block (the schools
        that a set of students attended, as ``"3 17"``), indicator, rule pack and group, with the sums. When a school is
        measured again, its blocks replace those of before, and `roll_up` gives the organisations their rows.
    """

    students: pa.Table
    groups: pa.Table
    series: pa.Table
    references: dict[str, pa.Table]
    parts: pa.Table

    def to_arrow(self, table: Rows = "groups") -> pa.Table:
        """One of the tables, as Arrow."""
        found: pa.Table = getattr(self, table)
        return found

    def to_pandas(self, table: Rows = "groups") -> Any:
        """One of the tables as a pandas frame (extra ``pandas``)."""
        return self.to_arrow(table).to_pandas()

    def to_polars(self, table: Rows = "groups") -> Any:
        """One of the tables as a Polars frame (extra ``polars``)."""
        import polars  # noqa: PLC0415 - an extra

        return polars.from_arrow(self.to_arrow(table))

    def __repr__(self) -> str:
        counts = ", ".join(f"{name}: {self.to_arrow(name).num_rows:,} rows" for name in ROWS)
        return f"Results({counts})"

    def _repr_html_(self) -> str:
        from . import showing  # noqa: PLC0415 - for notebooks only

        return showing.page(self)


def evaluate(
    tables: Mapping[str, Table],
    *,
    school_year: int,
    as_of: date,
    indicators: Sequence[str] | None = None,
    rule_packs: Sequence[str | RulePack] | Mapping[str, Sequence[str | RulePack]] = ("us-federal",),
    characteristics: Sequence[str] = (),
    memory_limit: str = "2GB",
    threads: int = 2,
    backend: Backend = "duckdb",
) -> Results:
    """Evaluate indicators over fact tables, year to date.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table or Parquet path(s)
        The fact tables by name, see `edmeasures.tables.TABLES`. What is not handed in was not received.
    school_year : int
        The year in which the school year ends. Rows of other years are left aside.
    as_of : datetime.date
        The last day that counts. Later facts are not seen.
    indicators : sequence of str, optional
        Codes; all of the catalogue where omitted.
    rule_packs : sequence of str or RulePack, or mapping of indicator code to such a sequence
        The same for every indicator, or for each its own.
        An indicator whose parameters a pack leaves as the first pack has them is evaluated under the first only.
    characteristics : sequence of str
        Codes in ``student_characteristics`` by which groups are broken down, beside grade level.
    memory_limit, threads
        Bounds of DuckDB, ``"2GB"`` and 2 unless changed; of a local Spark too.
    backend : {"duckdb", "spark"} or Engine
        Where the SELECTs run. ``"spark"`` takes the session of the process, or starts a local one (extra ``spark``).

    Returns
    -------
    Results

    Raises
    ------
    TableError
        When a table cannot be measured; the message names table, column, what was found and what to do.
    KeyError
        For an indicator or rule pack that does not exist.

    Examples
    --------
    >>> import pyarrow as pa
    >>> monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)
    >>> school = {"school_id": ["S"] * 2, "school_year": [2026] * 2, "on": [monday, tuesday]}
    >>> found = evaluate(
    ...     {
    ...         "enrolments": pa.table(
    ...             {"student_id": ["A"], "school_id": ["S"], "school_year": [2026], "entry_on": [monday]}
    ...         ),
    ...         "calendar_days": pa.table(school | {"is_instructional": [True, True]}),
    ...         "attendance_submissions": pa.table(school),
    ...         "attendance_events": pa.table(
    ...             {"student_id": ["A"], "school_id": ["S"], "school_year": [2026], "on": [tuesday],
    ...              "category": ["excused"], "absent_share": [1.0]}
    ...         ),
    ...     },
    ...     school_year=2026, as_of=tuesday, indicators=["attendance_rate"],
    ... )
    >>> found.groups.column("value").to_pylist()
    [0.5]
    """
    # Who only reads definitions does without the engine, which takes most of a second to import.
    from . import measuring  # noqa: PLC0415

    return Results(
        **measuring.measure(
            tables,
            school_year=school_year,
            as_of=as_of,
            indicators=indicators,
            rule_packs=rule_packs,
            characteristics=characteristics,
            memory_limit=memory_limit,
            threads=threads,
            backend=backend,
        )
    )


def roll_up(
    parts: pa.Table,
    measures: Sequence[tuple[str, str | RulePack]],
    *,
    memory_limit: str = "1GB",
    threads: int = 1,
) -> pa.Table:
    """Organisations' rows from the parts of `Results.parts`, by the same sums and intervals as `evaluate`.

    Parameters
    ----------
    parts : pyarrow.Table
        Every block of the organisations that are asked for.
    measures : sequence of (indicator code, rule pack)
        What to roll up; parts of other measures are left aside.

    Returns
    -------
    pyarrow.Table
        As `Results.groups`.
    """
    from . import measuring  # noqa: PLC0415

    return measuring.roll_up(parts, measures, memory_limit=memory_limit, threads=threads)
