# ruff: noqa: E501 (SQL reads better in its own lines)
"""Frameworks become kept records: what is newer wins, what is gone is retired, what is stale changes nothing."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from crescendo.core import school_time
from crescendo.imports.bench import Workbench, text

from .records import Record, instant

SCHEMA = pa.schema(
    [("file", pa.string()), ("_row", pa.int64()), ("kind", pa.string()), ("source_key", pa.string()), ("school_year", pa.int64()),
     ("data", pa.string()), ("_ended", pa.bool_())]
)  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """A record as it is kept."""

    kind: str
    school_year: int
    data: dict[str, Any]

    @property
    def document(self) -> str:
        said = self.data.get("CFDocumentURI")
        if isinstance(said, dict):
            return str(said.get("identifier", "")).lower()
        return str(said or "").rstrip("/").rpartition("/")[2].lower()


def hand_over(bench: Workbench, records: list[Record]) -> None:
    stored = _fetch(bench)
    _refuse_emptied(bench, records, stored)
    bench.stop_on_errors()
    chosen = _choose(bench, records)
    this_year = school_time.school_year_of(bench.on)
    rows: list[tuple[Any, ...]] = []
    stale = defaultdict[str, int](int)
    for one in chosen:
        was = stored.get(one.key)
        data = one.data
        if (
            was
            and (then := instant(was.data.get("lastChangeDateTime")))
            and (now := one.changed_at)
            and now < then
        ):
            data = was.data
            stale[one.file] += 1
        rows.append((one.file, one.row, one.kind, one.key, was.school_year if was else this_year, _text(data), False))  # fmt: skip
    for file, number in sorted(stale.items()):
        bench.notice("record.older", file=file, count=number, expected="records at least as new as those kept",
                     what_to_do="What is kept is newer, and stays. Send the newest package.")  # fmt: skip
    rows += _gone(bench, records, stored)
    _send(bench, rows)


def _fetch(bench: Workbench) -> dict[str, Stored]:
    bench.fetch_stored(
        f"SELECT source_key, kind, school_year, data FROM records_keptrecord WHERE source = {text(bench.source)} AND starts_with(kind, 'CF')",
        {"source_key": "VARCHAR", "kind": "VARCHAR", "school_year": "BIGINT", "data": "VARCHAR"}, "stored_case",
    )  # fmt: skip
    return {
        key: Stored(kind, year, json.loads(data))
        for key, kind, year, data in bench.db.execute("SELECT * FROM stored_case").fetchall()
    }


def _refuse_emptied(bench: Workbench, records: list[Record], stored: dict[str, Stored]) -> None:
    """A package without items would retire a whole framework: it is taken for a failed export."""
    filled = {one.document for one in records if one.kind == "CFItem"}
    kept = {one.document for one in stored.values() if one.kind == "CFItem"}
    for one in records:
        if one.kind == "CFDocument" and one.document in kept - filled:
            bench.error("package.emptied", file=one.file, column="CFItems", expected="the items of the framework",
                        what_to_do="The framework is here with items, and came without any. Export it again.")  # fmt: skip


def _choose(bench: Workbench, records: list[Record]) -> list[Record]:
    """One record for each key: the newest. Equally new ones that differ contradict each other, and none is taken."""
    by_key: dict[str, list[Record]] = {}
    for one in records:
        by_key.setdefault(one.key, []).append(one)
    chosen, wrong, other = [], list[Record](), list[Record]()
    for same in by_key.values():
        instants = [one.changed_at for one in same if one.changed_at]
        newest = max(instants) if len(instants) == len(same) else None
        last = [one for one in same if one.changed_at == newest] if newest else same
        first, *more = last
        if any(_text(one.data) != _text(first.data) for one in more):
            wrong += same
            continue
        chosen.append(first)
        other += [one for one in same if one is not first]
    _keep_only(bench, other)
    for file in sorted({one.file for one in wrong}):
        rows = [one.row for one in wrong if one.file == file and one.row is not None]
        if rows:
            bench.set_aside(
                f"""SELECT {text(file)} AS file, r AS row, 'row.duplicate_id' AS code, 'identifier' AS "column", NULL AS received
                    FROM (VALUES {", ".join(f"({row})" for row in rows)}) v(r)""",
                expected="one record for each identifier",
                what_to_do="Records with this identifier say different things. Keep the right one, or send the frameworks as two sources.",
            )  # fmt: skip
        if len(rows) < sum(one.file == file for one in wrong):
            bench.notice("document.contradicts", file=file, column="identifier", expected="one document for each identifier",
                         what_to_do="Another file describes the same document or definition otherwise: neither was taken.")  # fmt: skip
    return chosen


def _keep_only(bench: Workbench, records: list[Record]) -> None:
    for file in sorted({one.file for one in records}):
        rows = [one.row for one in records if one.file == file and one.row is not None]
        if rows:
            bench.keep_only(
                file, f"SELECT r AS _row FROM (VALUES {', '.join(f'({row})' for row in rows)}) v(r)"
            )


def _gone(bench: Workbench, records: list[Record], stored: dict[str, Stored]) -> list[tuple[Any, ...]]:
    """Items that a framework no longer has are retired, since results may point at them; its ties are taken back.

    A framework older than the one that is kept says nothing about what is gone.
    """
    here, rows = {one.key for one in records}, []
    files = {
        one.document: one.file for one in records if one.kind == "CFDocument" and not _is_older(one, stored)
    }
    for key, was in stored.items():
        file = files.get(was.document)
        if file is None or key in here:
            continue
        if was.kind == "CFAssociation":
            rows.append((file, None, was.kind, key, was.school_year, _text(was.data), True))
        elif was.kind in {"CFItem", "CFRubric"} and not _has_ended(bench, was.data):
            retired = was.data | {"statusEndDate": bench.on.isoformat()}
            rows.append((file, None, was.kind, key, was.school_year, _text(retired), False))
    return rows


def _is_older(one: Record, stored: dict[str, Stored]) -> bool:
    was = stored.get(one.key)
    then, now = instant(was.data.get("lastChangeDateTime")) if was else None, one.changed_at
    return bool(then and now and now < then)


def _has_ended(bench: Workbench, data: dict[str, Any]) -> bool:
    ends = str(data.get("statusEndDate") or "")
    return bool(ends) and ends[:10] <= bench.on.isoformat()


def _send(bench: Workbench, rows: list[tuple[Any, ...]]) -> None:
    columns = zip(*rows, strict=True) if rows else [[] for _field in SCHEMA]
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, SCHEMA, strict=True)]
    bench.db.register("arriving", pa.Table.from_arrays(arrays, schema=SCHEMA))
    bench.db.execute("CREATE TABLE case_records AS SELECT * FROM arriving")
    bench.db.unregister("arriving")
    for file in sorted(bench.tables):
        bench.hand_over(
            "kept_records",
            f"SELECT * EXCLUDE (file) FROM case_records WHERE file = {text(file)}",
            file=file, is_unique=True,
        )  # fmt: skip


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)
