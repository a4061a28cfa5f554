"""Problems of rows as findings: file, row, column, what came (masked), what to do."""

import difflib

from crescendo.imports.bench import Workbench
from crescendo.imports.findings import ERROR, NOTICE, ROW

from .advice import advice_on
from .passes import CompiledPass
from .reader import Received
from .shapes import Watch
from .transforms import FieldSql, name, text

SHORTEST_NAME = 9  # a code has fewer characters; longer values might be a person's and stay masked
CODED = (
    "choice",
    "boolean",
    "share",
)  # kinds of fields that codes stand for; any other may hold a name or a number
CODES_SHOWN = 20
MOST_CODES = 60  # more different values than any school has codes


Known = set[
    tuple[str, str, object]
]  # file, code, way of reading: what has been said about every row of a file


def report_problems(
    bench: Workbench, done: CompiledPass, table: str, received: Received, known: Known
) -> None:
    """Write down what is wrong in each field of a pass and set its rows aside; damaged ids refuse the file.

    Two passes over all rows of a file that read a column in the same way find the same: it is said once.
    """
    counts = ", ".join(f"count({name('p_' + item.field.name)})" for item in done.fields)
    found = bench.db.execute(f"SELECT {counts} FROM {table}").fetchall()[0]
    takes_all = not (done.one.where or done.one.unpivot or done.one.lookups)
    for item, count in zip(done.fields, found, strict=True):
        if count:
            said = _report_field(bench, done, item, table, received, known if takes_all else set())
            known |= said if takes_all and not done.one.distinct else set()
    for watch in done.one.watch:
        _report_watched(bench, done, watch, table, received.file)


def _report_watched(bench: Workbench, done: CompiledPass, watch: Watch, table: str, file: str) -> None:
    """Rows that are taken as they are, and counted because they look like a recording fault."""
    value = name(f"v_{watch.field}")
    tests = [f"{value} IN ({', '.join(repr(float(one)) for one in watch.is_in)})"] if watch.is_in else []
    tests += [f"{value} < {float(watch.below)!r}"] if watch.below is not None else []
    tests += [f"{value} > {float(watch.above)!r}"] if watch.above is not None else []
    rows = (
        f"SELECT {text(file)} AS file, _row AS row, 'value.unlikely' AS code, "
        f"{text(done.column_of[watch.field][:255])} AS column, {name('t_' + watch.field)} AS received "
        f"FROM {table} WHERE {' AND '.join(tests)}"
    )
    bench.report(rows, NOTICE, expected="", what_to_do=watch.says[:300])


def _report_field(
    bench: Workbench, done: CompiledPass, item: FieldSql, table: str, came: Received, known: Known
) -> Known:
    """Report a field's problems, but for those that are known; which they were."""
    problem, received, file = name(f"p_{item.field.name}"), name(f"t_{item.field.name}"), came.file
    column = done.column_of[item.field.name] or item.field.name
    column = came.called.get(column, column)  # as the file calls it, so that it is found there
    said: Known = set()
    for (code,) in bench.db.execute(
        f"SELECT DISTINCT {problem} FROM {table} WHERE {problem} IS NOT NULL ORDER BY 1"
    ).fetchall():
        if (file, code, _way_of_reading(item, code)) in known:
            continue
        said.add((file, code, _way_of_reading(item, code)))
        expected, what_to_do = advice_on(item, code)
        if code == "unknown_value" and item.field.kind in CODED:
            what_to_do = _unknown_values(bench, table, received, problem) + what_to_do
        rows = (
            f"SELECT {text(file)} AS file, _row AS row, {text('row.' + code)} AS code, {text(column[:255])} AS column, "
            f"{received} AS received FROM {table} WHERE {problem} = {text(code)}"
        )
        severity = ERROR if code == "damaged_id" or bench.strict else ROW
        if severity == ROW and item.may_stay_empty:
            severity, what_to_do = NOTICE, f"The cell was left empty. {what_to_do}"
        bench.report(rows, severity, expected=expected[:300], what_to_do=what_to_do[:300])
    if item.may_stay_empty:
        value = name(f"v_{item.field.name}")
        bench.db.execute(f"UPDATE {table} SET {value} = NULL, {problem} = NULL WHERE {problem} IS NOT NULL")
    return said


def _way_of_reading(item: FieldSql, code: str) -> object:
    """Fields that read a cell in the same way stumble over the same rows: two fields made of one code, say."""
    if code == "unknown_value" and item.rule.values:
        return item.rule.columns, item.rule.otherwise, frozenset(key for key, _meaning in item.rule.values)
    return item.rule, item.field.kind


def _unknown_values(bench: Workbench, table: str, received: str, problem: str) -> str:
    """The codes that nothing was said about, where they are short enough to be codes."""
    rows = bench.db.execute(
        f"SELECT {received}, count(*) FROM {table} WHERE {problem} = 'unknown_value' GROUP BY ALL ORDER BY 2 DESC, 1"
    ).fetchall()
    # So many different values are no codes: somebody's names were taken for some.
    short = [
        (value, count) for value, count in rows if len(value) < SHORTEST_NAME and len(rows) <= MOST_CODES
    ]
    if not short:
        return ""
    listed = ", ".join(
        f"{value} ({count} row{'' if count == 1 else 's'})" for value, count in short[:CODES_SHOWN]
    )
    more = f" and {len(rows) - CODES_SHOWN} more" if len(rows) > CODES_SHOWN else ""
    return f"Not mapped: {listed}{more}. "


def report_missing_column(bench: Workbench, received: Received, column: str, header_row: int) -> None:
    """A column of the mapping that the file lacks, with the nearest that it has."""
    lower = {name.lower(): name for name in received.columns}
    near = difflib.get_close_matches(column.lower(), lower, 1)
    hint = (
        f"Is it '{lower[near[0]]}'? Change the mapping."
        if near
        else "Export the column, or change the mapping."
    )
    has = ", ".join(received.columns)
    bench.error("file.missing_column", file=received.file, row=header_row, column=column,
                expected=f"a column '{column}'; the file has {has}"[:300], what_to_do=hint)  # fmt: skip
