"""What a file gives under answers that are not all there yet: how many rows can be read, and what stands in the way."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from .building import FROM_DAY, Choice, Chosen, build_rules, is_wide, unpivot_of
from .cleaning import cleaned
from .fields import TARGETS, Field
from .mapping import read_rule, read_unpivot
from .passes import CompiledPass, compile_pass, needed_columns
from .received import Received
from .shapes import NULL_TOKENS, Pass
from .transforms import name

MOST_ROWS = 50_000  # a page answers within a second; the import reads every row
ROWS_SHOWN = 3


@dataclass(frozen=True)
class Wrong:
    """What cannot be read of one field: how many rows, why for most of them, and one such cell."""

    rows: int
    code: str
    example: str


@dataclass(frozen=True)
class Tried:
    """How many of the rows that were looked at can be read, and what stands in the way, field by field."""

    rows: int  # also those that are torn
    understood: int
    torn: int = 0  # rows of another width than the header, and the like: no answer makes them readable
    wrong: dict[str, Wrong] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()  # the first rows as they are read

    @property
    def is_of_all(self) -> bool:
        return self.rows - self.torn < MOST_ROWS


def try_out(
    received: Received, chosen: Chosen, *, on: date, asked_later: frozenset[str] = frozenset()
) -> Tried:
    """Read the file with what has been answered so far. What is asked on the next page stands in nobody's way.

    A file of which no field is known yet is not understood in any row.
    """
    rows = min(received.table.num_rows, MOST_ROWS)
    # Where only the first rows are looked at, torn ones behind them would not belong to the count.
    torn = len({flaw.row for flaw in received.flaws if flaw.sets_aside}) if rows < MOST_ROWS else 0
    one = _pass_of(chosen, asked_later)
    if one is None:
        return Tried(rows + torn, 0, torn)
    needed = needed_columns(one)["main"]
    looked_at = Received(
        received.file, received.columns, received.table.slice(0, MOST_ROWS), blanks=received.blanks
    )
    with duckdb.connect(":memory:", config={"threads": 1}) as db:
        db.register("looked_at", cleaned(looked_at, NULL_TOKENS, needed).table)
        done = compile_pass(one, {"main": "looked_at"}, has_key=False, on=on)
        db.execute(f"CREATE TABLE typed AS {done.typed}")
        return _judge(db, done, rows, torn)


def _pass_of(chosen: Chosen, asked_later: frozenset[str]) -> Pass | None:
    target = TARGETS[chosen.target]
    given = {field: rule for field, rule in build_rules(chosen).items() if field not in asked_later}
    if "on" not in given:
        given = {
            field: rule
            for field, rule in given.items()
            if chosen.choices.get(field, Choice()).column != FROM_DAY
        }
    if not any("column" in rule for rule in given.values()):
        return None
    unpivot: Any = read_unpivot(unpivot_of(chosen), "the columns") if is_wide(chosen) else None
    rules = {field: read_rule(rule, field) for field, rule in given.items()}
    return Pass(target, "main", rules, unpivot=unpivot)


def _judge(db: duckdb.DuckDBPyConnection, done: CompiledPass, rows: int, torn: int) -> Tried:
    problems = [f"{name('p_' + item.field.name)} IS NOT NULL" for item in done.fields]
    spoilt = _one(db, f"SELECT count(DISTINCT _row) FROM typed WHERE {' OR '.join(problems)}")
    shown = [item for item in done.fields if item.rule.constant is None and item.rule.find != "enrolment"]
    cells = ", ".join(f"coalesce({name('v_' + item.field.name)}::VARCHAR, '–')" for item in shown)
    first = (
        db.execute(f"SELECT {cells} FROM typed ORDER BY _row LIMIT {ROWS_SHOWN}").fetchall() if shown else []
    )
    wrong = {}
    for item in done.fields:
        problem, text = name(f"p_{item.field.name}"), name(f"t_{item.field.name}")
        found = db.execute(
            f"""SELECT {problem}, count(DISTINCT _row), min({text}) FROM typed WHERE {problem} IS NOT NULL
                GROUP BY 1 ORDER BY 2 DESC, 1"""
        ).fetchall()
        if found:
            wrong[item.field.name] = Wrong(
                sum(row[1] for row in found), f"row.{found[0][0]}", found[0][2] or ""
            )
    return Tried(rows + torn, rows - spoilt, torn, wrong, tuple(item.field for item in shown), tuple(first))


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(db.execute(sql).fetchall()[0][0])


__all__ = ["Tried", "Wrong", "try_out"]
