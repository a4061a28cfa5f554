"""Before anything is saved: which known layout a file has, and its first rows as they will be read."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from .advice import ADVICE
from .cleaning import cleaned
from .fitting import with_fullest_ids
from .mapping import MappingError, Pass, TableMapping, load_mapping, shipped_mappings, with_answers
from .passes import compile_pass, fit_to_file, needed_columns
from .reader import Received, Unreadable, read_file
from .shapes import FileSpec

ROWS_LOOKED_AT = 1_000
ROWS_SHOWN = 3
HEADER_ROWS = (1, 2, 3)
SHOWN_FIRST = ("assessment_results", "attendance_events", "students")


@dataclass(frozen=True)
class Preview:
    """The first rows of a file under a mapping: what each field will be, and what would be set aside and why."""

    target: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    looked_at: int
    wrong: tuple[tuple[str, str, int, str], ...] = ()  # column, problem, rows, what to do
    torn: int = 0  # rows of another width than the header, beside those looked at


def recognise(path: Path, name: str) -> list[TableMapping]:
    """The shipped layouts whose own columns the file has, the most exact first. None where it is no known file."""
    has: set[str] = set()
    for row in HEADER_ROWS:
        try:
            has |= {
                " ".join(one.casefold().split())
                for one in read_file(path, FileSpec("main", header_row=row), name).columns
            }
        except Unreadable:
            break
    found = []
    for shipped in shipped_mappings().values():
        mapping = load_mapping(shipped)
        own = [" ".join(one.casefold().split()) for one in mapping.recognised_by]
        if own and set(own) <= has:
            found.append(mapping)
    return sorted(found, key=lambda mapping: -len(mapping.recognised_by))


def columns_of(path: Path, name: str, spec: FileSpec) -> tuple[str, ...]:
    """The columns of a file as a mapping names them; none where it cannot be read that way."""
    try:
        return read_file(path, spec, name).columns
    except Unreadable:
        return ()


def look(
    path: Path, name: str, mapping: TableMapping, answers: dict[str, str], *, on: date
) -> Preview | None:
    """The first rows of the pass that people know best. None where the file cannot be read this way."""
    try:
        mapping = with_answers(mapping, answers)
        one = _shown_pass(mapping)
        received = read_file(path, mapping.files[one.file], name)
    except (MappingError, Unreadable):
        return None
    one = with_fullest_ids(fit_to_file(one, received.columns), received)
    missing = [column for column in needed_columns(one)[one.file] if column not in received.columns]
    return None if missing or one.lookups else _read(one, mapping, received, on)


def _shown_pass(mapping: TableMapping) -> Pass:
    for target in SHOWN_FIRST:
        for one in mapping.passes:
            if one.target.name == target:
                return one
    return mapping.passes[0]


def _read(one: Pass, mapping: TableMapping, received: Received, on: date) -> Preview:
    with duckdb.connect(":memory:", config={"threads": 1}) as db:
        first = replace(received, table=received.table.slice(0, ROWS_LOOKED_AT))
        table = cleaned(first, mapping.files[one.file].null_tokens).table
        db.register("looked_at", table)
        done = compile_pass(one, {one.file: "looked_at"}, has_key=False, on=on)
        db.execute(f"CREATE TABLE typed AS {done.typed}")
        shown = [item for item in done.fields if item.rule.constant is None and item.rule.find != "enrolment"]
        columns = ", ".join(f'"v_{item.field.name}"::VARCHAR' for item in shown)
        rows = db.execute(f"SELECT {columns} FROM typed ORDER BY _row LIMIT {ROWS_SHOWN}").fetchall()
        wrong: Counter[tuple[str, str]] = Counter()
        for item in done.fields:
            if item.rule.if_wrong == "empty":
                continue
            problem = f'"p_{item.field.name}"'
            counted = db.execute(
                f"SELECT {problem}, count(DISTINCT _row) FROM typed WHERE {problem} IS NOT NULL GROUP BY 1"
            ).fetchall()
            for code, count in counted:
                wrong[done.column_of[item.field.name] or item.field.meaning, code] += count
    return Preview(
        one.target.name,
        tuple(item.field.meaning for item in shown),
        tuple(tuple("–" if cell is None else cell for cell in row) for row in rows),
        table.num_rows,
        tuple(
            (column, f"row.{code}", count, ADVICE.get(code, ""))
            for (column, code), count in wrong.most_common()
        ),
        len({flaw.row for flaw in received.flaws if flaw.sets_aside}),
    )
