"""How `evaluate` runs: students measure by measure, then groups, weeks and what slices are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypedDict

import pyarrow as pa
import pyarrow.compute as pc

from . import catalog, compose, rulepacks
from .backends.engine import Backend, open_engine
from .indicator import Indicator
from .rollup import GROUPS, group_rows, groups_of_parts, parts, sum_blocks, sum_groups, sum_listed
from .rulepacks import RulePack
from .run import Measure, Run
from .scopes import EVERYWHERE
from .tables import Table

#: Kinds whose SELECT answers for each set of schools itself.
NOT_ADDED_UP = ("lag", "whole")

#: Columns in which every SELECT of people and things answers.
_NO_ROWS = (
    "SELECT 0 AS measure, s.scope_id, s.student_id, CAST(NULL AS DOUBLE) AS numerator, "
    "CAST(NULL AS DOUBLE) AS denominator, CAST(NULL AS DOUBLE) AS value, CAST(NULL AS BOOLEAN) AS flag, "
    "CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS DOUBLE) AS extra, CAST(NULL AS VARCHAR) AS basis "
    "FROM scope_students AS s WHERE FALSE"
)


_ROWS = "measure, scope_id, student_id, numerator, denominator, value, flag, reason"


class Found(TypedDict):
    """The fields of `edmeasures.Results`."""

    students: pa.Table
    groups: pa.Table
    series: pa.Table
    references: dict[str, pa.Table]
    parts: pa.Table


def measure(
    tables: Mapping[str, Table],
    *,
    school_year: int,
    as_of: date,
    indicators: Sequence[str] | None,
    rule_packs: Sequence[str | RulePack] | Mapping[str, Sequence[str | RulePack]],
    characteristics: Sequence[str],
    memory_limit: str,
    threads: int,
    backend: Backend,
) -> Found:
    """See `edmeasures.evaluate`, which says what each of these means."""
    measures, packs = asked(indicators, rule_packs)
    with open_engine(backend, memory_limit=memory_limit, threads=threads) as duck:
        run = Run(duck, school_year, as_of)
        run.open(tables, packs)
        run.lay_organisations(tables)
        lay_students(run, measures, tables)
        sum_blocks(run, characteristics)
        sums = pa.concat_tables([sum_groups(run), *sum_listed(run, measures, characteristics)])
        of_groups = [
            group_rows(sums.filter(pc.equal(sums.column("measure"), m.number)), m)
            for m in measures
            if m.indicator.kind not in NOT_ADDED_UP
        ]
        of_groups += [_whole(run, m, tables) for m in measures if m.indicator.kind in NOT_ADDED_UP]
        return Found(
            students=students(run),
            groups=groups(run, of_groups),
            series=series(run, measures),
            references=_references(run),
            parts=parts(run),
        )


def asked(
    indicators: Sequence[str] | None,
    rule_packs: Sequence[str | RulePack] | Mapping[str, Sequence[str | RulePack]],
) -> tuple[list[Measure], list[RulePack]]:
    """The measures of a question, numbered, and its packs as they are first named."""
    chosen = [catalog.get(code) for code in indicators] if indicators is not None else list(catalog.all())
    named = rule_packs if isinstance(rule_packs, Mapping) else {i.code: rule_packs for i in chosen}
    packs_of = {
        i.code: [p if isinstance(p, RulePack) else rulepacks.get(p) for p in named.get(i.code, ())]
        for i in chosen
    }
    return _measures(chosen, packs_of), _in_order(packs_of.values())


def lay_students(run: Run, measures: Sequence[Measure], tables: Mapping[str, Table]) -> None:
    """Students' rows of all measures."""
    _lay_student_rows(run, measures)
    for measure in measures:
        _measure_students(run, measure, tables)
    name_measures(run, measures)


def roll_up(
    table: pa.Table, measures: Sequence[tuple[str, str | RulePack]], *, memory_limit: str, threads: int
) -> pa.Table:
    """See `edmeasures.roll_up`."""
    wanted = [
        Measure(number, catalog.get(code), pack if isinstance(pack, RulePack) else rulepacks.get(pack))
        for number, (code, pack) in enumerate(measures)
    ]
    with open_engine("duckdb", memory_limit=memory_limit, threads=threads) as duck:
        return groups_of_parts(duck, table, [m for m in wanted if m.indicator.kind not in NOT_ADDED_UP])


def _measures(indicators: Sequence[Indicator], packs_of: Mapping[str, Sequence[RulePack]]) -> list[Measure]:
    """Pack by pack, so that a pack's building blocks are made once; an answer no parameter changes is given once."""
    if not all(packs_of.values()):
        raise KeyError("No rule pack was asked for; one at least says how to count.")
    pairs = [
        (indicator, pack)
        for pack in _in_order(packs_of.values())
        for indicator in indicators
        if pack in packs_of[indicator.code] and _answers_anew(indicator, pack, packs_of[indicator.code][0])
    ]
    return [Measure(number, indicator, pack) for number, (indicator, pack) in enumerate(pairs)]


def _answers_anew(indicator: Indicator, pack: RulePack, first: RulePack) -> bool:
    return pack == first or any(getattr(pack, p) != getattr(first, p) for p in indicator.parameters)


def _in_order(packs: Iterable[Sequence[RulePack]]) -> list[RulePack]:
    """Each pack once, as they are first named."""
    found: list[RulePack] = []
    for pack in (pack for some in packs for pack in some):
        if pack not in found:
            found.append(pack)
    return found


def _lay_student_rows(run: Run, measures: Sequence[Measure]) -> None:
    parameters = run.parameters(rulepacks.US_FEDERAL)
    run.lay_pack(rulepacks.US_FEDERAL)
    run.keep("scope_students", parameters)
    run.keep("memberships", parameters)
    # Rows of members become blocks (`sum_blocks`). The people and things of other populations are listed apart: a
    # member of staff and a student may have the same number.
    run.duck.materialise("student_rows", _NO_ROWS)
    if any(m.indicator.population != "members" for m in measures):
        run.duck.materialise("listed_rows", _NO_ROWS)
        run.kept["listed_rows"] = ()


def _measure_students(run: Run, measure: Measure, tables: Mapping[str, Table]) -> None:
    if measure.indicator.kind in NOT_ADDED_UP:
        return
    parameters = run.parameters(measure.pack, measure.indicator)
    run.lay_pack(measure.pack)
    if measure.indicator.subject == "assessment":
        run.lay_norms(parameters, tables)
    name = measure.indicator.sql.removesuffix(".sql")
    also = "".join(f", q.{column}" for column in compose.STATEMENTS[name].says(("extra", "basis")))
    run.duck.append(
        "student_rows" if measure.indicator.population == "members" else "listed_rows",
        f"SELECT {measure.number} AS measure, q.scope_id, q.student_id, q.numerator, q.denominator, q.reason, "
        "CASE WHEN q.reason IS NULL THEN q.value END AS value, "
        f"CASE WHEN q.reason IS NULL THEN q.flag END AS flag{also} FROM ({run.select(name, parameters)}) AS q",
    )


def name_measures(run: Run, measures: Sequence[Measure]) -> None:
    """Lay the names of the measures beside the rows."""
    run.duck.register(
        "measures",
        pa.table(
            {
                "measure": pa.array([m.number for m in measures], pa.int32()),
                "indicator": pa.array([m.indicator.code for m in measures], pa.string()),
                "rule_pack": pa.array([m.pack.name for m in measures], pa.string()),
                "is_students": pa.array([m.indicator.grain == "student" for m in measures], pa.bool_()),
            }
        ),
    )


def students(run: Run) -> pa.Table:
    """Students' rows of the schools and of all schools together."""
    rows = "student_rows"
    if "listed_rows" in run.kept:
        rows = f"(SELECT {_ROWS} FROM student_rows UNION ALL SELECT {_ROWS} FROM listed_rows)"
    last_school_scope = len(run.scopes.school_of)
    return run.duck.arrow(
        f"""SELECT r.student_id, CASE WHEN r.scope_id = {EVERYWHERE} THEN NULL ELSE s.school_id END AS school_id,
          m.indicator, m.rule_pack, r.numerator, r.denominator, r.value, r.flag,
          CASE WHEN r.reason IS NULL THEN 'evaluated' ELSE 'not_evaluated' END AS status, r.reason
        FROM {rows} AS r
        JOIN measures AS m ON m.measure = r.measure AND m.is_students
        LEFT JOIN scope_schools AS s ON s.scope_id = r.scope_id AND r.scope_id > {EVERYWHERE}
        WHERE r.scope_id <= {last_school_scope}"""
    )


def _whole(run: Run, measure: Measure, tables: Mapping[str, Table]) -> pa.Table:
    """What a SELECT says of each set of schools; it may leave all but `value` and `reason` out."""
    parameters = run.parameters(measure.pack, measure.indicator)
    run.lay_pack(measure.pack)
    if measure.indicator.subject == "assessment":
        run.lay_norms(parameters, tables)
    found = run.duck.arrow(run.select(measure.indicator.sql.removesuffix(".sql"), parameters))
    is_good = pc.is_null(found.column("reason"))
    n = found.num_rows

    def column(field: pa.Field) -> pa.Array:
        if field.name not in found.column_names:
            return pa.nulls(n, field.type)
        values = found.column(field.name).cast(field.type)
        if pa.types.is_floating(field.type):
            return pc.if_else(is_good, values, pa.scalar(None, field.type))
        return values

    given = {field.name: column(field) for field in GROUPS}
    given["indicator"] = pa.array([measure.indicator.code] * n, pa.string())
    given["rule_pack"] = pa.array([measure.pack.name] * n, pa.string())
    given["characteristic"] = given["group_value"] = pa.array([""] * n, pa.string())
    if measure.indicator.kind == "lag":
        given["numerator"] = given["value"]
    given["n_students"] = given["n_students"].fill_null(0)
    given["n_not_evaluated"] = given["n_not_evaluated"].fill_null(0)
    given["status"] = pc.if_else(is_good, "evaluated", "not_evaluated")
    return pa.table({"scope_id": found.column("scope_id")} | given)


def groups(run: Run, found: Sequence[pa.Table]) -> pa.Table:
    """The groups' rows of all measures, by organisation."""
    if not found:
        found = [
            pa.table({"scope_id": pa.array([], pa.int32())} | {f.name: pa.array([], f.type) for f in GROUPS})
        ]
    schema = pa.schema([pa.field("scope_id", pa.int32()), *GROUPS])
    run.duck.register("group_rows", pa.concat_tables([g.select(schema.names).cast(schema) for g in found]))
    columns = ", ".join(f"g.{name}" for name in GROUPS.names)
    return run.duck.arrow(
        f"""SELECT o.organisation_id, {columns} FROM group_rows AS g
        JOIN scope_organisations AS o ON o.scope_id = g.scope_id
        ORDER BY g.indicator, g.rule_pack, o.organisation_id, g.characteristic, g.group_value"""
    )


def series(run: Run, measures: Sequence[Measure]) -> pa.Table:
    """Organisations' weeks."""
    selects = []
    for measure in measures:
        if not measure.indicator.series:
            continue
        parameters = run.parameters(measure.pack, measure.indicator)
        run.lay_pack(measure.pack)
        name = f"{measure.indicator.code}_weekly"
        kept = f"weekly_{measure.number}"
        run.duck.materialise(kept, run.select(name, parameters))
        selects.append(
            f"""SELECT o.organisation_id, '{measure.indicator.code}' AS indicator, '{measure.pack.name}' AS rule_pack,
              'week' AS period, w.begins_on, SUM(w.numerator) AS numerator, SUM(w.denominator) AS denominator,
              CAST({measure.indicator.scale} AS DOUBLE) * SUM(w.numerator) / NULLIF(SUM(w.denominator), 0) AS value
            FROM {kept} AS w
            JOIN scope_schools AS s ON s.school_id = w.school_id
            JOIN scope_organisations AS o ON o.scope_id = s.scope_id
            GROUP BY o.organisation_id, w.begins_on HAVING SUM(w.denominator) > 0"""
        )
    if not selects:
        selects = [
            "SELECT organisation_id, '' AS indicator, '' AS rule_pack, 'week' AS period, CAST(NULL AS DATE) AS begins_on, "
            "CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator, CAST(NULL AS DOUBLE) AS value "
            "FROM scope_organisations WHERE FALSE"
        ]
    return run.duck.arrow(
        f"SELECT * FROM ({' UNION ALL '.join(selects)}) AS u ORDER BY indicator, rule_pack, organisation_id, begins_on"
    )


def _references(run: Run) -> dict[str, pa.Table]:
    found = {"sources_received": run.duck.arrow("SELECT * FROM sources_received ORDER BY school_id, source")}
    if "assessment_norms" in run.kept:
        found["assessment_norms"] = run.duck.arrow(
            "SELECT * FROM assessment_norms ORDER BY assessment_id, grade_level"
        )
    return found
