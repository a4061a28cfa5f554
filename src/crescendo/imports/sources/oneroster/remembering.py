"""Results that come again every night: the millions of lines that did not change are not read again.

What makes the short way right: results hang on their line item, its class and the class's sessions; where any of those
says something else than last time, its results are read anew. And it is taken only where what is stored is what the last
delivery left (`_rest`): nobody erased, merged, corrected or undone anything meanwhile.
"""

from typing import TYPE_CHECKING, Any

from crescendo import __version__
from crescendo.imports import delivered
from crescendo.imports.bench import RawFile, Table, Workbench, quoted, text
from crescendo.imports.planning import Piece

from . import dates

if TYPE_CHECKING:
    from .package import Delivery

Counts = list[list[int]]  # of school years: the year and how many
FILE, KEY, HANGS_ON = "results.csv", "sourcedId", "lineItemSourcedId"
THINGS = "line_item_states"
# What a result takes from the files that it hangs on.
LOOKED_AT = {
    "lineItems.csv": ("sourcedId", "status", "classSourcedId", "resultValueMin", "resultValueMax"),
    "classes.csv": ("sourcedId", "status", "schoolSourcedId", "termSourcedIds"),
    "academicSessions.csv": ("sourcedId", "status", "schoolYear", "startDate", "endDate"),
}


def read_results(bench: Workbench, delivery: "Delivery", raw: RawFile) -> Table:
    """results.csv, after every other file: by its difference where that is right, otherwise whole."""
    if delivery.modes.get(FILE) != "bulk" or bench.matches or not _make_things(bench, delivery):
        return bench.read_csv(raw.path, raw.name)
    with raw.path.open("rb") as file:
        header = file.readline(1 << 16).strip().decode("utf-8", "replace")
    rests_on = _rest(bench, delivery, header, _count_stored(bench))
    memory = delivered.read_by_difference(
        bench, raw, key=KEY, hangs_on=HANGS_ON, target="coursework_results", rests_on=rests_on, things=THINGS
    )
    if memory is None:
        table = bench.read_csv(raw.path, raw.name)
        if not {KEY, HANGS_ON} <= set(table.columns):
            return table
        memory = delivered.read_to_remember(
            bench, raw, table, key=KEY, hangs_on=HANGS_ON, target="coursework_results", rests_on=rests_on
        )
    if memory is None:
        return table
    delivery.memory = memory
    known = memory

    def remember(run_id: int, pieces: list[Piece]) -> None:
        _remember(bench, delivery, known, header, rests_on["facts"], run_id, pieces)

    bench.when_applied.append(remember)
    return memory.table


def _make_things(bench: Workbench, delivery: "Delivery") -> bool:
    """`line_item_states`: what each line item says, its class and its sessions with it, as one hash."""
    if any(
        not delivery.has(name) or not set(columns) <= set(delivery.tables[name].columns)
        for name, columns in LOOKED_AT.items()
    ):
        return False
    said = {
        name: f"hash({', '.join(quoted(column) for column in columns)})"
        for name, columns in LOOKED_AT.items()
    }
    of = {name: delivery.tables[name].relation for name in LOOKED_AT}
    sessions = f"SELECT bit_xor({said['academicSessions.csv']}) FROM {of['academicSessions.csv']}"
    bench.db.execute(
        f"""CREATE TABLE {THINGS} AS SELECT l.id, bit_xor(hash(l.own, c.state, ({sessions}))) AS state
            FROM (SELECT "sourcedId" AS id, "classSourcedId" AS class, {said["lineItems.csv"]} AS own FROM {of["lineItems.csv"]}) l
            LEFT JOIN (SELECT "sourcedId" AS id, bit_xor({said["classes.csv"]}) AS state FROM {of["classes.csv"]} GROUP BY 1) c
              ON c.id = l.class GROUP BY 1"""
    )
    return True


def _count_stored(bench: Workbench) -> Counts:
    """How many results of this source each school year has."""
    bench.fetch_stored(
        f"SELECT school_year, count(*) FROM records_courseworkresult WHERE source = {text(bench.source)} GROUP BY 1",
        {"school_year": "BIGINT", "facts": "BIGINT"},
        "stored_counts",
    )
    return [list(row) for row in bench.db.execute("FROM stored_counts ORDER BY 1").fetchall()]


def _count_applied(bench: Workbench, before: Counts, piece: Piece) -> Counts:
    """How many there are once the piece is applied. Counting millions again would cost a second; and what others deleted since
    they were counted makes this too high, so that the next night reads everything."""
    gone = f"UNION SELECT id, school_year FROM {piece.gone}" if piece.gone else ""
    bench.db.execute("CREATE OR REPLACE TABLE counts_before (school_year BIGINT, facts BIGINT)")
    if before:
        bench.db.executemany("INSERT INTO counts_before VALUES (?, ?)", before)
    counted = bench.db.execute(
        f"""SELECT school_year, sum(n)::BIGINT AS facts FROM (
                SELECT school_year, facts AS n FROM counts_before
                UNION ALL SELECT school_year, count(*) FROM {piece.relation} WHERE _action = 'create' GROUP BY 1
                UNION ALL SELECT school_year, -count(*) FROM (
                    SELECT id, school_year FROM {piece.relation} WHERE _action = 'retract' {gone}) GROUP BY 1
            ) GROUP BY 1 HAVING facts > 0 ORDER BY 1"""
    ).fetchall()
    return [list(row) for row in counted]


def _rest(bench: Workbench, delivery: "Delivery", header: str, facts: Counts) -> dict[str, Any]:
    """Everything that has to be as the last delivery left it."""
    source = text(bench.source)
    bench.fetch_stored(
        f"""SELECT (SELECT coalesce(sum(hashtextextended(external_id, object_id # hashtext(entity))), 0)
                    FROM roster_externalid WHERE source = {source} AND entity IN ('student', 'class', 'line_item', 'org', 'session'))::text,
                   (SELECT count(*) || '/' || coalesce(max(id), 0) FROM records_correction WHERE fact = 'courseworkresult')""",
        {"ids": "VARCHAR", "corrections": "VARCHAR"},
        "stored_ids",
    )
    ids, corrections = bench.db.execute("SELECT ids, corrections FROM stored_ids").fetchone()
    return {
        "form": delivered.FORM, "program": __version__, "header": header, "version": delivery.version,
        "strict": bench.strict, "settings": repr(sorted(bench.settings.items())), "ids": ids, "corrections": corrections,
        "facts": facts,
    }  # fmt: skip


def _remember(
    bench: Workbench,
    delivery: "Delivery",
    memory: delivered.Memory,
    header: str,
    before: Counts,
    run_id: int,
    pieces: list[Piece],
) -> None:
    pieces = [
        piece for piece in pieces if piece.target.name == memory.target and piece.file == memory.table.name
    ]
    if len(pieces) != 1 or dates.find_orders(bench, f"{delivery.views[FILE]}_raw", ["scoreDate"]):
        return  # a date that another line of the file explains is no line's own
    delivered.keep(
        bench,
        memory,
        run_id=run_id,
        years_of=pieces[0].relation,
        things=THINGS,
        rests_on=_rest(bench, delivery, header, _count_applied(bench, before, pieces[0])),
    )
