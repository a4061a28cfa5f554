"""From students' rows to organisations': sums in DuckDB, intervals in NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .backends.engine import Engine
from .methods.ratio import mean_interval, ratio_interval
from .methods.wilson import wilson_interval
from .run import Measure, Run

Array = npt.NDArray[np.float64]

#: As the Department for Education prints it for Progress 8.
Z_95 = 1.96

GROUPS = pa.schema(
    [
        ("indicator", pa.string()),
        ("rule_pack", pa.string()),
        ("characteristic", pa.string()),
        ("group_value", pa.string()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("n_students", pa.int64()),
        ("n_flagged", pa.int64()),
        ("n_not_evaluated", pa.int64()),
        ("value", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("mean_of_students", pa.float64()),
        ("average_daily_membership", pa.float64()),
        ("status", pa.string()),
        ("reason", pa.string()),
    ]
)

#: What is added up over students: a column of the sums, the aggregate over students' rows, and how two sums of parts
#: become one. The reason of a group is the first of its students' reasons.
_SUMMED = (
    ("n_listed", "COUNT(*)", "SUM"),
    ("n", "COUNT(*) FILTER (WHERE r.reason IS NULL)", "SUM"),
    ("flagged", "COUNT(*) FILTER (WHERE r.reason IS NULL AND r.flag)", "SUM"),
    ("x", "SUM(r.numerator) FILTER (WHERE r.reason IS NULL)", "SUM"),
    ("y", "SUM(r.denominator) FILTER (WHERE r.reason IS NULL)", "SUM"),
    ("xx", "SUM(r.numerator * r.numerator) FILTER (WHERE r.reason IS NULL)", "SUM"),
    ("yy", "SUM(r.denominator * r.denominator) FILTER (WHERE r.reason IS NULL)", "SUM"),
    ("xy", "SUM(r.numerator * r.denominator) FILTER (WHERE r.reason IS NULL)", "SUM"),
    ("v", "SUM(r.value) FILTER (WHERE r.reason IS NULL)", "SUM"),
    ("vv", "SUM(r.value * r.value) FILTER (WHERE r.reason IS NULL)", "SUM"),
    ("extra", "SUM(r.extra)", "SUM"),
    ("least_denominator", "MIN(r.denominator) FILTER (WHERE r.reason IS NULL)", "MIN"),
    ("greatest_denominator", "MAX(r.denominator) FILTER (WHERE r.reason IS NULL)", "MAX"),
    ("least_basis", "MIN(r.basis) FILTER (WHERE r.reason IS NULL)", "MIN"),
    ("greatest_basis", "MAX(r.basis) FILTER (WHERE r.reason IS NULL)", "MAX"),
    ("reason", "MIN(r.reason)", "MIN"),
)
_COUNTED = {"n_listed", "n", "flagged"}
_SUMS = ", ".join(f"{how} AS {name}" for name, how, _ in _SUMMED)


def sum_blocks(run: Run, characteristics: Sequence[str]) -> None:
    """Students who attended the same schools make a block: in every scope their rows change together.

    The sums of a scope are the sums of its blocks, so that a school measured again replaces its blocks and leaves the
    others alone. Lays `block_sums`: sums over the students of each scope and block, by measure and group. Needs `student_rows`.

    A single school is one block: its number is measured whole. Needs `memberships` too.
    """
    run.duck.materialise(
        "student_blocks",
        """SELECT m.student_id, STRING_AGG(CAST(m.school_id AS VARCHAR), ' ' ORDER BY m.school_id) AS block
        FROM (SELECT DISTINCT student_id, school_id FROM memberships) AS m GROUP BY m.student_id""",
    )
    # Few students moved: rows of one block for the many of a school, then the small tables are joined.
    last_school_scope = len(run.scopes.school_of)
    run.duck.materialise(
        "blocks",
        "SELECT b.block, ROW_NUMBER() OVER (ORDER BY b.block) AS number "
        "FROM (SELECT DISTINCT block FROM student_blocks) AS b",
    )
    run.duck.materialise(
        "numbered_rows",
        f"""SELECT r.*, CASE WHEN r.scope_id BETWEEN 1 AND {last_school_scope} THEN 0 ELSE n.number END AS block,
          s.grade_level AS grade_level
        FROM student_rows AS r JOIN student_blocks AS b ON b.student_id = r.student_id
        JOIN blocks AS n ON n.block = b.block
        LEFT JOIN scope_students AS s ON s.scope_id = r.scope_id AND s.student_id = r.student_id""",
    )
    # A student is in one grade or in none: everybody is the sum of the grades, and the rows are gone through once.
    run.duck.materialise(
        "grade_sums",
        f"""SELECT r.scope_id, r.block, r.measure, r.grade_level, {_SUMS}
        FROM numbered_rows AS r GROUP BY r.scope_id, r.block, r.measure, r.grade_level""",
    )
    names = ", ".join(name for name, _, _ in _SUMMED)
    sums = [
        f"""SELECT scope_id, block, measure, '' AS characteristic, '' AS group_value, {added_up()}
        FROM grade_sums GROUP BY scope_id, block, measure""",
        f"""SELECT scope_id, block, measure, 'grade_level' AS characteristic, grade_level AS group_value, {names}
        FROM grade_sums WHERE grade_level IS NOT NULL AND grade_level <> ''""",
    ]
    if characteristics:
        sums.append(
            f"""SELECT r.scope_id, r.block, r.measure, c.characteristic, c.value AS group_value, {_SUMS}
            FROM numbered_rows AS r JOIN student_characteristics AS c ON c.student_id = r.student_id
            WHERE c.characteristic IN ({_quoted(characteristics)}) AND c.characteristic <> 'grade_level'
            GROUP BY r.scope_id, r.block, r.measure, c.characteristic, c.value"""
        )
    run.duck.materialise("block_sums", " UNION ALL ".join(sums))


def sum_groups(run: Run) -> pa.Table:
    """The blocks' sums added up, by scope, measure and group."""
    return run.duck.arrow(
        f"SELECT scope_id, measure, characteristic, group_value, {added_up()} FROM block_sums "
        "GROUP BY scope_id, measure, characteristic, group_value"
    )


def sum_listed(run: Run, measures: Sequence[Measure], characteristics: Sequence[str]) -> list[pa.Table]:
    """The sums of populations other than the year's students, which are not kept by block: `sum_groups`' columns.

    Former students are broken down by their characteristics as students are; staff and items are not.
    """
    if all(m.indicator.population == "members" for m in measures):
        return []
    cohorts = ", ".join(str(m.number) for m in measures if m.indicator.population == "cohort") or "NULL"
    run.duck.materialise(
        "listed_sums",
        f"""SELECT r.scope_id, r.measure, '' AS characteristic, '' AS group_value, {_SUMS}
        FROM listed_rows AS r GROUP BY r.scope_id, r.measure
        UNION ALL
        SELECT r.scope_id, r.measure, c.characteristic, c.value AS group_value, {_SUMS}
        FROM listed_rows AS r
        JOIN student_characteristics AS c ON c.student_id = r.student_id
        WHERE r.measure IN ({cohorts}) AND c.characteristic IN ({_quoted(characteristics)})
        GROUP BY r.scope_id, r.measure, c.characteristic, c.value""",
    )
    return [
        run.duck.arrow(
            f"SELECT scope_id, measure, characteristic, group_value, {added_up()} FROM listed_sums "
            "GROUP BY scope_id, measure, characteristic, group_value"
        )
    ]


def _quoted(words: Sequence[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words) or "NULL"


def parts(run: Run) -> pa.Table:
    """The blocks' sums of the organisations above the schools, as `Results.parts` has them."""
    summed = ", ".join(f"s.{name}" for name, _, _ in _SUMMED)
    return run.duck.arrow(
        f"""SELECT o.organisation_id, b.block, m.indicator, m.rule_pack, s.characteristic, s.group_value, {summed}
        FROM block_sums AS s
        JOIN scope_organisations AS o ON o.scope_id = s.scope_id
        JOIN measures AS m ON m.measure = s.measure
        JOIN blocks AS b ON b.number = s.block
        ORDER BY b.block, m.indicator, m.rule_pack, o.organisation_id, s.characteristic, s.group_value"""
    )


def added_up() -> str:
    """The columns of two sums as one."""
    return ", ".join(
        f"CAST({how}({name}) AS BIGINT) AS {name}" if name in _COUNTED else f"{how}({name}) AS {name}"
        for name, _, how in _SUMMED
    )


def groups_of_parts(duck: Engine, table: pa.Table, measures: Sequence[Measure]) -> pa.Table:
    """Organisations' rows from blocks' sums: the same addition and the same intervals as in a whole evaluation.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of `Results.parts`, every block of each organisation that is asked for.
    measures : sequence of Measure
        The indicators under their rule packs; parts of others are left aside.

    Returns
    -------
    pyarrow.Table
        As `Results.groups`.
    """
    duck.register("given_parts", table)
    key = "organisation_id, indicator, rule_pack, characteristic, group_value"
    sums = duck.arrow(f"SELECT {key}, {added_up()} FROM given_parts GROUP BY {key}")
    found = []
    for measure in measures:
        mine = pc.and_(
            pc.equal(sums.column("indicator"), measure.indicator.code),
            pc.equal(sums.column("rule_pack"), measure.pack.name),
        )
        rows = sums.filter(mine)
        groups = group_rows(rows.append_column("scope_id", rows.column("organisation_id")), measure)
        found.append(groups.rename_columns(["organisation_id", *groups.column_names[1:]]))
    return pa.concat_tables(found, promote_options="permissive")


def _floats(table: pa.Table, name: str) -> Array:
    values: Array = table.column(name).to_numpy().astype(np.float64)
    return values


def _ratio(t: pa.Table, scale: float, is_share: bool, floor: tuple[int, int]) -> tuple[Array, ...]:
    n, x, y = _floats(t, "n"), np.nan_to_num(_floats(t, "x")), np.nan_to_num(_floats(t, "y"))
    # Multiplied before divided: 95 x 200 / 100 is 190, 0.95 added 200 times is not.
    denominator = np.maximum(y, np.nan_to_num(_floats(t, "extra")) * floor[0] / floor[1])
    found = ratio_interval(n, x, y, _floats(t, "xx"), _floats(t, "yy"), _floats(t, "xy"))
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = y / denominator
        value, lower, upper = x / denominator, found.lower * shrink, found.upper * shrink
    if is_share:
        # Students who are all alike show no variance; the uncertainty of so many students remains.
        same = (n > 0) & ((x <= 0) | (x >= y)) & (y > 0)
        wilson = wilson_interval(np.where(same & (x > 0), n, 0.0), n)
        lower = np.clip(np.where(same, wilson.lower * shrink, lower), 0.0, 1.0)
        upper = np.clip(np.where(same, wilson.upper * shrink, upper), 0.0, 1.0)
    else:
        lower = np.maximum(lower, 0.0)
    return x, denominator, scale * value, scale * lower, scale * upper


def _share(t: pa.Table) -> tuple[Array, ...]:
    n, flagged = _floats(t, "n"), _floats(t, "flagged")
    found = wilson_interval(flagged, n)
    return flagged, n, found.value, found.lower, found.upper


def _mean(t: pa.Table) -> tuple[Array, ...]:
    n, v, sd = _floats(t, "n"), _floats(t, "v"), _floats(t, "extra")
    found = mean_interval(n, v, _floats(t, "vv"))
    # Where the definition names the standard deviation of all (`extra`, the same for each), the interval stands on it.
    with np.errstate(divide="ignore", invalid="ignore"):
        half = Z_95 * (sd / n) / np.sqrt(n)
    known = np.isfinite(half)
    lower = np.where(known, found.value - half, found.lower)
    return v, n, found.value, lower, np.where(known, found.value + half, found.upper)


def _average_daily(t: pa.Table) -> tuple[Array, ...]:
    least, greatest = _floats(t, "least_denominator"), _floats(t, "greatest_denominator")
    # Schools with different numbers of days have no one denominator; their averages are added instead.
    days = np.where(least == greatest, least, np.nan)
    none = np.full(t.num_rows, np.nan)
    return _floats(t, "x"), days, _floats(t, "v"), none, none


def group_rows(sums: pa.Table, measure: Measure) -> pa.Table:
    """The groups' rows of one measure: value, interval, status."""
    indicator = measure.indicator
    if indicator.kind == "ratio":
        floor = measure.pack.participation_floor or (0, 1)
        columns = _ratio(sums, indicator.scale, indicator.unit == "share", floor)
    elif indicator.kind == "share_of_students":
        columns = _share(sums)
    elif indicator.kind == "mean":
        columns = _mean(sums)
    else:
        columns = _average_daily(sums)
    numerator, denominator, value, lower, upper = columns
    n = _floats(sums, "n")
    least, greatest = sums.column("least_basis").to_pylist(), sums.column("greatest_basis").to_pylist()
    mixed = np.array([a != b for a, b in zip(least, greatest, strict=True)], dtype=bool)
    good = (n > 0) & ~mixed & np.isfinite(value)
    reasons = sums.column("reason").to_pylist()
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_of_students = _floats(sums, "v") / n
    membership = (
        _floats(sums, "extra") if indicator.kind == "average_daily" else np.full(sums.num_rows, np.nan)
    )

    def shown(values: Array, where: npt.NDArray[np.bool_] = good) -> pa.Array:
        return pa.array(values, pa.float64(), mask=~(where & np.isfinite(values)))

    return pa.table(
        {
            "scope_id": sums.column("scope_id"),
            "indicator": pa.array([indicator.code] * sums.num_rows, pa.string()),
            "rule_pack": pa.array([measure.pack.name] * sums.num_rows, pa.string()),
            "characteristic": sums.column("characteristic"),
            "group_value": sums.column("group_value"),
            "numerator": shown(numerator),
            "denominator": shown(denominator),
            "n_students": pa.array(n.astype(np.int64)),
            "n_flagged": pa.array(
                _floats(sums, "flagged").astype(np.int64), mask=np.full(len(n), not indicator.flag)
            ),
            "n_not_evaluated": pa.array((_floats(sums, "n_listed") - n).astype(np.int64)),
            "value": shown(value),
            "lower": shown(lower),
            "upper": shown(upper),
            "mean_of_students": shown(mean_of_students),
            "average_daily_membership": shown(membership),
            "status": pa.array(["evaluated" if g else "not_evaluated" for g in good], pa.string()),
            "reason": pa.array(
                [
                    None if g else ("several_scales" if m else r)
                    for g, m, r in zip(good, mixed, reasons, strict=True)
                ],
                pa.string(),
            ),
        }
    )
