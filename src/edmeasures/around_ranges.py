"""What every range of students must see of the whole: organisations, which sources arrived, norms; and the ranges themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import compose, measuring
from .backends.duckdb import Duck
from .checks import check_tables
from .indicator import Indicator
from .rulepacks import RulePack
from .run import SOURCES, Run
from .tables import TABLES, Table

_SOURCE = re.compile(r"source = '([a-z_]+)'")

#: Tables that say who and where, whatever is asked.
AROUND = frozenset(
    (
        "organisations",
        "enrolments",
        "calendar_days",
        "student_characteristics",
        "sources_received",
        "assessment_norms",
    )
)


def shared(
    tables: Mapping[str, Table],
    school_year: int,
    as_of: date,
    chosen: Sequence[Indicator],
    rule_packs: Sequence[str | RulePack],
) -> dict[str, pa.Table]:
    """What every range must see of the whole: all organisations with every school, which sources arrived, and norms."""
    asked = {
        source
        for indicator in chosen
        for name in _statements(indicator)
        for source in _SOURCE.findall(compose.STATEMENTS[name].text)
    }
    with Duck(memory_limit="1GB") as duck:
        run = Run(duck, school_year, as_of)
        run.declare(tables)
        # A range sees the calendars of its own schools; here all are checked.
        check_tables(duck, [name for name in OF_SCHOOLS if name in tables], [], school_year)
        schools = duck.arrow(
            "SELECT school_id FROM enrolments UNION SELECT school_id FROM calendar_days"
        ).column(0)
        tree = duck.arrow("SELECT organisation_id, kind, parent_id FROM organisations")
        selects = [
            f"SELECT school_id, '{name}' AS source, COUNT(*) AS n_rows, {_last(dated)} AS last_on "
            f'FROM "{name}"{_until(dated, as_of)} GROUP BY school_id'
            for name, dated in SOURCES.items()
            if name in asked and name in tables
        ]
        sources = TABLES["sources_received"]
        found = {"organisations": _with_schools(tree, schools)}
        if "sources_received" not in tables:
            kind = schools.type
            found["sources_received"] = (
                duck.arrow(" UNION ALL ".join(selects))
                if selects
                else pa.table({c.name: pa.array([], _KINDS.get(c.type, kind)) for c in sources.columns})
            )
    norms = [indicator for indicator in chosen if indicator.subject == "assessment"]
    if norms and "assessment_norms" not in tables:
        found["assessment_norms"] = _norms(tables, school_year, as_of, norms[0], rule_packs)
    return found


def _norms(
    tables: Mapping[str, Table],
    school_year: int,
    as_of: date,
    first: Indicator,
    rule_packs: Sequence[str | RulePack],
) -> pa.Table:
    """What students' results are compared with, over everybody: as `evaluate` makes it for its first measure."""
    read = {name: tables[name] for name in tables if name in {*first.tables, *AROUND}}
    measures, packs = measuring.asked([first.code], rule_packs)
    with Duck(memory_limit="1GB") as duck:
        run = Run(duck, school_year, as_of)
        run.open(read, packs)
        run.lay_organisations(read)
        run.lay_pack(measures[0].pack)
        run.lay_norms(run.parameters(measures[0].pack, measures[0].indicator), read)
        return duck.arrow("SELECT * FROM assessment_norms ORDER BY assessment_id, grade_level")


#: Tables of a school's days. A range of students needs those of its schools.
OF_SCHOOLS = ("calendar_days", "attendance_submissions")
_KINDS = {"text": pa.string(), "integer": pa.int64(), "date": pa.date32()}


def _statements(indicator: Indicator) -> Iterator[str]:
    names = [indicator.sql.removesuffix(".sql")]
    if indicator.series:
        names.append(f"{indicator.code}_weekly")
    for name in names:
        yield from (*compose.order(name), name)


def _last(dated: str | None) -> str:
    return f'MAX("{dated}")' if dated else "CAST(NULL AS DATE)"


def _until(dated: str | None, as_of: date) -> str:
    return f" WHERE \"{dated}\" <= DATE '{as_of.isoformat()}'" if dated else ""


def _with_schools(tree: pa.Table, schools: pa.ChunkedArray) -> pa.Table:
    """Schools that no organisation stands for get a row, so that all ranges number the same sets of schools."""
    known = tree.column("organisation_id").combine_chunks()
    missing = schools.filter(pc.invert(pc.is_in(schools, known))).combine_chunks()
    more = pa.table(
        {
            "organisation_id": missing,
            "kind": pa.array(["school"] * len(missing), pa.string()),
            "parent_id": pa.nulls(len(missing), missing.type),
        }
    )
    return pa.concat_tables([tree, more])


def ranges_of(tables: Mapping[str, Table], school_year: int, size: int) -> list[tuple[Any, Any]]:
    """The first and last student of each range."""
    with Duck(memory_limit="1GB") as duck:
        Run(duck, school_year, date(school_year, 12, 31)).declare(tables)
        ids = duck.arrow("SELECT DISTINCT student_id FROM enrolments ORDER BY student_id").column(0)
    firsts = range(0, len(ids), size)
    return [(ids[i].as_py(), ids[min(i + size, len(ids)) - 1].as_py()) for i in firsts]
