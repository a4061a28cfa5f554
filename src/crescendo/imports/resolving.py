"""Finding our ids for the other system's: among the rows of this delivery, then among the stored ones."""

from dataclasses import dataclass

from .bench import HandOver, Workbench, quoted, text
from .exchange import LIST_MARK, Exchange
from .findings import NOTICE, ROW
from .targets import ORDER, Target, get_target
from .targets.declaration import Column, literal

MISSING = "reference.missing_target_record"
OUR_ID = "our_id"  # by our own number, as `crescendo-student-12`: for a source that found the person itself


@dataclass
class Staged:
    """A hand-over whose references are resolved."""

    hand_over: HandOver
    relation: str
    columns: list[Column]
    present: str = ""


class Resolver:
    """What the planner knows about ids. `incoming` is the relation of the hand-over that is being staged."""

    bench: Workbench
    exchange: Exchange
    incoming: str

    def __init__(self, bench: Workbench, exchange: Exchange) -> None:
        self.bench, self.db, self.exchange, self.incoming = bench, bench.db, exchange, ""
        self._ids: set[str] = set()

    def lacks_ids(self, entity: str) -> bool:
        """Whether the stored ids are still to be asked for, and are all that such things are known by."""
        return entity not in self._ids and not self.bench.renames.get(entity)

    def know_ids(self, entity: str, sql: str) -> None:
        """Take the stored ids from a SELECT of DuckDB, in the place of asking for them."""
        self._ids.add(entity)
        self.db.execute(f"CREATE TABLE ids_{entity} AS {sql}")

    def ids(self, entity: str) -> str:
        """The DuckDB table of an entity's ids: external_id, id. Stored ones at first; new ones are added as planned."""
        relation = f"ids_{entity}"
        if entity in self._ids:
            return relation
        self._ids.add(entity)
        match = self.bench.matches.get(entity, {})
        sources = {self.bench.source, match.get("source") or self.bench.source}
        names = ", ".join(text(name) for name in sorted(sources))
        own = f"SELECT external_id, object_id FROM roster_externalid WHERE entity = {text(entity)} AND source IN ({names})"
        columns = {"external_id": "VARCHAR", "id": "BIGINT"}
        by = match.get("by", "external_id")
        self.exchange.fetch(own, columns, relation)
        if by == OUR_ID:
            self._add_our_ids(entity, relation)
        elif by != "external_id":
            self._add_ids_by_column(entity, by, relation)
        for old, new in self.bench.renames.get(entity, ()):
            self.db.execute(
                f"""INSERT INTO {relation} SELECT ?, id FROM {relation} WHERE external_id = ?
                    AND ? NOT IN (SELECT external_id FROM {relation})""",
                [new, old, new],
            )
        if len(sources) == 1 and by == "external_id":  # each id once, says PostgreSQL
            return relation
        # An id that two sources use for different things names neither.
        self.db.execute(
            f"""CREATE OR REPLACE TABLE {relation} AS SELECT external_id, min(id) AS id FROM {relation}
                GROUP BY external_id HAVING count(DISTINCT id) = 1"""
        )
        return relation

    def _add_our_ids(self, entity: str, relation: str) -> None:
        table = next(one.table for one in map(get_target, ORDER) if one.entity == entity)
        self.exchange.fetch(
            f"SELECT {text(f'crescendo-{entity}-')} || id, id FROM {table}",
            {"external_id": "VARCHAR", "id": "BIGINT"},
            "matched",
        )
        self.db.execute(
            f"INSERT INTO {relation} SELECT * FROM matched WHERE external_id NOT IN (SELECT external_id FROM {relation})"
        )

    def _add_ids_by_column(self, entity: str, by: str, relation: str) -> None:
        target = next(one for one in map(get_target, ORDER) if one.entity == entity)
        if by not in target.matched_by:
            raise ValueError(
                f"{entity} cannot be matched by '{by}'. Use one of: {', '.join(target.matched_by)}."
            )
        self.exchange.fetch(
            f"""SELECT trim({by}), min(id) FROM {target.table} WHERE {by} <> '' AND ended_on IS NULL
                GROUP BY 1 HAVING count(*) = 1""",
            {"external_id": "VARCHAR", "id": "BIGINT"},
            "matched",
        )
        self.db.execute(
            f"INSERT INTO {relation} SELECT * FROM matched WHERE external_id NOT IN (SELECT external_id FROM {relation})"
        )

    def _resolve(self, target: Target, stage: Staged) -> None:
        """Our ids for the other system's. A required one that is not found sets the row aside."""
        references = [c for c in stage.columns if c.is_reference and c.references != target.entity]
        joins = {
            c.name: f"LEFT JOIN {self.ids(c.references)} {_joined(c)} ON {_joined(c)}.external_id = i.{quoted(c.name)}"
            for c in references
        }
        plain = [c for c in stage.columns if not c.is_reference and c.required]
        selected = [
            f"i.{name}" for name in self._incoming_names() if name.startswith("_") or name == "external_id"
        ]
        selected += [self._selected(target, column, joins) for column in stage.columns]
        self.db.execute(
            f"CREATE TABLE {stage.relation} AS SELECT {', '.join(selected)} FROM {self.incoming} i {' '.join(joins.values())}"
        )
        self._leave_out_missing(stage, [c for c in references if c.required], joins)
        self._say_left_empty(stage, [c for c in references if not c.required], joins)
        self._require(target, stage, plain)

    def _incoming_names(self) -> list[str]:
        return [row[0] for row in self.db.execute(f"DESCRIBE {self.incoming}").fetchall()]

    def _selected(self, target: Target, column: Column, joins: dict[str, str]) -> str:
        name = f"i.{quoted(column.name)}"
        if column.is_reference:  # a reference to its own kind waits until the new rows have their ids
            return f"{f'{_joined(column)}.id' if column.name in joins else name} AS {quoted(column.stored)}"
        if column.type == "VARCHAR[]":
            return f"array_to_string(coalesce({name}, []), {LIST_MARK}) AS {quoted(column.stored)}"
        if column.default is not None:
            return f"coalesce(CAST({name} AS {column.type}), {literal(column.default)}) AS {quoted(column.stored)}"
        return f"CAST({name} AS {column.type}) AS {quoted(column.stored)}"

    def _leave_out_missing(self, stage: Staged, references: list[Column], joins: dict[str, str]) -> None:
        """Set rows aside whose required references were not found. What is staged says it: nothing is joined twice."""
        if not references:
            return
        lost = [f"({quoted(c.stored)} IS NULL AND NOT _ended)" for c in references]
        counts = ", ".join(f"count(*) FILTER {condition}" for condition in lost)
        missing = self.db.execute(f"SELECT {counts} FROM {stage.relation}").fetchone()
        for column, number in zip(references, missing, strict=True):
            if number:
                self._report_missing(stage, column, joins[column.name])
        if any(missing):
            self.db.execute(f"DELETE FROM {stage.relation} WHERE {' OR '.join(lost)}")

    def _say_left_empty(self, stage: Staged, references: list[Column], joins: dict[str, str]) -> None:
        """Say which optional references were not found. One pass counts them all; most deliveries end there."""
        if not references:
            return
        counts = ", ".join(f"count(*) FILTER (WHERE {self._is_lost(c)})" for c in references)
        used = " ".join(joins[c.name] for c in references)
        missing = self.db.execute(f"SELECT {counts} FROM {self.incoming} i {used}").fetchone()
        for column, number in zip(references, missing, strict=True):
            if number:
                self._report_missing(stage, column, joins[column.name])

    def _is_lost(self, column: Column) -> str:
        given = "" if column.required else f"AND i.{quoted(column.name)} IS NOT NULL"
        return f"{_joined(column)}.id IS NULL AND i._row IS NOT NULL AND NOT i._ended {given}"

    def _report_missing(self, stage: Staged, column: Column, join: str) -> None:
        self.bench.report(
            f"""SELECT {text(stage.hand_over.file)} AS file, i._row AS row, '{MISSING}' AS code,
                       {text(stage.hand_over.name_in_file(column.name))} AS "column", i.{quoted(column.name)} AS received
                FROM {self.incoming} i {join} WHERE {self._is_lost(column)}""",
            ROW if column.required else NOTICE,
            expected=f"the id of a {column.references} in this delivery or an earlier one",
            what_to_do="Send the record it points at, or correct the id."
            if column.required
            else "The cell was left empty.",
        )

    def _require(self, target: Target, stage: Staged, columns: list[Column]) -> None:
        """Set rows aside that lack a required value. One pass counts them; most deliveries end there."""
        if not columns:
            return
        counts = ", ".join(f"count(*) FILTER ({quoted(c.stored)} IS NULL)" for c in columns)
        empty = self.db.execute(f"SELECT {counts} FROM {stage.relation} WHERE NOT _ended").fetchone()
        for column, number in zip(columns, empty, strict=True):
            if not number:
                continue
            name = quoted(column.stored)
            self.bench.report(
                f"""SELECT {text(stage.hand_over.file)} AS file, _row AS row, 'row.field_required' AS code,
                           {text(stage.hand_over.name_in_file(column.name))} AS "column", NULL AS received
                    FROM {stage.relation} WHERE {name} IS NULL AND NOT _ended AND _row IS NOT NULL""",
                ROW, expected="a value", what_to_do="Fill in the cell.",
            )  # fmt: skip
        if any(empty):
            lacking = " OR ".join(f"{quoted(c.stored)} IS NULL" for c in columns)
            self.db.execute(f"DELETE FROM {stage.relation} WHERE NOT _ended AND ({lacking})")


def _joined(column: Column) -> str:
    """The name under which the ids that a reference may mean are joined."""
    return quoted(f"ids of {column.name}")
