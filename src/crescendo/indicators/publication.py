"""Puts a run's results before readers, in one transaction.

The rows are loaded into tables of their own, then attached to the published ones, and the run becomes the current
one: at commit, all at once. Attaching makes no reader wait. A process that dies on the way leaves nothing behind.
"""

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crescendo.core.live import CHANNEL, MARKS
from crescendo.indicators.connections import arrow_transaction, server_process
from crescendo.indicators.evaluation import Evaluated
from crescendo.indicators.protection import with_protection
from crescendo.indicators.timing import Phases, server_seconds

if TYPE_CHECKING:
    import adbc_driver_postgresql.dbapi as adbc

_NUMBERS = {
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "mean_of_students",
    "average_daily_membership",
}
_COUNTS = {"student_id", "school_id", "organisation_id", "n_students", "n_flagged", "n_not_evaluated"}
_FLAGS = {"flag", "is_whole", "is_suppressed"}

STUDENT_COLUMNS = (
    "student_id",
    "school_id",
    "numerator",
    "denominator",
    "value",
    "flag",
    "indicator",
    "rule_pack",
    "status",
    "reason",
)
GROUP_COLUMNS = (
    "organisation_id",
    "numerator",
    "denominator",
    "n_students",
    "n_flagged",
    "n_not_evaluated",
    "mean_of_students",
    "average_daily_membership",
    "value",
    "lower",
    "upper",
    "indicator",
    "rule_pack",
    "characteristic",
    "group_value",
    "status",
    "reason",
)
NO_SCHOOL = -1
SERIES_KEY = ("organisation_id", "indicator", "rule_pack", "period")
SERIES_ARRAYS = ("begins_on", "numerator", "denominator", "value")


class DoubledResult(RuntimeError):
    """Two numbers for one question: neither is published."""


def publish(
    run_id: int,
    school_year: int,
    evaluated: Evaluated,
    *,
    compared_with: int | None = None,
    live_changes: Sequence[int] = (),
    phases: Phases,
) -> dict[str, int]:
    """Make this run the current one of its school year. Says how many rows each table got.

    `live_changes` are the marks that its snapshot holds: their work is done. Every other mark is counted again in this
    run, by the process that keeps numbers up to the minute.
    """
    tables = {
        "indicators_studentvalue": whole_and_parts(evaluated.students.select(STUDENT_COLUMNS)),
        "indicators_groupvalue": _protected_groups(evaluated),
        "indicators_series": as_arrays(evaluated.series),
    }
    finish = [
        "UPDATE indicators_measurementrun SET is_current = false "
        f"WHERE is_current AND school_year = {int(school_year)}",
        f"UPDATE indicators_measurementrun SET is_current = true, compared_with_id = {_sql(compared_with)}, "
        f"state = 'published', finished_at = clock_timestamp() WHERE id = {int(run_id)} AND state = 'running'",
    ]
    finish += _let_go(run_id, school_year, live_changes)
    return _show(run_id, tables, finish, phases, base=_base(run_id, evaluated))


def publish_organisations(run_id: int, evaluated: Evaluated, *, phases: Phases) -> dict[str, int]:
    """Keep a run's organisations for comparison, everyone together. It never becomes the current one."""
    groups = _protected_groups(evaluated)
    everyone = groups.filter(pc.equal(groups["characteristic"], ""))
    finish = [
        "UPDATE indicators_measurementrun SET state = 'published', finished_at = clock_timestamp() "
        f"WHERE id = {int(run_id)} AND state = 'running'"
    ]
    return _show(run_id, {"indicators_groupvalue": everyone}, finish, phases)


def _protected_groups(evaluated: Evaluated) -> pa.Table:
    groups = evaluated.groups.select(GROUP_COLUMNS)
    _refuse_doubles(groups, ["organisation_id", "indicator", "rule_pack", "characteristic", "group_value"])
    return with_protection(groups, evaluated.organisations)


def _sql(value: int | None) -> str:
    return "NULL" if value is None else str(int(value))


def _show(
    run_id: int,
    tables: dict[str, pa.Table],
    finish: list[str],
    phases: Phases,
    base: pa.Table | None = None,
) -> dict[str, int]:
    """Load the tables, show them, and say that the run is published: one transaction."""
    with arrow_transaction(read_only=False) as cursor:
        process = server_process(cursor)
        before = server_seconds(process)
        _call(cursor, f"indicators_make_results({int(run_id)})")
        steps = len(tables) + 2
        for done, (name, table) in enumerate(tables.items()):
            phases.step(done, steps)
            _load(cursor, f"{name}_r{int(run_id)}", table, run_id)
        phases.step(steps - 2, steps)
        _call(cursor, f"indicators_show_results({int(run_id)})")
        if base is not None:
            cursor.adbc_ingest("indicators_livebase", base, mode="append", db_schema_name="public")
        for statement in finish:
            cursor.execute(statement)
        phases.step(steps - 1, steps)
        phases.add_server(process, before)
    return {name.removeprefix("indicators_"): table.num_rows for name, table in tables.items()}


def whole_and_parts(students: pa.Table) -> pa.Table:
    """In the order of the students, with `is_whole`; a student of one school gets one row for school and whole.

    Two rows become one only where every number in them is the same.
    """
    if not students.num_rows:
        return students.append_column("is_whole", pa.array([], pa.bool_()))
    coded = students
    for column in ("indicator", "rule_pack", "status", "reason"):
        coded = coded.set_column(
            coded.column_names.index(column), column, students[column].combine_chunks().dictionary_encode()
        )
    student = coded["student_id"].to_numpy()
    measure = _codes(coded["indicator"]) * 1000 + _codes(coded["rule_pack"])
    school = coded["school_id"].fill_null(NO_SCHOOL).to_numpy()
    order = np.lexsort((school, measure, student))
    student, measure, school = student[order], measure[order], school[order]
    same_question = (student[1:] == student[:-1]) & (measure[1:] == measure[:-1])
    if (same_question & (school[1:] == school[:-1])).any():
        raise DoubledResult(
            "The measure library gave a student two values for one question. Nothing was published."
        )
    followed = np.append(same_question, False)
    is_whole = school == NO_SCHOOL
    only_school = np.zeros(len(order), bool)
    only_school[1:] = is_whole[:-1] & followed[:-1] & ~followed[1:]
    only_school[1:] &= _same_numbers(coded, order)
    is_whole[only_school] = True
    kept = np.append(~only_school[1:], True)  # the whole's row goes where its school's says the same
    found = coded.take(order[kept])
    return found.append_column("is_whole", pa.array(is_whole[kept]))


def _codes(values: pa.ChunkedArray) -> np.ndarray:
    return values.combine_chunks().indices.to_numpy().astype(np.int64)


def _same_numbers(coded: pa.Table, order: np.ndarray) -> np.ndarray:
    """For each row but the first, in order: whether all its numbers are those of the row before."""
    same = np.ones(len(order) - 1, bool)
    for column in ("numerator", "denominator", "value", "flag", "status", "reason"):
        values = coded[column].combine_chunks()
        missing = values.is_null().to_numpy(zero_copy_only=False)[order]
        if pa.types.is_dictionary(values.type):
            values = values.indices
        plain = values.fill_null(False if pa.types.is_boolean(values.type) else 0)
        numbers = plain.to_numpy(zero_copy_only=False)[order]
        same &= (missing[1:] == missing[:-1]) & (numbers[1:] == numbers[:-1])
    return same


def as_arrays(series: pa.Table) -> pa.Table:
    """One row per organisation, indicator and counting rules; its periods in order, as arrays of equal length."""
    if not series.num_rows:
        return series.select([*SERIES_KEY, *SERIES_ARRAYS])
    ordered = series.sort_by([(column, "ascending") for column in (*SERIES_KEY, "begins_on")])
    keys = {column: ordered[column].combine_chunks() for column in SERIES_KEY}
    changed = reduce(pc.or_, (pc.not_equal(key[1:], key[:-1]) for key in keys.values()))
    later = pc.add(pc.cast(pc.indices_nonzero(changed), pa.int32()), pa.scalar(1, pa.int32()))
    first = pa.concat_arrays([pa.array([0], pa.int32()), later])
    offsets = pa.concat_arrays([first, pa.array([ordered.num_rows], pa.int32())])
    columns = {column: key.take(first) for column, key in keys.items()}
    for column in SERIES_ARRAYS:
        wanted = pa.date32() if column == "begins_on" else pa.float64()
        columns[column] = pa.ListArray.from_arrays(offsets, ordered[column].combine_chunks().cast(wanted))
    return pa.table(columns)


def _refuse_doubles(table: pa.Table, key: list[str]) -> None:
    if table.group_by(key, use_threads=False).aggregate([]).num_rows != table.num_rows:
        raise DoubledResult(
            f"The measure library gave two rows for one {', '.join(key)}. Nothing was published."
        )


def _load(cursor: "adbc.Cursor", name: str, table: pa.Table, run_id: int) -> None:
    count = table.num_rows
    columns = {
        "run_id": pa.repeat(pa.scalar(run_id, pa.int64()), count),
        "id": pa.array(np.arange(count, dtype=np.int64)),
        **{column: _as_stored(column, table[column]) for column in table.column_names},
    }
    cursor.adbc_ingest(name, pa.table(columns), mode="append", db_schema_name="public")


def _base(run_id: int, evaluated: Evaluated) -> pa.Table:
    """What the roll-ups were added up from, a row for each block of students, and what students are compared with."""
    rows = [("parts", block, table) for block, table in by_block(evaluated.parts).items()]
    rows += [("reference", name, table) for name, table in evaluated.references.items()]
    return pa.table(
        {
            "run_id": pa.array([run_id] * len(rows), pa.int64()),
            "kind": pa.array([kind for kind, _, _ in rows], pa.string()),
            "name": pa.array([name for _, name, _ in rows], pa.string()),
            "content": pa.array([as_bytes(table) for _, _, table in rows], pa.binary()),
        }
    )


def by_block(parts: pa.Table) -> dict[str, pa.Table]:
    """The parts of each block. They come in the order of their blocks."""
    if not parts.num_rows:
        return {}
    parts = parts.combine_chunks().sort_by("block")
    runs = pc.run_end_encode(parts["block"].combine_chunks())
    ends = [0, *runs.run_ends.to_pylist()]
    blocks = runs.values.to_pylist()
    return {
        block: parts.slice(begin, end - begin)
        for block, begin, end in zip(blocks, ends[:-1], ends[1:], strict=True)
    }


def as_bytes(table: pa.Table) -> bytes:
    """A table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def from_bytes(content: bytes) -> pa.Table:
    """The table of an Arrow stream."""
    with pa.ipc.open_stream(content) as reader:
        return reader.read_all()


def _let_go(run_id: int, school_year: int, live_changes: Sequence[int]) -> list[str]:
    """The bases of the year's earlier runs, and the marks that this run holds; then wake whoever counts the others."""
    listed = ", ".join(str(int(pk)) for pk in live_changes) or "NULL"
    return [
        f"DELETE FROM indicators_livebase WHERE run_id <> {int(run_id)} AND run_id IN "
        f"(SELECT id FROM indicators_measurementrun WHERE school_year = {int(school_year)})",
        f"DELETE FROM indicators_livechange WHERE id IN ({listed})",
        f"NOTIFY {MARKS}",
        f"NOTIFY {CHANNEL}, 'run:{int(school_year)}'",
    ]


def _as_stored(column: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(values.type):
        return values
    if column in _NUMBERS:
        return values.cast(pa.float64())
    if column in _COUNTS:
        return values.cast(pa.int64())
    return values.cast(pa.bool_() if column in _FLAGS else pa.string())


def _call(cursor: "adbc.Cursor", function: str) -> None:
    cursor.execute(f"SELECT {function}::text")
    cursor.fetchall()
