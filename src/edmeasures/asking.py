"""A question put to a folder of tables, as the command line and a notebook's first line put it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from . import catalog, rulepacks
from .tables import TABLES, TableError

if TYPE_CHECKING:
    import pyarrow as pa

    from .evaluate import Results
    from .loading import Tables

#: Words of --by that are no characteristic of students and no kind of organisation.
_STUDENT, _WEEK, _GRADE = "student", "week", "grade"
_GRADES = {"grade": "grade_level", "grade_level": "grade_level"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: indicators (None: all), rule packs, what a row is, and the time (None: the newest)."""

    indicators: tuple[str, ...] | None = None
    rule_packs: tuple[str, ...] = ("us-federal",)
    by: tuple[str, ...] = ()
    school_year: int | None = None
    as_of: date | None = None


def answer(
    folder: Path | str,
    asked: Question,
    *,
    say: Callable[[str], None] = lambda line: None,
    backend: str = "duckdb",
    memory_limit: str = "2GB",
    threads: int = 2,
) -> pa.Table:
    """The rows that answer a question.

    Parameters
    ----------
    folder : path
        As `edmeasures.load` reads it.
    asked : Question
        ``by`` names kinds of organisations (``school``), ``grade`` or characteristics, ``student`` or ``week``. Two
        characteristics stand one below the other; they are not crossed.
    say : callable
        Takes a line on what was assumed.

    Raises
    ------
    TableError, KeyError, ValueError
        For tables that cannot be measured, codes that do not exist, and questions without a single row.
    """
    from . import evaluate, load  # noqa: PLC0415 - a refused code needs no engine

    for code in asked.indicators or ():
        catalog.get(code)
    for name in asked.rule_packs:
        rulepacks.get(name)
    if backend not in ("duckdb", "spark"):
        raise ValueError(f"No backend is called {backend!r}. There are: duckdb, spark.")
    tables = with_a_root(load(folder))
    year, day = _time(tables, asked)
    say(f"School year {year}, up to {day.isoformat()}.")
    kinds = _kinds(tables)
    wanted = [w for w in asked.by if w not in kinds and w not in (_STUDENT, _WEEK)]
    characteristics = [_GRADES.get(w, w) for w in wanted]
    _check_by(tables, asked.by, kinds, characteristics)
    found = evaluate(
        tables,
        school_year=year,
        as_of=day,
        indicators=asked.indicators,
        rule_packs=asked.rule_packs,
        characteristics=[c for c in characteristics if c != "grade_level"],
        memory_limit=memory_limit,
        threads=threads,
        backend=backend,  # type: ignore[arg-type]
    )
    rows = _rows(found, tables, asked.by, {w for w in asked.by if w in kinds}, characteristics)
    if not rows.num_rows:
        _refuse_parts(asked, characteristics)
        raise TableError(
            f"There is no row for {', '.join(asked.by) or 'any organisation'} in the school year {year} up to {day}. "
            "Look at `edmeasures validate` for what the tables hold."
        )
    return rows


def _refuse_parts(asked: Question, characteristics: Sequence[str]) -> None:
    """Medians, indices and the like answer for whole organisations; staff and items of tests have no grades."""
    chosen = [catalog.get(code) for code in asked.indicators or ()]
    if (
        characteristics
        and chosen
        and all(i.kind == "whole" or i.population in ("staff", "items") for i in chosen)
    ):
        codes = ", ".join(i.code for i in chosen)
        raise ValueError(
            f"{codes} answers for whole organisations, without {', '.join(asked.by)} within them. "
            "Name a kind of organisation alone: --by school."
        )


def _time(tables: Tables, asked: Question) -> tuple[int, date]:
    if "enrolments" not in tables:
        raise TableError(
            f"Table enrolments is missing: {TABLES['enrolments'].meaning} Nobody is measured without it."
        )
    import pyarrow.compute as pc  # noqa: PLC0415

    years = tables.arrow("enrolments", ["school_year"]).column(0)
    known: list[int] = sorted(int(y) for y in pc.unique(years).to_pylist() if y is not None)
    year = asked.school_year or max(known, default=0)
    if year not in known:
        held = f"those of {', '.join(map(str, known))}" if known else "none"
        raise TableError(f"Table enrolments has no row of the school year {year}; it has {held}.")
    day = asked.as_of or tables.last_day(year)
    if day is None:
        raise TableError(
            f"No table says a day of the school year {year}: hand in calendar_days, or say --as-of YYYY-MM-DD."
        )
    return year, day


def with_a_root(tables: Tables) -> Tables:
    """The tables, with one organisation above all schools where no organisations were handed in."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    from .loading import Tables  # noqa: PLC0415

    if "organisations" in tables or "enrolments" not in tables:
        return tables
    schools = pc.unique(tables.arrow("enrolments", ["school_id"]).column(0)).drop_null()
    is_text = not pa.types.is_integer(schools.type)
    root = pa.array(["all" if is_text else 0], schools.type)
    made = pa.table(
        {
            "organisation_id": pa.concat_arrays([root, schools]),
            "kind": pa.array(["all", *["school"] * len(schools)]),
            "parent_id": pa.concat_arrays(
                [pa.nulls(1, schools.type), root.take(pa.array([0] * len(schools)))]
            ),
        }
    )
    return Tables({**tables, "organisations": made})


def _kinds(tables: Tables) -> set[str]:
    if "organisations" not in tables:
        return set()
    return {k for k in tables.arrow("organisations", ["kind"]).column(0).to_pylist() if k}


def _check_by(tables: Tables, by: Sequence[str], kinds: set[str], characteristics: Sequence[str]) -> None:
    if (_STUDENT in by or _WEEK in by) and (
        len(by) > 1 and (characteristics or {_STUDENT, _WEEK} <= set(by))
    ):
        raise ValueError(f"--by {','.join(by)}: rows of students and of weeks are not broken down further.")
    held: set[str] = set()
    if "student_characteristics" in tables:
        held = set(tables.arrow("student_characteristics", ["characteristic"]).column(0).to_pylist())
    for word in characteristics:
        if word != "grade_level" and word not in held:
            there = sorted({*kinds, _GRADE, _STUDENT, _WEEK, *(h for h in held if h)})
            raise ValueError(f"--by {word}: nothing is called so. There are: {', '.join(there)}.")


def _rows(
    found: Results, tables: Tables, by: Sequence[str], kinds: set[str], characteristics: Sequence[str]
) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if _STUDENT in by:
        return found.students
    rows = found.series if _WEEK in by else found.groups
    if _WEEK not in by:
        wanted = pa.array(list(dict.fromkeys(characteristics)) or [""], pa.string())
        rows = rows.filter(pc.is_in(rows.column("characteristic"), wanted))
    if "organisations" not in tables:
        return rows
    tree = tables.arrow("organisations")
    if kinds or characteristics:
        top = pc.is_null(tree.column("parent_id")) if "parent_id" in tree.column_names else None
        kept = pc.is_in(tree.column("kind"), pa.array(sorted(kinds))) if kinds else top
        if kept is not None:
            ids = tree.filter(kept).column("organisation_id").cast(rows.column("organisation_id").type)
            rows = rows.filter(pc.is_in(rows.column("organisation_id"), ids.combine_chunks()))
    return rows


def indicators(subject: str | None = None) -> pa.Table:
    """The catalogue as a table: code, title, question, unit, tables, source, review date, caution.

    Examples
    --------
    >>> "chronic_absence" in indicators("attendance").column("indicator").to_pylist()
    True
    """
    import pyarrow as pa  # noqa: PLC0415

    chosen = [i for i in catalog.all() if subject is None or i.subject == subject]
    if not chosen:
        subjects = ", ".join(dict.fromkeys(i.subject for i in catalog.all()))
        raise ValueError(f"No subject is called {subject!r}. There are: {subjects}.")
    rows = [
        {
            "indicator": i.code,
            "title": i.title,
            "question": i.question,
            "subject": i.subject,
            "unit": i.unit,
            "numerator": i.numerator,
            "denominator": i.denominator,
            "tables": " ".join(i.tables),
            "rule_pack_parameters": " ".join(i.parameters),
            "source": "; ".join(f"{s.title}, {s.where}" for s in i.sources),
            "next_review_on": i.next_review_on,
            "caution": i.caution,
        }
        for i in chosen
    ]
    return pa.Table.from_pylist(rows)


def validate(
    folder: Path | str, *, school_year: int | None = None, as_of: date | None = None
) -> Iterator[str]:
    """Check tables as an evaluation would; a line per table, then what can be evaluated.

    Raises
    ------
    TableError
        For the first thing that is wrong, with table, column and rows.
    """
    from . import load  # noqa: PLC0415
    from .backends.duckdb import Duck  # noqa: PLC0415
    from .run import Run  # noqa: PLC0415

    tables = load(folder)
    asked = Question(school_year=school_year, as_of=as_of)
    year, day = _time(tables, asked)
    with Duck() as duck:
        Run(duck, year, day).open(tables, rulepacks.all())
        for name in tables:
            rows = duck.arrow(f'SELECT COUNT(*) AS n FROM "{name}"').to_pylist()[0]["n"]
            yield f"{name:<26} {rows:>12,} rows of the school year {year}"
    able = [i for i in catalog.all() if set(i.tables) - {"organisations"} <= set(tables)]
    yield f"Nothing is wrong. Up to {day}, these tables answer {len(able)} of {len(catalog.all())} indicators."
    lacking = sorted({t for i in catalog.all() for t in i.tables} - set(tables))
    if lacking:
        yield f"Not there: {', '.join(lacking)}."
