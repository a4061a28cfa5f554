"""Columns as they come to columns as they are declared: the same values in the declared type, or an error that says where."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from .tables import Column, TableError, TableSpec

#: So many wrong rows are shown; the rest are counted.
SHOWN = 3

_WORDS = {
    "id": ("an id", "Write ids as text or whole numbers."),
    "text": ("text", "Write it as text."),
    "integer": ("a whole number", "Write it without a decimal point."),
    "number": ("a number", "Write it with digits and a decimal point."),
    "flag": ("true or false", "Write true or false."),
    "date": ("a date", "Write it as YYYY-MM-DD."),
}
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_INTEGER = r"^[+-]?\d{1,18}$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"

#: SQL types (DuckDB's and Spark's names) that hold a declared type without a doubt.
_WHOLE = ("TINYINT", "SMALLINT", "INT", "BIGINT", "HUGEINT", "UINTEGER", "USMALLINT", "UTINYINT")
_SAFE = {
    "id": ("VARCHAR", "STRING", "UUID", "ENUM", *_WHOLE),
    "text": ("VARCHAR", "STRING", "ENUM", *_WHOLE),
    "integer": _WHOLE,
    "number": (*_WHOLE, "FLOAT", "DOUBLE", "DECIMAL"),
    "flag": ("BOOLEAN",),
    "date": ("DATE", "TIMESTAMP"),
}
_INTO = {"integer": "BIGINT", "number": "DOUBLE", "flag": "BOOLEAN", "date": "DATE"}


def check_columns(spec: TableSpec, present: Sequence[str]) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    TableError
        With the column, what was received, and what the column means.
    """
    absent = [c for c in spec.columns if c.required and c.name not in present]
    if absent:
        raise TableError(
            f"Table {spec.name}: column {absent[0].name!r} is missing. Received {', '.join(present)}. "
            f"It means: {absent[0].meaning}"
        )


def doubtful(column: Column, sql_type: str) -> str:
    """The condition, in SQL, of rows of a stored column that are not of the declared type; empty where all must be.

    Examples
    --------
    >>> from edmeasures.tables import TABLES
    >>> doubtful(TABLES["attendance_events"].column("on"), "VARCHAR")
    '"on" IS NOT NULL AND TRY_CAST("on" AS DATE) IS NULL'
    """
    kind, name = sql_type.upper().strip('"'), f'"{column.name}"'
    is_given = f"{name} IS NOT NULL"
    if kind.startswith(("NULL", "VOID", *_SAFE[column.type])):
        return ""
    if kind in ("FLOAT", "DOUBLE") and column.type in ("id", "text", "integer"):
        return f"{is_given} AND {name} <> FLOOR({name})"
    if kind in ("VARCHAR", "STRING") and column.type in _INTO:
        return f"{is_given} AND TRY_CAST({name} AS {_INTO[column.type]}) IS NULL"
    return is_given


def conform(spec: TableSpec, table: pa.Table) -> pa.Table:
    """The declared columns of a table in their declared types.

    Parameters
    ----------
    spec : TableSpec
        What is declared. Columns that are not declared are left out; optional ones may be absent.
    table : pyarrow.Table
        Text is read: dates as YYYY-MM-DD, true and false, numbers with a decimal point. A blank cell is no value.

    Returns
    -------
    pyarrow.Table
        Columns that are right already are not copied. Ids stay text or whole numbers as they came.

    Raises
    ------
    TableError
        When a column is missing or holds what cannot be read; with the first rows (the first row is 1) and their values.

    Examples
    --------
    >>> from edmeasures.tables import TABLES
    >>> sent = pa.table({"school_id": ["N"], "school_year": ["2026"], "on": ["2026-02-30"]})
    >>> try:
    ...     conform(TABLES["attendance_submissions"], sent)
    ... except TableError as error:
    ...     print(str(error).split(": ", 1)[1])
    1 row does not hold a date: row 1 has '2026-02-30'. Write it as YYYY-MM-DD.
    """
    check_columns(spec, table.column_names)
    names = [c for c in spec.columns if c.name in table.column_names]
    return pa.table({c.name: typed(spec.name, c, table.column(c.name)) for c in names})


def typed(name: str, column: Column, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """One column in its declared type; see `conform`."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = values.type
    if pa.types.is_null(kind):
        return values.cast(_ARROW[column.type])
    if _is_text(kind):
        return values if column.type in ("id", "text") else _read(name, column, values.cast(pa.string()))
    if pa.types.is_decimal(kind):
        values, kind = values.cast(pa.float64()), pa.float64()
    found = _of_kind(column, kind)
    if found is None:
        refuse(name, column, pc.is_valid(values), values)
    if pa.types.is_floating(kind) and column.type in ("id", "text", "integer"):
        refuse(name, column, pc.not_equal(values, pc.floor(values)), values)
        values = values.cast(pa.int64())
    if column.type == "flag" and pa.types.is_integer(kind):
        refuse(name, column, pc.invert(pc.is_in(values, pa.array([0, 1], kind))), values)
    return found(values) if found else values


_ARROW = {
    "id": pa.string(),
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "date": pa.date32(),
}
_Cast = Callable[[pa.ChunkedArray], pa.ChunkedArray]


def _of_kind(column: Column, kind: pa.DataType) -> _Cast | None:
    """How values of this Arrow type become the declared type; None where they cannot."""
    is_whole, is_number = pa.types.is_integer(kind), pa.types.is_integer(kind) or pa.types.is_floating(kind)
    fits = {
        "id": is_number,
        "text": is_number,
        "integer": is_number,
        "number": is_number,
        "flag": is_whole or pa.types.is_boolean(kind),
        "date": pa.types.is_date(kind) or pa.types.is_timestamp(kind),
    }
    if not fits[column.type]:
        return None
    if column.type == "id" or (column.type == "integer" and is_whole) or kind == _ARROW[column.type]:
        return lambda values: values
    if pa.types.is_timestamp(kind):
        return lambda values: pc.floor_temporal(values, unit="day").cast(pa.date32())
    return lambda values: values.cast(_ARROW[column.type])


def _read(name: str, column: Column, text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as numbers, flags or dates; a blank cell is no value."""
    text = pc.utf8_trim_whitespace(text)
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    if column.type == "flag":
        word = pc.utf8_lower(text)
        is_true, is_false = pc.is_in(word, pa.array(_TRUE)), pc.is_in(word, pa.array(_FALSE))
        refuse(name, column, pc.and_(pc.is_valid(text), pc.invert(pc.or_(is_true, is_false))), text)
        return pc.if_else(pc.is_valid(text), is_true, pa.scalar(None, pa.bool_()))
    pattern = {"integer": _INTEGER, "number": _NUMBER, "date": _DATE}[column.type]
    refuse(name, column, pc.invert(pc.match_substring_regex(text, pattern)), text)
    try:
        return text.cast(_ARROW[column.type])
    except pa.ArrowInvalid:
        # Of the right shape, and yet no day of any calendar.
        refuse(name, column, _unreadable(text, _ARROW[column.type]), text)
        raise


def _unreadable(text: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    distinct = pc.unique(text).drop_null()
    wrong = []
    for value in distinct:
        try:
            value.cast(kind)
        except pa.ArrowInvalid:
            wrong.append(value.as_py())
    return pc.is_in(text, pa.array(wrong, pa.string()))


def refuse(name: str, column: Column, wrong: pa.ChunkedArray, values: pa.ChunkedArray) -> None:
    """Raise when any row is wrong, with the first of them.

    Raises
    ------
    TableError
    """
    marks = pc.fill_null(wrong, False)
    count = pc.sum(marks).as_py() or 0
    if not count:
        return
    rows = pc.indices_nonzero(marks).slice(0, SHOWN).to_pylist()
    shown = ", ".join(f"row {row + 1} has {str(values[row].as_py())!r}" for row in rows)
    more = f" and {count - len(rows)} more" if count > len(rows) else ""
    word, remedy = _WORDS[column.type]
    does = "1 row does" if count == 1 else f"{count} rows do"
    raise TableError(f"Table {name}, column {column.name!r}: {does} not hold {word}: {shown}{more}. {remedy}")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
