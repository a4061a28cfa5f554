"""An immutable copy of the facts of one moment, as Parquet files named by their content.

All tables are read in one repeatable-read transaction. A file is read again only when the counters of its tables
(`FactChange`, kept by triggers) have moved, when its SELECT has changed, or when the file is not what it was.
A manifest lists the files; its hash is the id of the snapshot.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection, transaction

from crescendo.core.datasets import Dataset
from crescendo.indicators.connections import arrow_transaction, rows, server_process
from crescendo.indicators.models import SnapshotPart
from crescendo.indicators.registry import datasets
from crescendo.indicators.timing import Phases, server_seconds

if TYPE_CHECKING:
    import adbc_driver_postgresql.dbapi as adbc

WHOLE = 0  # the "school year" of a dataset that is kept in one file


@dataclass(frozen=True)
class Part:
    """One file of a snapshot."""

    dataset: str
    school_year: int
    version: str
    content_hash: str
    rows: int
    was_read: bool

    @property
    def path(self) -> Path:
        """Where the file is."""
        return folder() / f"{self.content_hash}.parquet"


@dataclass(frozen=True)
class Snapshot:
    """The files of one moment."""

    id: str
    parts: tuple[Part, ...]
    live_changes: tuple[int, ...] = ()  # the marks whose facts it holds: they need not be counted again

    def tables(self, *, school_year: int, as_of: date) -> dict[str, pa.Table | list[Path]]:
        """What the measure library reads: paths, and in memory the one table that depends on the day."""
        found: dict[str, pa.Table | list[Path]] = {}
        wanted = [part for part in self.parts if part.school_year in (school_year, WHOLE)]
        for name, dataset in datasets().items():
            paths = [part.path for part in wanted if part.dataset == name]
            found[name] = _valid_on(paths, dataset.valid_between, as_of) if dataset.valid_between else paths
        return found


def folder() -> Path:
    """Where snapshots live. Their own folder per database, since a test and a site may share a disk."""
    return Path(settings.DATA) / "snapshots" / connection.settings_dict["NAME"]


def take_snapshot(*, school_year: int, phases: Phases) -> Snapshot:
    """Copy the facts of this school year and those before it, as they are now."""
    folder().mkdir(parents=True, exist_ok=True)
    known = {(part.dataset, part.school_year): part for part in SnapshotPart.objects.order_by("pk")}
    parts: list[Part] = []
    with arrow_transaction(read_only=True) as cursor:
        process = server_process(cursor)
        before = server_seconds(process)
        wanted = list(_wanted_parts(cursor, school_year))
        marks = tuple(
            pk
            for (pk,) in rows(
                cursor, f"SELECT id FROM indicators_livechange WHERE school_year = {int(school_year)}"
            )
        )
        for done, (dataset, year, version) in enumerate(wanted):
            phases.step(done, len(wanted))
            kept = known.get((dataset.name, year))
            if kept and version and kept.version == version and _is_intact(kept.content_hash):
                parts.append(Part(dataset.name, year, version, kept.content_hash, kept.rows, was_read=False))
            else:
                content_hash, count = _read(cursor, dataset, year)
                parts.append(Part(dataset.name, year, version, content_hash, count, was_read=True))
        phases.add_server(process, before)
    _remember(parts)
    return Snapshot(_write_manifest(parts), tuple(parts), marks)


def discard_unused(*, keep: Iterable[str]) -> int:
    """Remove files that neither a kept snapshot nor the next one needs. Says how many went."""
    if not folder().is_dir():
        return 0
    wanted = {f"{part.content_hash}.parquet" for part in SnapshotPart.objects.order_by("pk")}
    for snapshot_id in keep:
        manifest = folder() / f"{snapshot_id}.json"
        if manifest.exists():
            wanted.add(manifest.name)
            wanted.update(f"{entry['content_hash']}.parquet" for entry in json.loads(manifest.read_text()))
    unused = [path for path in folder().iterdir() if path.name not in wanted]
    for path in unused:
        path.unlink(missing_ok=True)
    return len(unused)


def versions(cursor: "adbc.Cursor", school_year: int) -> dict[str, str]:
    """Each dataset's version in one school year, as the transaction sees it: equal versions mean equal rows. Empty where
    changes cannot be counted."""
    changes, watched = _changes(cursor), _watched(cursor)
    return {
        name: _version(dataset, school_year if dataset.by_year else WHOLE, changes)
        if watched.issuperset(dataset.reads)
        else ""
        for name, dataset in datasets().items()
    }


def _wanted_parts(cursor: "adbc.Cursor", school_year: int) -> Iterable[tuple[Dataset, int, str]]:
    """Each file a snapshot needs, with its version; the version is empty where changes cannot be counted."""
    changes, watched = _changes(cursor), _watched(cursor)
    for dataset in datasets().values():
        for year in _years(dataset, changes, school_year):
            yield dataset, year, _version(dataset, year, changes) if watched.issuperset(dataset.reads) else ""


def _changes(cursor: "adbc.Cursor") -> dict[tuple[str, int], int]:
    return {
        (table, year): int(changed)
        for table, year, changed in rows(
            cursor,
            'SELECT "table"::text, school_year, sum(changes)::bigint FROM indicators_factchange '
            'GROUP BY "table", school_year',
        )
    }


def _watched(cursor: "adbc.Cursor") -> set[str]:
    return {
        name
        for (name,) in rows(
            cursor,
            "SELECT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname = 'indicators_inserted' AND tgenabled IN ('O', 'A')",
        )
    }


def _years(dataset: Dataset, changes: Mapping[tuple[str, int], int], school_year: int) -> list[int]:
    if not dataset.by_year:
        return [WHOLE]
    seen = {year for table, year in changes if table in dataset.reads and 0 < year <= school_year}
    return sorted(seen | {school_year - 1, school_year})  # last year too: this one is compared with it


def _version(dataset: Dataset, year: int, changes: Mapping[tuple[str, int], int]) -> str:
    """Counters that only go up, one per table, and the SELECT: equal versions mean equal rows."""
    select = hashlib.sha256(dataset.select.encode()).hexdigest()[:16]
    counters = []
    for table in dataset.reads:
        of_table = {y: n for (t, y), n in changes.items() if t == table}
        counted = of_table if year == WHOLE else {y: n for y, n in of_table.items() if y in (year, 0)}
        counters.append(str(sum(counted.values())))
    return ":".join([select, *counters])


def _read(cursor: "adbc.Cursor", dataset: Dataset, year: int) -> tuple[str, int]:
    """Stream one part into a file and name the file by its content. A half-written file keeps its working name."""
    where = "" if year == WHOLE else f" WHERE school_year = {int(year)}"
    cursor.execute(f"SELECT * FROM ({dataset.select}) AS facts{where}")
    reader = cursor.fetch_record_batch()
    schema = pa.schema([field.remove_metadata() for field in reader.schema])
    texts = [field.name for field in schema if pa.types.is_string(field.type)]  # codes repeat; ids do not
    working = folder() / f"reading-{os.getpid()}"
    count = 0
    with working.open("wb") as file:
        with pq.ParquetWriter(file, schema, compression="lz4", use_dictionary=texts) as writer:
            for batch in reader:
                writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
                count += batch.num_rows
        file.flush()
        os.fsync(file.fileno())
    content_hash = _hash(working)
    working.chmod(0o444)
    working.replace(folder() / f"{content_hash}.parquet")
    return content_hash, count


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_intact(content_hash: str) -> bool:
    """A file that is gone or was damaged is read again from the database."""
    path = folder() / f"{content_hash}.parquet"
    return path.exists() and _hash(path) == content_hash


def _remember(parts: list[Part]) -> None:
    with transaction.atomic():
        for part in (p for p in parts if p.was_read):
            SnapshotPart.objects.update_or_create(
                dataset=part.dataset,
                school_year=part.school_year,
                defaults={"version": part.version, "content_hash": part.content_hash, "rows": part.rows},
            )


def _write_manifest(parts: list[Part]) -> str:
    entries = [
        {"dataset": p.dataset, "school_year": p.school_year, "content_hash": p.content_hash, "rows": p.rows}
        for p in sorted(parts, key=lambda p: (p.dataset, p.school_year))
    ]
    text = json.dumps(entries, indent=1)
    snapshot_id = hashlib.sha256(text.encode()).hexdigest()
    working = folder() / f"reading-{os.getpid()}"
    working.write_text(text)
    working.replace(folder() / f"{snapshot_id}.json")
    return snapshot_id


def _valid_on(paths: list[Path], between: tuple[str, str], on: date) -> pa.Table:
    return valid_on(pa.concat_tables(pq.read_table(path, partitioning=None) for path in paths), between, on)


def valid_on(table: pa.Table, between: tuple[str, str], on: date) -> pa.Table:
    """The rows that hold on a day, without the two columns that say so."""
    begins, ends = between
    day = pa.scalar(on, pa.date32())
    begun = pc.fill_null(pc.less_equal(table[begins], day), fill_value=True)
    lasts = pc.fill_null(pc.greater_equal(table[ends], day), fill_value=True)
    return table.filter(pc.and_(begun, lasts)).drop_columns([begins, ends])
