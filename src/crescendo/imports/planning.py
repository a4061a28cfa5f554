"""The difference between what a source handed over and what is stored: what would be created, changed, ended.

Everything here reads; nothing is written. The plan stays in DuckDB and in Parquet files of the run's folder.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from crescendo.roster.erasure import digest
from crescendo.roster.models import ErasedId

from . import settling
from .bench import HandOver, Workbench, quoted, text
from .exchange import LIST_MARK, Exchange, stored_value
from .findings import NOTICE, ROW
from .planning_gone import find_gone
from .resolving import MISSING, Resolver, Staged
from .targets import ORDER, Target, get_target
from .targets.declaration import Column

PEOPLE = ("student", "family", "staff")
SAME_METADATA = "list_sort(list_filter(map_entries(CAST(json({}) AS MAP(VARCHAR, VARCHAR))), lambda e: e.key <> 'dateLastModified'))"


@dataclass
class Piece:
    """One hand-over, planned: a relation with _row, _action, id, key and the final value of each column."""

    target: Target
    file: str
    relation: str
    columns: list[Column]
    also: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    years: list[int] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    gone: str = ""  # relation of stored rows that are missing from a full delivery
    live: int = 0  # stored live rows of this target, before
    emptied_schools: int = 0
    ended_by_school: dict[int, int] = field(default_factory=dict)

    def count(self, action: str) -> int:
        return self.counts.get(action, 0)


class Planner(Resolver):
    """Plans every hand-over of a run in the order in which targets depend on each other."""

    def __init__(
        self, bench: Workbench, exchange: Exchange, *, on_step: Callable[[str, int, int], None]
    ) -> None:
        super().__init__(bench, exchange)
        self.on_step = on_step
        self.pieces: list[Piece] = []
        self.live, self.is_corrected = (
            0,
            False,
        )  # of the target's stored rows: how many are live, whether any was corrected
        self._number = count()
        self.db.execute("CREATE TABLE twins (file VARCHAR, _row BIGINT)")  # identical rows beyond the first

    def plan(self) -> list[Piece]:
        by_target: dict[str, list[HandOver]] = {}
        for hand_over in sorted(self.bench.hand_overs, key=lambda one: ORDER[one.target]):
            by_target.setdefault(hand_over.target, []).append(hand_over)
        for position, (name, hand_overs) in enumerate(by_target.items()):
            self.on_step(f"comparing {name}", position, len(by_target))
            self._plan_target(get_target(name), hand_overs)
        return self.pieces

    # -- one target ----------------------------------------------------------------------------------------------

    def _plan_target(self, target: Target, hand_overs: list[HandOver]) -> None:
        staged = [self._stage(target, one) for one in hand_overs]
        if target.is_fact:
            from .planning_facts import plan_facts  # noqa: PLC0415  (the two halves call each other)

            for stage in staged:
                plan_facts(self, target, stage)
            return
        names = sorted({column.name for stage in staged for column in stage.columns})
        self._fetch_stored(target, names)
        if target.name == "school_enrolments":
            settling.settle_primary(self, staged)
        for stage in staged:
            self._compare(target, stage)
        if any(one.mode == "full" for one in hand_overs):
            find_gone(self, target, staged)

    def _stage(self, target: Target, one: HandOver) -> Staged:
        """Leave out what was set aside, twins and rows whose references cannot be found; resolve the others."""
        number = next(self._number)
        relation = f"staged_{number}"
        described = self.db.execute(f"DESCRIBE ({one.sql})").fetchall()
        given = [row[0] for row in described]
        columns = [target.columns[name] for name in given if name in target.columns]
        self._check_given(target, one, given)
        extra = [] if "_row" in given else ["NULL::BIGINT AS _row"]
        extra += [] if "_ended" in given else ["false AS _ended"]
        stage = Staged(one, relation, columns)
        if target.key in given:
            stage.present = " UNION ALL ".join(
                filter(None, [f"SELECT {target.key} AS key FROM ({one.sql})", one.present_sql])
            )
        # Millions of rows with proved keys are not copied once more; the others are, since twins are taken out.
        kind = "VIEW" if one.is_unique else "TABLE"
        self.db.execute("DROP VIEW IF EXISTS incoming_view")
        self.db.execute("DROP TABLE IF EXISTS incoming_table")
        self.incoming = f"incoming_{kind.lower()}"
        self.db.execute(
            f"CREATE {kind} {self.incoming} AS SELECT {', '.join(['*', *extra])} FROM ({one.sql}) h "
            f"WHERE h._row IS NULL OR h._row NOT IN (SELECT _row FROM set_aside WHERE file = {text(one.file)})"
            if "_row" in given
            else f"CREATE {kind} {self.incoming} AS SELECT {', '.join(['*', *extra])} FROM ({one.sql}) h"
        )
        if target.key in given and not one.is_unique:
            self._leave_out_twins(target, one)
        self._resolve(target, stage)
        return stage

    def _check_given(self, target: Target, one: HandOver, given: list[str]) -> None:
        allowed = {*target.columns, "_row", "_ended", "external_id", *(row for row, _ in one.also.values())}
        if wrong := [name for name in given if name not in allowed]:
            raise ValueError(f"Handed over to {target.name}: unknown column(s) {', '.join(wrong)}.")
        needed = {column.name for column in target.columns.values() if column.required}
        needed -= {"school"} if target.is_fact else set()
        needed |= {target.key} if target.entity or target.is_fact else set()
        if not one.update_only and (missing := needed - set(given)):
            raise ValueError(f"Handed over to {target.name} without {', '.join(sorted(missing))}.")

    def _leave_out_twins(self, target: Target, one: HandOver) -> None:
        """The same key twice: identical rows are one; rows that differ contradict each other and are all set aside."""
        key = f"school_year, {target.key}" if target.is_fact else target.key
        total, different = self.db.execute(
            f"SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT {key} FROM {self.incoming})) FROM {self.incoming}"
        ).fetchone()
        if total == different:
            return
        names = [name for name in self._incoming_names() if not name.startswith("_row")]
        whole = "hash(" + ", ".join(quoted(name) for name in names) + ")"
        self.db.execute(
            f"""CREATE OR REPLACE TEMP TABLE twin_keys AS
                SELECT {key}, min(_row) AS first_row, count(DISTINCT {whole}) AS kinds
                FROM {self.incoming} GROUP BY ALL HAVING count(*) > 1"""
        )
        join = " AND ".join(f"i.{name.strip()} = t.{name.strip()}" for name in key.split(","))
        self.bench.report(
            f"""SELECT {text(one.file)} AS file, i._row AS row, 'row.duplicate_id' AS code,
                       {text(one.name_in_file(target.key))} AS "column", i.{target.key} AS received
                FROM {self.incoming} i JOIN twin_keys t ON {join} WHERE t.kinds > 1 AND i._row IS NOT NULL""",
            ROW, expected="one row per id", what_to_do="Two rows with this id say different things. Keep the right one.",
        )  # fmt: skip
        self.db.execute(
            f"""INSERT INTO twins SELECT {text(one.file)}, i._row FROM {self.incoming} i JOIN twin_keys t ON {join}
                WHERE t.kinds = 1 AND i._row > t.first_row"""
        )
        self.db.execute(
            f"""DELETE FROM {self.incoming} i USING twin_keys t
                WHERE {join} AND (t.kinds > 1 OR i._row > t.first_row)"""
        )

    # -- stored rows ---------------------------------------------------------------------------------------------

    def _fetch_stored(self, target: Target, names: list[str]) -> None:
        """The stored rows that this source may touch, into `stored`: id, external_id, ended_on, and compared columns."""
        columns = {target.columns[name].stored: target.columns[name].type for name in names}
        columns |= {
            name: "BIGINT"
            for name, c in ((c.stored, c) for c in map(target.columns.get, names))
            if c.is_reference
        }
        if target.ends:
            columns |= dict.fromkeys(target.ends, "DATE")
        if target.school and target.school in target.stored_names:
            columns[target.school] = "BIGINT"
        for key in target.natural_key:
            found = next(c for c in target.columns.values() if c.stored == key)
            columns[key] = "BIGINT" if found.is_reference else found.type
        if target.name == "school_enrolments":
            columns |= {"student_id": "BIGINT", "is_primary": "BOOLEAN"}
        wanted = {
            "id": "BIGINT",
            "ended_on": "DATE",
            "source": "VARCHAR",
            "owned_fields": "VARCHAR[]",
        } | columns
        values = ", ".join(
            stored_value(name, kind) if name in target.stored_names else "NULL"
            for name, kind in wanted.items()
        )
        # Primary enrolments of other sources may not overlap ours: of those all are fetched.
        of_own_ids = (
            target.entity and target.name != "school_enrolments" and not self.bench.matches.get(target.entity)
        )
        own = f"source = {text(self.bench.source)} AND entity = {text(target.entity)}"
        if of_own_ids and self.lacks_ids(target.entity):
            self._fetch_stored_with_ids(target, values, wanted, own)
        else:
            where = f"WHERE id IN (SELECT object_id FROM roster_externalid WHERE {own})" if of_own_ids else ""
            self.exchange.fetch(f"SELECT {values} FROM {target.table} {where}", wanted, "stored")
        self.live, corrected = self.db.execute(
            """SELECT count(*) FILTER (ended_on IS NULL AND (source IS NULL OR source = ?)), count(*) FILTER (owned_fields <> '')
               FROM stored""",
            [self.bench.source],
        ).fetchone()
        self.is_corrected = corrected > 0

    def _fetch_stored_with_ids(self, target: Target, values: str, wanted: dict[str, str], own: str) -> None:
        """The rows that this source has ids of, and those ids: asked for apart, they would be the same rows twice."""
        self.exchange.fetch(
            f"SELECT _key, _id, {values} FROM (SELECT external_id AS _key, object_id AS _id FROM roster_externalid WHERE {own}) k "
            f"LEFT JOIN {target.table} ON id = _id",
            {"_key": "VARCHAR", "_id": "BIGINT"} | wanted,
            "stored",
        )
        self.know_ids(target.entity, "SELECT _key AS external_id, _id AS id FROM stored")
        total, rows = self.db.execute("SELECT count(*), count(DISTINCT id) FROM stored").fetchone()
        if total > rows:  # an id whose row is gone, or two ids of one row
            self.db.execute(
                "CREATE OR REPLACE TABLE stored AS FROM stored WHERE id IS NOT NULL QUALIFY row_number() OVER (PARTITION BY id) = 1"
            )

    # -- the difference ------------------------------------------------------------------------------------------

    def _compare(self, target: Target, stage: Staged) -> None:
        number = next(self._number)
        piece = Piece(target, stage.hand_over.file, f"piece_{number}", stage.columns, stage.hand_over.also)
        self._give_ids(target, stage)
        self._resolve_own_kind(target, stage)
        if target.entity:
            join = "LEFT JOIN stored s ON s.id = h.id"
        else:
            keys = " AND ".join(
                f"s.{quoted(key)} IS NOT DISTINCT FROM h.{quoted(key)}" for key in target.natural_key
            )
            join = f"LEFT JOIN stored s ON {keys}"
        has_id = "id" in target.stored_names
        new = (
            "h._is_new" if target.entity else f"s.{'id' if has_id else quoted(target.natural_key[0])} IS NULL"
        )
        finals = {c.stored: self._final(target, c) for c in stage.columns}
        differs = {c.stored: self._differs(c, finals[c.stored]) for c in stage.columns}
        any_differs = " OR ".join(differs.values()) or "false"
        foreign = "" if target.entity or "source" not in target.stored_names else (
            f"WHEN NOT ({new}) AND s.source IS DISTINCT FROM {text(self.bench.source)} THEN 'same'"
        )  # fmt: skip
        untouched = "WHEN NOT (" + new + ") THEN 'same'" if target.only_if_absent else ""
        action = f"""CASE WHEN {new} AND h._ended THEN 'same' WHEN {new} THEN 'create' {foreign} {untouched}
                     WHEN h._ended AND s.ended_on IS NOT NULL THEN 'same' WHEN h._ended THEN 'end'
                     WHEN s.ended_on IS NOT NULL OR {any_differs} THEN 'change' ELSE 'same' END"""
        also = [
            f"h.{row}, ({' OR '.join(differs[c] for c in of) or 'false'}) AS {row}_changed"
            for row, of in piece.also.values()
        ]
        key = ["h.external_id"] if target.entity else []
        values = [f"{value} AS {quoted(name)}" for name, value in finals.items()]
        named = ", ".join(f"CASE WHEN {one} THEN {text(name)} END" for name, one in differs.items())
        which = f"CASE WHEN _action = 'change' THEN list_filter([{named}], lambda n: n IS NOT NULL) END AS _columns"
        identity = "h.id" if target.entity else ("s.id" if has_id else "NULL::BIGINT AS id")
        self.db.execute(
            f"CREATE TABLE {piece.relation} AS SELECT h._row, {action} AS _action, {which}, {', '.join([identity, *key, *also, *values])} "
            f"FROM {stage.relation} h {join}"
        )
        self.db.execute(f"DROP TABLE {stage.relation}")
        if not target.entity and has_id:
            self._number_new(target, piece)
        if target.entity in PEOPLE:
            self._take_once(piece)
        self._finish(target, piece)

    def _give_ids(self, target: Target, stage: Staged) -> None:
        """The stored id of each row, or a new one. Rows that may only change what is stored need to be stored."""
        if not target.entity:
            return
        known = self.ids(target.entity)
        self.db.execute(
            f"""CREATE OR REPLACE TABLE {stage.relation} AS SELECT h.*, k.id, k.id IS NULL AS _is_new
                FROM {stage.relation} h LEFT JOIN {known} k USING (external_id)"""
        )
        if stage.hand_over.update_only:
            self.bench.report(
                f"""SELECT {text(stage.hand_over.file)} AS file, _row AS row, '{MISSING}' AS code,
                           {text(stage.hand_over.name_in_file(target.key))} AS "column", external_id AS received
                    FROM {stage.relation} WHERE _is_new AND _row IS NOT NULL AND NOT _ended""",
                ROW, expected=f"the id of a {target.entity}", what_to_do="Send the record it points at, or correct the id.",
            )  # fmt: skip
            self.db.execute(f"DELETE FROM {stage.relation} WHERE _is_new AND NOT _ended")
            return
        self._leave_out_erased(target, stage)
        new = self.db.execute(
            f"SELECT count(*) FROM {stage.relation} WHERE _is_new AND NOT _ended"
        ).fetchone()[0]
        if not new:
            return
        self.exchange.take_ids(target.table, new)
        self.db.execute(
            f"""CREATE OR REPLACE TEMP TABLE given AS SELECT n.external_id, f.id FROM
                (SELECT external_id, row_number() OVER (ORDER BY _row, external_id) AS n FROM {stage.relation}
                 WHERE _is_new AND NOT _ended) n JOIN fresh f USING (n)"""
        )
        self.db.execute(
            f"UPDATE {stage.relation} h SET id = g.id FROM given g WHERE g.external_id = h.external_id"
        )
        self.db.execute(f"INSERT INTO {known} SELECT external_id, id FROM given")

    def _leave_out_erased(self, target: Target, stage: Staged) -> None:
        """Somebody who was erased does not come back with the next delivery."""
        erased = set(ErasedId.objects.values_list("digest", flat=True))
        if not erased or target.entity not in PEOPLE:
            return
        keys = self.db.execute(
            f"SELECT external_id FROM {stage.relation} WHERE _is_new AND NOT _ended"
        ).fetchall()
        again = [(key,) for (key,) in keys if digest(self.bench.source, target.entity, key) in erased]
        if not again:
            return
        self.db.execute("CREATE OR REPLACE TEMP TABLE erased (key VARCHAR)")
        self.db.executemany("INSERT INTO erased VALUES (?)", again)
        self.bench.report(
            f"""SELECT {text(stage.hand_over.file)} AS file, _row AS row, 'person.erased' AS code, 'sourcedId' AS "column",
                       NULL AS received FROM {stage.relation} WHERE external_id IN (SELECT key FROM erased) AND _row IS NOT NULL""",
            ROW, expected="nobody who was erased here", what_to_do="The person was erased. Erase them in the source too.",
        )  # fmt: skip
        self.db.execute(f"DELETE FROM {stage.relation} WHERE external_id IN (SELECT key FROM erased)")

    def _take_once(self, piece: Piece) -> None:
        """A person whom the source knows by two ids (joined here) is said once: by the row that says what is stored,
        or else by the first."""
        self.db.execute(
            f"""UPDATE {piece.relation} SET _action = 'same' FROM (
                    SELECT id AS of, min(_row) AS first, bool_or(_action = 'same') AS is_known FROM {piece.relation}
                    WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1) twice
                WHERE id = twice.of AND (twice.is_known OR _row > twice.first)"""
        )

    def _number_new(self, target: Target, piece: Piece) -> None:
        new = self.db.execute(f"SELECT count(*) FROM {piece.relation} WHERE _action = 'create'").fetchone()[0]
        if new:
            self.exchange.take_ids(target.table, new)
            self.db.execute(
                f"""UPDATE {piece.relation} p SET id = f.id FROM
                    (SELECT rowid AS r, row_number() OVER (ORDER BY rowid) AS n FROM {piece.relation} WHERE _action = 'create') o
                    JOIN fresh f USING (n) WHERE p.rowid = o.r"""
            )

    def _resolve_own_kind(self, target: Target, stage: Staged) -> None:
        """A parent of the same kind: found among the stored rows and those of this delivery."""
        for column in stage.columns:
            if not column.is_reference or column.references != target.entity:
                continue
            name, known = quoted(column.stored), self.ids(target.entity)
            self.bench.report(
                f"""SELECT {text(stage.hand_over.file)} AS file, h._row AS row, '{MISSING}' AS code,
                           {text(stage.hand_over.name_in_file(column.name))} AS "column", h.{name} AS received
                    FROM {stage.relation} h LEFT JOIN {known} k ON k.external_id = h.{name}
                    WHERE h.{name} IS NOT NULL AND k.id IS NULL AND h._row IS NOT NULL""",
                NOTICE, expected=f"the id of a {column.references}", what_to_do="The cell was left empty.",
            )  # fmt: skip
            self.db.execute(
                f"""CREATE OR REPLACE TABLE {stage.relation} AS SELECT h.* EXCLUDE ({name}), k.id AS {name}
                    FROM {stage.relation} h LEFT JOIN {known} k ON k.external_id = h.{name}"""
            )

    def _final(self, target: Target, column: Column) -> str:
        """The value a row ends up with: what somebody corrected here stays."""
        value = f"h.{quoted(column.stored)}"
        if not (self.is_corrected and target.entity):
            return value
        owned = (
            f"list_contains(string_split(coalesce(s.owned_fields, ''), {LIST_MARK}), {text(column.stored)})"
        )
        by_name = (
            f"list_contains(string_split(coalesce(s.owned_fields, ''), {LIST_MARK}), {text(column.name)})"
        )
        return f"CASE WHEN {owned} OR {by_name} THEN s.{quoted(column.stored)} ELSE {value} END"

    def _differs(self, column: Column, value: str) -> str:
        stored = f"s.{quoted(column.stored)}"
        if column.name == "metadata":
            same = f"{SAME_METADATA.format(value)} = {SAME_METADATA.format(stored)}"
            # CASE, because DuckDB works out both sides of an AND for every row, and equal texts are by far the most.
            return f"(CASE WHEN {value} IS NOT DISTINCT FROM {stored} THEN false ELSE NOT coalesce({same}, false) END)"
        return f"({value} IS DISTINCT FROM {stored})"

    def _finish(self, target: Target, piece: Piece) -> None:
        piece.counts = dict(
            self.db.execute(f"SELECT _action, count(*) FROM {piece.relation} GROUP BY 1").fetchall()
        )
        piece.live = self.live
        if "school_year" in {column.stored for column in piece.columns}:
            years = self.db.execute(
                f"SELECT DISTINCT school_year FROM {piece.relation} WHERE _action <> 'same' AND school_year IS NOT NULL"
            ).fetchall()
            piece.years = [row[0] for row in years]
        self.pieces.append(piece)
