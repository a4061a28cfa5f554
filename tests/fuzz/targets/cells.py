"""One cell as every kind of value: each SQL that types a cell answers with a value or with nothing, whatever stands in it."""

from datetime import date

from crescendo.imports.sources.oneroster import values
from crescendo.imports.sources.oneroster.specification import FILES
from crescendo.imports.sources.table.fields import TARGETS
from crescendo.imports.sources.table.guessing import possible_date_formats
from crescendo.imports.sources.table.shapes import DATE_FORMATS, Rule
from crescendo.imports.sources.table.transforms import compile_field
from fuzz import promise


def seeds() -> list[bytes]:
    return [
        one.encode()
        for one in (
            "2026-01-31",
            "31/01/2026",
            "01.31.2026",
            "2026-02-30",
            "20260131",
            "0131 26",
            "9999-12-31T25:00",
            "-2026-01-01",
            "5000000-01-01",
            "infinity",
            "epoch",
            "2026-01-31T10:00:00.000Z",
            "2025-26",
            "99-00",
            "2025/2026",
            "1.23E+15",
            "1e999",
            "-0",
            "NaN",
            "93,5 %",
            "1.234,5",
            "٣",
            "²",
            "0x1F",
            "1_000",
            "2147483647",
            "99999999999",
            "true",
            "YES",
            "{A:94},{B:84}",
            "a,b;c|d",
            "ext:x",
            "",
            "\x00",
            "\ufeff",
            "e\u0301",
            "1/1/1",
            "032026",
        )
    ]


def _table_cells() -> list[str]:
    """Every kind of field in every way of reading it, as SQL over one cell `t_x`."""
    found = []
    rules = [
        Rule(column="x"),
        Rule(column="x", number="percent"),
        Rule(column="x", number="comma"),
        Rule(column="x", drop_zero_decimal=True, case="upper"),
    ]
    rules += [Rule(column="x", days_from=Rule(constant=day)) for day in ("2026-01-01", "9999-12-31")]
    rules += [Rule(column="x", date=(one,)) for one in DATE_FORMATS]
    by_kind = {field.kind: field for target in TARGETS.values() for field in target.fields}
    for kind, field in by_kind.items():
        for rule in rules:
            if bool(rule.date or rule.days_from) != (kind in ("date", "year")) and kind != "year":
                continue
            done = compile_field(field, rule, on=date(2026, 11, 20))
            start = f"{done.start} AS s_{field.name}, " if done.start else ""
            found.append(
                f"SELECT v_{field.name} AS value, {done.problem} AS problem FROM (SELECT *, {done.value} AS v_{field.name} FROM "
                f"(SELECT {start}{done.text} AS t_{field.name} FROM cells))"
            )
    return found


def _package_cells() -> list[str]:
    by_type = {column.type: column for file in FILES for column in file.columns if column.type != "password"}
    found = []
    for column in by_type.values():
        for order in ("", "dmy", "mdy"):
            found.append(
                f'SELECT {values.typed_value(column, "1.2", order)} AS value FROM (SELECT x AS "{column.name}" FROM cells)'
            )
    return found


_QUESTIONS: list[str] = []


def try_one(data: bytes) -> None:
    if not _QUESTIONS:
        _QUESTIONS.extend(_table_cells() + _package_cells())
    cell = data.decode("utf-8", "replace")
    possible_date_formats([cell])
    with promise.place() as (_came, run):
        bench = promise.workbench([], run)
        try:
            bench.db.execute("CREATE TABLE cells (x VARCHAR)")
            bench.db.execute("INSERT INTO cells VALUES (?), (NULL)", [cell])
            for question in _QUESTIONS:
                bench.db.execute(f"CREATE OR REPLACE TABLE answered AS {question}")
        finally:
            bench.close()
