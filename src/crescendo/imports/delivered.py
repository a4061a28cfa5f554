"""What a source delivered last time, line by line: a full file that comes again is read only where it differs.

Kept beside the raw files: of each line that was applied without a remark two hashes, the row's key, and what the row
hangs on. A night adds a part with its own lines and a list of those that went; the parts before it are linked, not
written again, until there are many. It is a shortcut and nothing else: whenever it is missing, or anything it rests on
has changed (`rests_on`), the file is read whole, as the first time. A line with a finding is never remembered, so that it
is looked at every time.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from django.conf import settings
from django.db import connection

from . import csv_reading
from .bench import RawFile, Table, Workbench, quoted, text

FORM = 3  # of these files: another number, and everything is read whole once
MOST_CHANGED = 0.3  # share of lines beyond which reading the file whole is quicker
MOST_PARTS = 16  # nights until all is written anew as one part
MOST_GONE = 0.1  # share of the lines written that no longer stand, until then
PART = 1 << 40  # a line's place is its part times this and its row in there
RUNS_KEPT = 2  # of each source: the last delivery, and the one before it should the last be undone
BLOCK_BYTES = 8 << 20
HASHES = "hash(line) AS h1, hash('x' || line) AS h2"
SEPARATOR = "\x01"  # stands in no line of text; a file that has it is read whole


@dataclass(frozen=True)
class Memory:
    """What is to be remembered of a file once it is applied. `hangs_on`: its column whose changes touch the row."""

    table: Table
    raw: RawFile
    key: str
    hangs_on: str
    target: str
    rests_on: dict[str, Any]
    lines: str  # DuckDB: n, h1, h2 of every line that was read
    surviving: str = ""  # DuckDB: h1, h2, key, hangs_on, year of lines that were not read again
    parts: tuple[Path, ...] = ()  # in which they stand; none where all is to be written anew
    gone: str = ""  # SELECT of the places in there that no longer count
    years: tuple[int, ...] = ()
    within: str = ""  # SELECT of the keys that are gone


def folder() -> Path:
    return Path(str(settings.DATA)) / "delivered" / connection.settings_dict["NAME"]


def read_by_difference(
    bench: Workbench,
    raw: RawFile,
    *,
    key: str,
    hangs_on: str,
    target: str,
    rests_on: dict[str, Any],
    things: str,
) -> Memory | None:
    """Read only those lines of a full CSV file that the last applied delivery of this source did not have.

    `things` is a DuckDB table (id, state) of what rows hang on: rows of a thing whose state is another one are read, too.
    None: the file has to be read whole. `raw.path` is UTF-8 with one row in each line, or this says None as well.
    """
    before = _find_last(bench, raw.name)
    if before is None or _rest(before) != json.loads(json.dumps(rests_on)) or bench.matches:
        return None
    lines = f"lines_{len(bench.tables)}"
    total = _find_differing(bench, raw, before, things, lines)
    changed = bench.db.execute(f"SELECT count(n) FROM {lines}").fetchall()[0][0] if total else 0
    if not total or changed > MOST_CHANGED * total:
        return None
    table = _read_changed(bench, raw, lines, key)
    if table is None:
        return None
    left, surviving, met = f"left_{lines}", f"surviving_{lines}", f"met_{lines}"
    bench.db.execute(
        f"""CREATE OR REPLACE TABLE {left} AS SELECT place, key FROM known_{lines}
            WHERE NOT stands OR place IN (SELECT place FROM {lines} WHERE place IS NOT NULL)"""
    )
    bench.db.execute(
        f"CREATE VIEW {surviving} AS FROM known_{lines} WHERE place NOT IN (SELECT place FROM {left})"
    )
    bench.db.execute(
        f"""CREATE OR REPLACE TABLE {met} AS SELECT DISTINCT key FROM {surviving}
            SEMI JOIN (SELECT key FROM {left} UNION ALL SELECT "{key}" FROM {table.relation}) USING (key)"""
    )
    if bench.db.execute(
        f'SELECT 1 FROM {met} m JOIN {table.relation} t ON t."{key}" = m.key LIMIT 1'
    ).fetchone():
        del bench.tables[raw.name]
        for view in (surviving, table.relation, f"raw_{len(bench.tables)}"):  # the whole file takes its place
            bench.db.execute(f"DROP VIEW {view}")
        return None  # one key in two lines: the pipeline has to see both
    bench.skipped[raw.name] = total - changed
    years = bench.db.execute(
        f"SELECT DISTINCT year FROM {surviving} WHERE year IS NOT NULL ORDER BY 1"
    ).fetchall()
    gone = f"SELECT place FROM gone_{lines} UNION ALL SELECT place FROM {left}"
    worn = bench.db.execute(f"SELECT count(*) FROM ({gone})").fetchall()[0][0] > MOST_GONE * total
    parts = _parts(bench.folder, lines)
    return Memory(
        table, raw, key, hangs_on, target, rests_on, lines,
        surviving=surviving,
        parts=() if worn or len(parts) >= MOST_PARTS else tuple(parts),
        gone=gone,
        years=tuple(row[0] for row in years),
        within=f"SELECT DISTINCT key FROM {left} ANTI JOIN {met} USING (key)",
    )  # fmt: skip


def _parts(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}-*.parquet"), key=lambda part: int(part.stem.rpartition("-")[2]))


def _find_differing(bench: Workbench, raw: RawFile, before: Path, things: str, lines: str) -> int:
    """How many lines the file has; 0 where it is not to be read so.

    Leaves in DuckDB: `known_`, what was delivered last time; and `lines`, what is here and was not there (n, line, h1, h2)
    or the other way round (place). The file is read once, and nothing of its millions of lines stays but hashes.
    """
    moved = f"""SELECT hash(coalesce(a.id, b.id)) FROM {things} a FULL JOIN read_parquet({text(str(before / "things.parquet"))}) b
                ON a.id = b.id WHERE a.state IS DISTINCT FROM b.state"""
    bench.db.execute(f"CREATE TABLE moved_{lines} AS {moved}")
    parts = []
    for number, part in enumerate(_parts(before, "lines")):
        kept = bench.folder / f"{lines}-{number}.parquet"
        _link(part, kept)
        parts.append(
            f"""SELECT h1, h2, key, hangs_on, year, file_row_number + {number * PART} AS place
                FROM read_parquet({text(str(kept))}, file_row_number = true)"""
        )
    bench.db.execute(
        f"CREATE OR REPLACE TABLE gone_{lines} AS FROM read_parquet({text(str(before / 'gone.parquet'))})"
    )
    bench.db.execute(
        f"""CREATE VIEW known_{lines} AS SELECT *, hangs_on NOT IN (FROM moved_{lines}) AS stands
            FROM ({" UNION ALL ".join(parts)}) WHERE place NOT IN (FROM gone_{lines})"""
    )
    # DuckDB cannot know how many lines will arrive, and would rather keep them than the hashes.
    bench.db.execute("SET disabled_optimizers = 'build_side_probe_side'")
    try:
        return _with_lines(
            bench,
            raw.path,
            f"""CREATE TABLE {lines} AS SELECT l.n, l.line, l.h1, l.h2, k.place
                FROM (SELECT n, line, {HASHES} FROM arriving_lines) l
                FULL JOIN (SELECT h1, h2, place FROM known_{lines} WHERE stands) k ON k.h1 = l.h1 AND k.h2 = l.h2
                WHERE l.n IS NULL OR k.h1 IS NULL""",
        )
    finally:
        bench.db.execute("SET disabled_optimizers = ''")


def _link(kept: Path, here: Path) -> None:
    """The file under a second name: an erasure meanwhile takes the first away, and this run still reads it to its end."""
    try:
        os.link(kept, here)
    except OSError:  # another file system
        shutil.copyfile(kept, here)


def read_to_remember(
    bench: Workbench,
    raw: RawFile,
    table: Table,
    *,
    key: str,
    hangs_on: str,
    target: str,
    rests_on: dict[str, Any],
) -> Memory | None:
    """The hashes of a file that was read whole, for the next time. None: its lines are not its rows."""
    lines = f"lines_{len(bench.tables)}"
    plain = raw.path.stat().st_size and csv_reading.find_encoding(raw.path)[0] == "utf-8"
    if (
        not plain
        or _with_lines(
            bench, raw.path, f"CREATE OR REPLACE TABLE {lines} AS SELECT n, {HASHES} FROM arriving_lines"
        )
        != table.rows
    ):
        return None
    return Memory(table, raw, key, hangs_on, target, rests_on, lines)


def _find_last(bench: Workbench, name: str) -> Path | None:
    """What is kept of the last applied run of this source; of an earlier one it would no longer be true."""
    bench.fetch_stored(
        f"""SELECT max(r.id) FROM imports_importrun r JOIN imports_source s ON s.id = r.source_id
            WHERE s.slug = {text(bench.source)} AND r.state = 'applied'""",
        {"id": "BIGINT"},
        "last_run",
    )
    last = bench.db.execute("SELECT id FROM last_run").fetchall()[0][0]
    found = folder() / f"{bench.source}-{last}" / name.replace("/", "_")
    return found if last and (found / "rest.json").exists() else None


def _rest(kept: Path) -> dict[str, Any]:
    return dict(json.loads((kept / "rest.json").read_text()))


def _batches(path: Path, counted: list[int]) -> Iterator[pa.RecordBatch]:
    """The lines and their numbers, counted as they come."""
    start = 2
    reader = pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(skip_rows=1, column_names=["line"], block_size=BLOCK_BYTES),
        parse_options=pa_csv.ParseOptions(
            delimiter=SEPARATOR,
            quote_char=False,
            double_quote=False,
            escape_char=False,
            ignore_empty_lines=False,
        ),
        convert_options=pa_csv.ConvertOptions(column_types={"line": pa.string()}, strings_can_be_null=False),
    )
    with reader:
        for batch in reader:
            numbers = pa.array(np.arange(start, start + len(batch)), pa.int64())
            start += len(batch)
            counted.append(len(batch))
            yield pa.record_batch([numbers, batch.column(0)], names=["n", "line"])


def _with_lines(bench: Workbench, path: Path, sql: str) -> int:
    """Run a statement over `arriving_lines` (n, line); how many lines there were, 0 where they cannot be read as lines."""
    schema, counted = pa.schema([("n", pa.int64()), ("line", pa.string())]), list[int]()
    try:
        bench.db.register(
            "arriving_lines", pa.RecordBatchReader.from_batches(schema, _batches(path, counted))
        )
        bench.db.execute(sql)
    except (
        pa.ArrowInvalid,
        OSError,
        duckdb.InvalidInputException,
    ):  # the last: what Arrow said while DuckDB asked it
        return 0
    finally:
        bench.db.unregister("arriving_lines")
    return sum(counted)


def _read_changed(bench: Workbench, raw: RawFile, lines: str, key: str) -> Table | None:
    """The changed lines as a file of their own, under the numbers that they have in the whole file."""
    new = bench.db.sql(f"SELECT n, line FROM {lines} WHERE n IS NOT NULL ORDER BY n").to_arrow_table()
    with raw.path.open("rb") as origin:
        header = origin.readline()
    body = "".join(f"{line}\n" for line in new["line"].to_pylist()).encode()
    if len(new) and not csv_reading.is_plain(b"\n" + body):
        return None
    part = bench.folder / f"changed-{len(bench.tables)}.csv"
    part.write_bytes(header.rstrip(b"\r\n") + b"\n" + body)
    tried = csv_reading.read(
        part, raw.name, bench.folder / "tried.parquet", strict=bench.strict, on_rows=lambda done: None
    )
    if tried.found or tried.set_aside or tried.rows != len(new) or key not in tried.columns:
        return None
    if not len(new):
        (bench.folder / "tried.parquet").unlink(missing_ok=True)
    table = bench.read_csv(part, raw.name)
    numbers = pa.table(
        {
            "small": pa.array(range(2, len(new) + 2), pa.int64()),
            "n": new["n"],
        }
    )
    bench.db.register("numbers_arriving", numbers)
    bench.db.execute(f"CREATE TABLE numbers_{lines} AS FROM numbers_arriving")
    bench.db.unregister("numbers_arriving")
    relation = f"changed_{lines}"
    cells = ", ".join(f"r.{quoted(column)}" for column in table.columns)
    bench.db.execute(
        f"CREATE VIEW {relation} AS SELECT m.n AS _row, {cells} FROM {table.relation} r JOIN numbers_{lines} m ON m.small = r._row"
    )
    bench.tables[raw.name] = Table(table.name, relation, table.columns, table.header, table.rows, table.bytes)
    return bench.tables[raw.name]


def keep(
    bench: Workbench, memory: Memory, *, run_id: int, years_of: str, things: str, rests_on: dict[str, Any]
) -> None:
    """Write down what was delivered. Called in the run's transaction: it counts only once the run is applied.

    `years_of`: DuckDB relation with the _row and the school_year of each row that was applied.
    """
    target = folder() / f"{bench.source}-{run_id}" / memory.raw.name.replace("/", "_")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    table = memory.table
    fresh = f"""SELECT l.h1, l.h2, t."{memory.key}" AS key, hash(t."{memory.hangs_on}") AS hangs_on, y.school_year::SMALLINT AS year
        FROM {table.relation} t JOIN {memory.lines} l ON l.n = t._row JOIN {years_of} y ON y._row = t._row
        ANTI JOIN (SELECT _row FROM remarks WHERE file = {text(table.name)}
                   UNION ALL SELECT _row FROM set_aside WHERE file = {text(table.name)}) r ON r._row = t._row"""
    gone = "SELECT NULL::BIGINT AS place WHERE false"
    if memory.parts:
        for number, part in enumerate(memory.parts):
            _link(part, target / f"lines-{number}.parquet")
        gone = memory.gone
    elif memory.surviving:
        fresh += f" UNION ALL SELECT h1, h2, key, hangs_on, year FROM {memory.surviving}"
    path = text(str(target / f"lines-{len(memory.parts)}.parquet"))
    bench.db.execute(
        # Hashes and ids do not repeat: looking for what does costs as much as writing.
        f"COPY ({fresh}) TO {path} (FORMAT parquet, COMPRESSION lz4, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE 500000)"
    )
    bench.db.execute(f"COPY ({gone}) TO {text(str(target / 'gone.parquet'))} (FORMAT parquet)")
    bench.db.execute(
        f"COPY (SELECT id, state FROM {things}) TO {text(str(target / 'things.parquet'))} (FORMAT parquet)"
    )
    (target / "rest.json").write_text(json.dumps(rests_on))
    kept = sorted(folder().glob(f"{bench.source}-[0-9]*"), key=lambda one: int(one.name.rpartition("-")[2]))
    for old_run in kept[:-RUNS_KEPT]:
        if old_run.name.rpartition("-")[0] == bench.source:
            for file in sorted(old_run.rglob("*"), reverse=True):
                file.rmdir() if file.is_dir() else file.unlink()
            old_run.rmdir()
