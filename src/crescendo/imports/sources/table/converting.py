"""Files turned into our records by a mapping, without a site: JSON lines, and every row that would be set aside.

For whoever writes a mapping, or wants a vendor's file in plain records. Every cell is read and checked as an import
does. What only a site knows is left to it: whose ids these are, and what has changed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from crescendo.imports.widths import find_too_wide

from .advice import advice_on
from .file_names import match_files
from .fitting import fitted, prepared, with_fullest_ids
from .passes import CompiledPass, compile_pass, needed_columns
from .reader import read_file
from .received import Received, Unreadable
from .shapes import MappingError, Pass, TableMapping
from .transforms import FieldSql, name

SET_ASIDE = "set-aside.jsonl"


@dataclass(frozen=True)
class Converted:
    """What one pass made: the file with its records, and how many rows it could not use."""

    file: str
    records: int
    set_aside: int


@dataclass(frozen=True)
class Conversion:
    """What each pass made, and the rows of the files that none of them has."""

    passes: tuple[Converted, ...]
    torn: int  # of another width than the header, and the like
    left: int  # that the mapping's conditions leave out: a test not taken, say


def convert(path: Path, mapping: TableMapping, out: Path, *, on: date) -> Conversion:
    """Read a file, or a folder of them, by a mapping; write a file of records for each of its passes into `out`.

    Beside them stands `set-aside.jsonl`: each cell or row that cannot be used, with what to do. `on` is the day by
    which a day lies in the future. Raises MappingError and Unreadable, with what to do.
    """
    received = dict(_read(path, mapping))
    passes = [
        with_fullest_ids(fitted(one, received), received[one.file])
        for one in mapping.passes
        if one.file in received
    ]
    if not passes:
        names = ", ".join(item.file for item in received.values())
        raise MappingError(
            f"The mapping '{mapping.name}' makes no record of {names} alone. Give the folder of all its files."
        )
    for one in passes:
        _check_columns(one, received)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    torn = [(item.file, flaw) for item in received.values() for flaw in item.flaws if flaw.sets_aside]
    relations = {file: f"file_{number}" for number, file in enumerate(received)}
    with (
        duckdb.connect(":memory:", config={"threads": 1}) as db,
        (out / SET_ASIDE).open("w", encoding="utf-8") as aside,
    ):
        for file, item in received.items():
            db.register(relations[file], prepared(mapping, item, file).table)
        for file, flaw in torn:
            _write(aside, file, flaw.row, "", flaw.code, flaw.message, flaw.received)
        db.execute("CREATE TEMP TABLE taken (file VARCHAR, _row BIGINT)")
        for number, one in enumerate(passes, 1):
            done = compile_pass(one, relations, has_key=False, on=on)
            made.append(_convert_pass(db, done, out / f"{number}-{one.target.name}.jsonl", received, aside))
        left = sum(_count_left(db, file, relations[file], passes) for file in {one.file for one in passes})
    return Conversion(tuple(made), len(torn), left)


def _read(path: Path, mapping: TableMapping) -> Iterator[tuple[str, Received]]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    matched = match_files([file for file in files if file.is_file()], mapping)
    if not matched:
        patterns = ", ".join(spec.pattern for spec in mapping.files.values())
        raise Unreadable("unknown", f"The mapping '{mapping.name}' reads files named {patterns}.")
    for name_of_file, file in matched.items():
        if too_wide := find_too_wide(file, file.name):
            raise Unreadable(too_wide.code, f"{file.name}: {too_wide.what_to_do}")
        yield name_of_file, read_file(file, mapping.files[name_of_file], file.name)


def _check_columns(one: Pass, received: dict[str, Received]) -> None:
    for file, columns in needed_columns(one).items():
        if file not in received:
            raise MappingError(
                f"{received[one.file].file} is read together with '{file}'. Give the folder of both."
            )
        if missing := [column for column in columns if column not in received[file].columns]:
            raise MappingError(
                f"{received[file].file} has no column '{missing[0]}', which the mapping reads."
            )


def _convert_pass(
    db: duckdb.DuckDBPyConnection, done: CompiledPass, to: Path, received: dict[str, Received], aside: Any
) -> Converted:
    db.execute(f"CREATE OR REPLACE TEMP TABLE typed AS {done.typed}")
    fatal = [item for item in done.fields if not item.may_stay_empty]
    wrong = " OR ".join(f"{_problem(item)} IS NOT NULL" for item in fatal) or "false"
    if not (done.one.takes_every_row or done.one.distinct):
        db.execute("INSERT INTO taken SELECT DISTINCT ?, _row FROM typed", [done.one.file])
    values = ", ".join(
        f"CASE WHEN {_problem(item)} IS NULL THEN {name('v_' + item.field.name)} END AS {name(item.field.name)}"
        for item in done.fields
        if item.rule.find != "enrolment"  # the school where the student was that day: the site knows
    )
    written = db.execute(
        f"COPY (SELECT _row AS row, {values} FROM typed WHERE NOT ({wrong})) TO ? (FORMAT json)", [str(to)]
    ).fetchall()
    counts = ", ".join(f"count({_problem(item)})" for item in done.fields)
    rows, *problems = db.execute(
        f"SELECT count(DISTINCT _row) FILTER (WHERE {wrong}), {counts} FROM typed"
    ).fetchall()[0]
    for item, count in zip(done.fields, problems, strict=True):
        if count:
            _say_what_is_wrong(db, done, item, received[done.one.file], aside)
    return Converted(to.name, int(written[0][0]), int(rows))


def _count_left(db: duckdb.DuckDBPyConnection, file: str, relation: str, passes: list[Pass]) -> int:
    """Rows of a file that no pass takes; a pass of different rows stands for no single one."""
    if any(one.takes_every_row for one in passes if one.file == file):
        return 0
    rows = f"SELECT _row FROM {relation} EXCEPT SELECT _row FROM taken WHERE file = ?"
    return int(db.execute(f"SELECT count(*) FROM ({rows})", [file]).fetchall()[0][0])


def _say_what_is_wrong(
    db: duckdb.DuckDBPyConnection, done: CompiledPass, item: FieldSql, came: Received, aside: Any
) -> None:
    column = done.column_of[item.field.name] or item.field.name
    found = db.execute(
        f"SELECT _row, {_problem(item)}, {name('t_' + item.field.name)} FROM typed "
        f"WHERE {_problem(item)} IS NOT NULL ORDER BY _row"
    )
    while some := found.fetchmany(10_000):
        for row, code, cell in some:
            what_to_do = ("The cell was left empty. " if item.may_stay_empty else "") + advice_on(item, code)[
                1
            ]
            _write(aside, came.file, row, came.called.get(column, column), code, what_to_do, cell)


def _write(
    to: Any, file: str, row: int | None, column: str, code: str, what_to_do: str, cell: str | None
) -> None:
    said = {
        "file": file,
        "row": row,
        "column": column,
        "problem": code,
        "what_to_do": what_to_do,
        "cell": cell,
    }
    to.write(json.dumps(said, ensure_ascii=False) + "\n")


def _problem(item: FieldSql) -> str:
    return name(f"p_{item.field.name}")
