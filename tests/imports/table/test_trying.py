"""What a file gives under answers that are not all there: told before anything is saved. No database."""

from dataclasses import replace
from datetime import date

import pytest

from crescendo.imports.sources.table.building import (
    FROM_DAY,
    FROM_ENROLMENT,
    SAME_FOR_ALL,
    SIDE_BY_SIDE,
    Choice,
    Chosen,
)
from crescendo.imports.sources.table.fields import Field
from crescendo.imports.sources.table.guessing import best_days, could_hold, describe_columns
from crescendo.imports.sources.table.received import Flaw, Received, as_received
from crescendo.imports.sources.table.trying import Tried, try_out

ON = date(2026, 3, 10)
BASE = {"student": Choice("No"), "school": Choice(FROM_ENROLMENT), "school_year": Choice(FROM_DAY)}


def table(header: str, *rows: str) -> Received:
    columns = tuple(header.split(","))
    return as_received("t.csv", columns, [row.split(",") for row in rows], list(range(2, 2 + len(rows))))


def tried(received: Received, side_by_side: tuple[str, ...] = (), **choices: Choice) -> Tried:
    chosen = Chosen("t", "T", "assessment_results", BASE | choices, side_by_side=side_by_side)
    return try_out(received, chosen, on=ON)


QUIZ = table("No,Taken,Got", "1,03/04/2026,7", "2,13/04/2026,x", "3,03/05/2026,8", ",03/05/2026,9")


def test_nothing_is_understood_before_a_column_is_chosen() -> None:
    chosen = Chosen("t", "T", "assessment_results", {"assessment": Choice(SAME_FOR_ALL, "Quiz")})
    assert try_out(QUIZ, chosen, on=ON) == Tried(4, 0)


def test_rows_are_counted_once_however_many_of_their_cells_are_wrong() -> None:
    found = tried(QUIZ, on=Choice("Taken", written="%m/%d/%Y"), score=Choice("Got"))
    assert (found.rows, found.understood) == (4, 2)
    assert {name: (one.rows, one.code, one.example) for name, one in found.wrong.items()} == {
        "student": (1, "row.missing", ""),
        "on": (1, "row.bad_date", "13/04/2026"),
        "score": (1, "row.bad_number", "x"),
    }


def test_a_row_of_another_width_counts_as_a_row_that_cannot_be_read() -> None:
    flaw = Flaw("ragged_row", "2 cells, header 3", row=6, received="5,03/05/2026", sets_aside=True)
    torn = replace(QUIZ, flaws=(flaw, Flaw("empty_lines", "one line is empty")))
    found = tried(torn, on=Choice("Taken", written="%m/%d/%Y"), score=Choice("Got"))
    assert (found.rows, found.understood, found.torn) == (5, 2, 1)


def test_a_day_that_is_not_said_yet_does_not_hold_the_school_year_up() -> None:
    assert tried(QUIZ, score=Choice("Got")).understood == 2


def test_a_file_is_one_row_of_several_tests_where_scores_stand_side_by_side() -> None:
    wide = table("No,Taken,A,B", "1,2026-03-04,7,", "2,2026-03-04,x,9")
    answers = {"on": Choice("Taken", written="iso"), "score": Choice(SIDE_BY_SIDE)}
    found = tried(wide, ("A", "B"), **answers)
    assert (found.rows, found.understood, found.wrong["score"].rows) == (2, 1, 1)
    assert [row[2:4] for row in found.first] == [
        ("A", "2026-03-04"),
        ("A", "2026-03-04"),
        ("B", "2026-03-04"),
    ]
    assert tried(wide, (), **answers).understood == 2, "no column of scores is chosen yet"


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("date", "03/04/2026,13/04/2026", True),
        ("date", "4,5", False),
        ("date", "", False),
        ("number", "7,8 %,x", True),
        ("number", "a,b,3", False),
        ("boolean", "Y,N,?", True),
        ("boolean", "a,b,c,d,e", False),
        ("year", "2025-2026,2024", True),
        ("year", "K,1", False),
        ("text", "anything", True),
    ],
)
def test_a_columns_cells_say_what_it_can_hold(kind: str, cells: str, expected: bool) -> None:
    (column,) = describe_columns(table("c", *(cells.split(","))))
    assert could_hold(Field("f", kind, "A field"), column) is expected


def test_of_several_columns_of_days_the_one_that_something_happened_on_is_proposed() -> None:
    days = table("Birth date,Taken,Uploaded at", "2012-01-01,2026-03-04,2026-03-05")
    assert best_days(describe_columns(days)) == "Taken"
    two = table("Begun,Taken,Graded on", "x,2026-03-04,2026-03-05")
    assert best_days(describe_columns(two)) == "", "two that may be meant: it is asked"
