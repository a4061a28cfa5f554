"""How `evaluate` runs: students measure by measure, then groups, weeks and what slices are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypedDict

import pyarrow as pa
import pyarrow.compute as pc

from . import catalog, rulepacks
from .backends.duckdb import Duck
from .indicator import Indicator
from .rollup import GROUPS, group_rows, groups_of_parts, parts, sum_blocks, sum_groups
from .rulepacks import RulePack
from .run import Measure, Run
from .scopes import EVERYWHERE
from .tables import Table


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
) -> Found:
    """See `edmeasures.evaluate`, which says what each of these means."""
    chosen = [catalog.get(code) for code in indicators] if indicators is not None else list(catalog.all())
    named = rule_packs if isinstance(rule_packs, Mapping) else {i.code: rule_packs for i in chosen}
    packs_of = {
        i.code: [p if isinstance(p, RulePack) else rulepacks.get(p) for p in named.get(i.code, ())]
        for i in chosen
    }
    measures = _measures(chosen, packs_of)
    packs = _in_order(packs_of.values())
    with Duck(memory_limit=memory_limit, threads=threads) as duck:
        run = Run(duck, school_year, as_of)
        run.open(tables, packs)
        run.lay_organisations(tables)
        _lay_student_rows(run)
        for measure in measures:
            _measure_students(run, measure, tables)
        _names(run, measures)
        sum_blocks(run, characteristics)
        sums = sum_groups(run)
        groups = [
            group_rows(sums.filter(pc.equal(sums.column("measure"), m.number)), m)
            for m in measures
            if m.indicator.kind != "lag"
        ]
        groups += [_lagging(run, m) for m in measures if m.indicator.kind == "lag"]
        return Found(
            students=_students(run),
            groups=_groups(run, groups),
            series=_series(run, measures),
            references=_references(run),
            parts=parts(run),
        )


def roll_up(
    table: pa.Table, measures: Sequence[tuple[str, str | RulePack]], *, memory_limit: str, threads: int
) -> pa.Table:
    """See `edmeasures.roll_up`."""
    wanted = [
        Measure(number, catalog.get(code), pack if isinstance(pack, RulePack) else rulepacks.get(pack))
        for number, (code, pack) in enumerate(measures)
    ]
    with Duck(memory_limit=memory_limit, threads=threads) as duck:
        return groups_of_parts(duck, table, [m for m in wanted if m.indicator.kind != "lag"])


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


def _lay_student_rows(run: Run) -> None:
    parameters = run.parameters(rulepacks.US_FEDERAL)
    run.lay_pack(rulepacks.US_FEDERAL)
    run.keep("scope_students", parameters)
    run.keep("memberships", parameters)
    run.duck.materialise(
        "student_rows",
        "SELECT 0 AS measure, s.scope_id, s.student_id, CAST(NULL AS DOUBLE) AS numerator, "
        "CAST(NULL AS DOUBLE) AS denominator, CAST(NULL AS DOUBLE) AS value, CAST(NULL AS BOOLEAN) AS flag, "
        "CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS DOUBLE) AS extra, CAST(NULL AS VARCHAR) AS basis "
        "FROM scope_students AS s WHERE FALSE",
    )


def _measure_students(run: Run, measure: Measure, tables: Mapping[str, Table]) -> None:
    if measure.indicator.grain == "organisation" and measure.indicator.kind == "lag":
        return
    parameters = run.parameters(measure.pack, measure.indicator)
    run.lay_pack(measure.pack)
    if measure.indicator.subject == "assessment":
        run.lay_norms(parameters, tables)
    name = measure.indicator.sql.removesuffix(".sql")
    # By name: a SELECT may leave `extra` and `basis` out.
    run.duck.execute(
        f"INSERT INTO student_rows BY NAME SELECT {measure.number} AS measure, q.* REPLACE ("
        "CASE WHEN q.reason IS NULL THEN q.value END AS value, CASE WHEN q.reason IS NULL THEN q.flag END AS flag) "
        f"FROM ({run.select(name, parameters)}) AS q"
    )


def _names(run: Run, measures: Sequence[Measure]) -> None:
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


def _students(run: Run) -> pa.Table:
    last_school_scope = len(run.scopes.school_of)
    return run.duck.arrow(
        f"""SELECT r.student_id, CASE WHEN r.scope_id = {EVERYWHERE} THEN NULL ELSE s.school_id END AS school_id,
          m.indicator, m.rule_pack, r.numerator, r.denominator, r.value, r.flag,
          CASE WHEN r.reason IS NULL THEN 'evaluated' ELSE 'not_evaluated' END AS status, r.reason
        FROM student_rows AS r
        JOIN measures AS m ON m.measure = r.measure AND m.is_students
        LEFT JOIN scope_schools AS s ON s.scope_id = r.scope_id AND r.scope_id > {EVERYWHERE}
        WHERE r.scope_id <= {last_school_scope}"""
    )


def _lagging(run: Run, measure: Measure) -> pa.Table:
    parameters = run.parameters(measure.pack, measure.indicator)
    name = measure.indicator.sql.removesuffix(".sql")
    run.duck.materialise("lagging", run.select(name, parameters))
    return run.duck.arrow(
        f"""SELECT l.scope_id, '{measure.indicator.code}' AS indicator, '{measure.pack.name}' AS rule_pack,
          '' AS characteristic, '' AS group_value, CASE WHEN l.reason IS NULL THEN l.value END AS numerator,
          CAST(NULL AS DOUBLE) AS denominator, CAST(0 AS BIGINT) AS n_students, CAST(NULL AS BIGINT) AS n_flagged,
          CAST(0 AS BIGINT) AS n_not_evaluated, CASE WHEN l.reason IS NULL THEN l.value END AS value,
          CAST(NULL AS DOUBLE) AS lower, CAST(NULL AS DOUBLE) AS upper, CAST(NULL AS DOUBLE) AS mean_of_students,
          CAST(NULL AS DOUBLE) AS average_daily_membership,
          CASE WHEN l.reason IS NULL THEN 'evaluated' ELSE 'not_evaluated' END AS status, l.reason
        FROM lagging AS l"""
    )


def _groups(run: Run, groups: Sequence[pa.Table]) -> pa.Table:
    if not groups:
        groups = [
            pa.table({"scope_id": pa.array([], pa.int32())} | {f.name: pa.array([], f.type) for f in GROUPS})
        ]
    schema = pa.schema([pa.field("scope_id", pa.int32()), *GROUPS])
    run.duck.register("group_rows", pa.concat_tables([g.select(schema.names).cast(schema) for g in groups]))
    columns = ", ".join(f"g.{name}" for name in GROUPS.names)
    return run.duck.arrow(
        f"""SELECT o.organisation_id, {columns} FROM group_rows AS g
        JOIN scope_organisations AS o ON o.scope_id = g.scope_id
        ORDER BY g.indicator, g.rule_pack, o.organisation_id, g.characteristic, g.group_value"""
    )


def _series(run: Run, measures: Sequence[Measure]) -> pa.Table:
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
