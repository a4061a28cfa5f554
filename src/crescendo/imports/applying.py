"""Writing the planned difference, set by set, in the transaction of the caller. Before-images make undo exact."""

from collections.abc import Callable
from datetime import date

from django.db.backends.utils import CursorWrapper

from .bench import Workbench, quoted, text
from .exchange import Exchange, sent_value
from .planning import Piece
from .targets import Target
from .targets.declaration import literal

CREATED_PER_ROW = 5_000  # ids kept in one CreatedRows row
ENROLMENTS = "school_enrolments"


class Applier:
    """Applies the pieces of one run. Endings and changes come before new rows, so that a place is free when taken."""

    def __init__(
        self, bench: Workbench, exchange: Exchange, cursor: CursorWrapper, run_id: int,
        *, on_step: Callable[[str, int, int | None], None],
    ) -> None:  # fmt: skip
        self.bench, self.db, self.exchange, self.cursor = bench, bench.db, exchange, cursor
        self.run_id, self.on_step = run_id, on_step

    def apply(self, pieces: list[Piece]) -> None:
        self._rename()
        for position, piece in enumerate(pieces):
            self.on_step(f"writing {piece.target.name}", position, len(pieces))
            if piece.target.is_fact:
                self._apply_facts(piece)
            else:
                self._apply_rows(piece)
        for remember in self.bench.when_applied:
            remember(self.run_id, pieces)

    def _rename(self) -> None:
        """New ids of things that the source renamed, beside the old ones; the run remembers them for undo."""
        made: list[int] = []
        for entity, names in self.bench.renames.items():
            for old, new in names:
                self.cursor.execute(
                    """INSERT INTO roster_externalid (source, entity, external_id, object_id)
                       SELECT source, entity, %s, object_id FROM roster_externalid WHERE source = %s AND entity = %s AND external_id = %s
                       ON CONFLICT DO NOTHING RETURNING id""",
                    [new, self.bench.source, entity, old],
                )
                made += [row[0] for row in self.cursor.fetchall()]
        if made:
            self.bench.options["renamed_ids"] = made

    # -- rows of the roster --------------------------------------------------------------------------------------

    def _apply_rows(self, piece: Piece) -> None:
        target = piece.target
        has_id = "id" in target.stored_names
        if has_id:
            touched = self._send_touched(piece)
            if touched:
                self._keep_before(target, "touched")
                if target.name == ENROLMENTS:
                    self._free_primary_places()
                self._change(piece)
                self._end(piece)
                self._retract(piece)
                self._keep_after(target)
        self._create(piece, has_id=has_id)

    def _send_touched(self, piece: Piece) -> int:
        """The ids that will be changed, ended or retracted, into the temporary table `touched`."""
        parts = [f"SELECT id, CASE _action WHEN 'change' THEN 'changed' ELSE 'ended' END AS action FROM {piece.relation} "
                 "WHERE _action IN ('change', 'end')"]  # fmt: skip
        if piece.gone:
            gone = "ended" if piece.target.entity or piece.target.ends else "retracted"
            parts.append(f"SELECT id, '{gone}' FROM {piece.gone}")
        if piece.target.name == ENROLMENTS and self._has_trims():
            parts.append("SELECT id, 'changed' FROM trims")
        union = " UNION ALL ".join(parts)
        sql = f"SELECT id, min(action) FROM ({union}) GROUP BY id"
        number = self.db.execute(f"SELECT count(*) FROM ({sql})").fetchone()[0]
        if number:
            self.cursor.execute("DROP TABLE IF EXISTS touched")
            self.cursor.execute(
                "CREATE TEMP TABLE touched (id bigint PRIMARY KEY, action text) ON COMMIT DROP"
            )
            self.exchange.send(sql, "touched", ["id", "action"])
        return number

    def _has_trims(self) -> bool:
        found = self.db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'trims'").fetchone()
        return bool(found and self.db.execute("SELECT 1 FROM trims LIMIT 1").fetchone())

    def _keep_before(self, target: Target, touched: str) -> None:
        self.cursor.execute(
            f"INSERT INTO imports_change (run_id, target, action, object_id, before) "
            f"SELECT %s, %s, c.action, t.id, to_jsonb(t) FROM {target.table} t JOIN {touched} c USING (id)",
            [self.run_id, target.name],
        )

    def _keep_after(self, target: Target) -> None:
        self.cursor.execute(
            f"UPDATE imports_change c SET after = to_jsonb(t) FROM {target.table} t "
            "WHERE c.run_id = %s AND c.target = %s AND c.object_id = t.id",
            [self.run_id, target.name],
        )

    def _free_primary_places(self) -> None:
        """Primary enrolments may not overlap even for a moment: the touched ones step aside until all have moved."""
        self.cursor.execute("DROP TABLE IF EXISTS was_primary")
        self.cursor.execute(
            "CREATE TEMP TABLE was_primary ON COMMIT DROP AS "
            "SELECT id FROM roster_enrolment WHERE is_primary AND id IN (SELECT id FROM touched)"
        )
        self.cursor.execute(
            "UPDATE roster_enrolment SET is_primary = false WHERE id IN (SELECT id FROM was_primary)"
        )

    def _send_changed(self, piece: Piece) -> list[str]:
        """The changed rows, into the temporary table `incoming`; the names of their columns."""
        columns = {c.stored: "BIGINT" if c.is_reference else c.type for c in piece.columns}
        self._temporary(piece.target, ["id", *columns])
        values = ", ".join(sent_value(name, kind) for name, kind in columns.items())
        self.exchange.send(
            f"SELECT id, {values} FROM {piece.relation} WHERE _action = 'change'",
            "incoming",
            ["id", *columns],
        )
        return list(columns)

    def _change(self, piece: Piece) -> None:
        if not piece.count("change"):
            return
        target = piece.target
        columns = self._send_changed(piece)
        sets = [f"{quoted(name)} = n.{quoted(name)}" for name in columns]
        sets += ["ended_on = NULL"] if "ended_on" in target.stored_names else []
        self.cursor.execute(
            f"UPDATE {target.table} t SET {', '.join(sets)} FROM incoming n WHERE n.id = t.id"
        )

    def _end(self, piece: Piece) -> None:
        target, on = piece.target, self.bench.on
        sets = []
        if "ended_on" in target.stored_names:
            sets.append(f"ended_on = {literal(on)}")
        if target.ends:
            first, last = (quoted(name) for name in target.ends)
            # The day before is the last one. A row that ended earlier keeps its day; one that had not begun keeps its first.
            sets.append(f"{last} = greatest({first}, least({last}, {literal(on)} - 1))")
        if sets:
            self.cursor.execute(
                f"UPDATE {target.table} t SET {', '.join(sets)} FROM touched c WHERE c.id = t.id AND c.action = 'ended'"
            )
        if target.name == ENROLMENTS:
            self._settle_enrolments(piece, on)

    def _settle_enrolments(self, piece: Piece, on: date) -> None:
        if self._has_trims():
            self.cursor.execute("DROP TABLE IF EXISTS trimmed")
            self.cursor.execute("CREATE TEMP TABLE trimmed (id bigint, exit_on date) ON COMMIT DROP")
            self.exchange.send("SELECT id, exit_on FROM trims", "trimmed", ["id", "exit_on"])
            self.cursor.execute(
                "UPDATE roster_enrolment e SET exit_on = n.exit_on FROM trimmed n WHERE n.id = e.id"
            )
        # An enrolment that ended before its first day never was a primary one.
        self.cursor.execute(
            "UPDATE roster_enrolment e SET is_primary = true FROM was_primary w WHERE e.id = w.id "
            "AND NOT (e.ended_on IS NOT NULL AND e.entry_on >= %s) AND e.id <> ALL(%s)",
            [on, self._restated(piece)],
        )

    def _restated(self, piece: Piece) -> list[int]:
        """Enrolments whose new value of is_primary came with the delivery."""
        return [
            row[0]
            for row in self.db.execute(f"SELECT id FROM {piece.relation} WHERE _action = 'change'").fetchall()
        ]

    def _retract(self, piece: Piece) -> None:
        if piece.count("retract"):
            self.cursor.execute(
                f"DELETE FROM {piece.target.table} WHERE id IN (SELECT id FROM touched WHERE action = 'retracted')"
            )

    def _create(self, piece: Piece, *, has_id: bool) -> None:
        if not piece.count("create"):
            return
        target = piece.target
        given = {c.stored: "BIGINT" if c.is_reference else c.type for c in piece.columns}
        fixed = {
            column.stored: column.default
            for column in target.columns.values()
            if column.stored not in given and column.default is not None
        }
        fixed |= {"source": self.bench.source} if "source" in target.stored_names else {}
        fixed |= {"owned_fields": []} if "owned_fields" in target.stored_names else {}
        values = (["id"] if has_id else []) + [sent_value(name, kind) for name, kind in given.items()]
        values += ["'{}'" if value == [] else literal(value) for value in fixed.values()]
        names = (["id"] if has_id else []) + [*given, *fixed]
        where = f"FROM {piece.relation} WHERE _action = 'create'"
        self.exchange.send(f"SELECT {', '.join(values)} {where}", target.table, names)
        if target.entity:
            entity, source = text(target.entity), text(self.bench.source)
            self.exchange.send(
                f"SELECT {source}, {entity}, external_id, id {where}",
                "roster_externalid",
                ["source", "entity", "external_id", "object_id"],
            )
        if has_id:
            self._list_created(piece)

    def _list_created(self, piece: Piece) -> None:
        self.exchange.send(
            f"""SELECT {self.run_id}, {text(piece.target.name)}, '{{' || string_agg(id::VARCHAR, ',' ORDER BY id) || '}}'
                FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) // {CREATED_PER_ROW} AS part
                      FROM {piece.relation} WHERE _action = 'create') GROUP BY part ORDER BY part""",
            "imports_createdrows",
            ["run_id", "target", "object_ids"],
        )

    def _temporary(self, target: Target, columns: list[str]) -> None:
        names = ", ".join(quoted(name) for name in columns)
        self.cursor.execute("DROP TABLE IF EXISTS incoming")
        self.cursor.execute(
            f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {names} FROM {target.table} WITH NO DATA"
        )

    # -- facts ---------------------------------------------------------------------------------------------------

    def _apply_facts(self, piece: Piece) -> None:
        target = piece.target
        apart = (
            {year: self._begin_year(target, year) for year in piece.years} if piece.count("create") else {}
        )
        self._change_facts(piece)
        self._retract_facts(piece)
        if not piece.count("create"):
            return
        through_parent = []
        for year, partition in apart.items():
            new = f"FROM {piece.relation} WHERE _action = 'create' AND school_year = {year}"
            if partition:
                self._fill_year(piece, year, partition, new)
            else:
                through_parent.append(str(year))
        if through_parent:
            years = ", ".join(through_parent)
            self._send_facts(
                piece,
                target.table,
                f"FROM {piece.relation} WHERE _action = 'create' AND school_year IN ({years})",
            )

    def _begin_year(self, target: Target, year: int) -> str | None:
        """A table apart for the year's first facts of this kind; None where the year has some already."""
        self.cursor.execute("SELECT crescendo_begin_school_year(%s::regclass, %s)", [target.table, year])
        return self.cursor.fetchone()[0]

    def _fill_year(self, piece: Piece, year: int, partition: str, new: str) -> None:
        """Fill the year's table, then show it. One row goes in through the parent, so that its triggers see the change."""
        last = self.db.execute(f"SELECT source_key {new} LIMIT 1").fetchone()
        if last:
            self._send_facts(piece, partition, f"{new} AND source_key <> {text(last[0])}")
        self.cursor.execute("SELECT crescendo_show_school_year(%s::regclass, %s)", [piece.target.table, year])
        if last:
            self._send_facts(piece, piece.target.table, f"{new} AND source_key = {text(last[0])}")

    def _send_facts(self, piece: Piece, table: str, rows: str) -> None:
        target = piece.target
        given = {c.stored: "BIGINT" if c.is_reference else c.type for c in piece.columns}
        fixed = {
            column.stored: column.default
            for column in target.columns.values()
            if column.stored not in given and column.default is not None and column.stored != "id"
        } | {"source": self.bench.source, "import_id": self.run_id}
        values = [sent_value(name, kind) for name, kind in given.items()]
        values += [literal(value) for value in fixed.values()]
        sent = 0

        def report(number: int) -> None:
            nonlocal sent
            sent += number
            self.on_step(f"writing {target.name} ({sent >> 20} MB)", 0, None)

        self.exchange.send(f"SELECT {', '.join(values)} {rows}", table, [*given, *fixed], on_bytes=report)

    def _change_facts(self, piece: Piece) -> None:
        if not piece.count("change"):
            return
        target = piece.target
        columns = self._send_changed(piece)
        join = "t.id = n.id AND t.school_year = n.school_year"
        years = ", ".join(map(str, piece.years))
        self.cursor.execute(
            f"INSERT INTO imports_change (run_id, target, action, object_id, before) "
            f"SELECT %s, %s, 'changed', t.id, to_jsonb(t) FROM {target.table} t JOIN incoming n ON {join} "
            f"WHERE t.school_year IN ({years})",
            [self.run_id, target.name],
        )
        sets = ", ".join(f"{quoted(name)} = n.{quoted(name)}" for name in columns if name != "school_year")
        self.cursor.execute(
            f"UPDATE {target.table} t SET {sets} FROM incoming n WHERE {join} AND t.school_year IN ({years})"
        )

    def _retract_facts(self, piece: Piece) -> None:
        if not piece.count("retract"):
            return
        parts = [f"SELECT id, school_year FROM {piece.relation} WHERE _action = 'retract'"]
        parts += [f"SELECT id, school_year FROM {piece.gone}"] if piece.gone else []
        self._temporary(piece.target, ["id", "school_year"])
        self.exchange.send(" UNION ".join(parts), "incoming", ["id", "school_year"])
        self.cursor.execute(
            f"WITH gone AS (DELETE FROM {piece.target.table} t USING incoming n "
            "WHERE t.id = n.id AND t.school_year = n.school_year RETURNING t.*) "
            "INSERT INTO imports_change (run_id, target, action, object_id, before) "
            "SELECT %s, %s, 'retracted', id, to_jsonb(gone) FROM gone",
            [self.run_id, piece.target.name],
        )
