"""References between the files of a package (2.7). Strict refuses what does not resolve.

In forgiving mode the pipeline resolves single references and sets rows aside; here only lists are looked at, whose
dangling items are dropped.
"""

from crescendo.imports.bench import Workbench, quoted, text
from crescendo.imports.findings import ERROR, NOTICE, ROW

from . import kept, places
from .package import Delivery
from .specification import BY_NAME, KEPT, Column

ENTITIES = {
    "orgs.csv": ("org",), "academicSessions.csv": ("session",), "courses.csv": ("course",), "classes.csv": ("class",),
    "users.csv": ("student", "staff", "family"), "categories.csv": ("category",), "lineItems.csv": ("line_item",),
}  # fmt: skip


def check(bench: Workbench, delivery: Delivery) -> None:
    for name in delivery.views:
        for column in BY_NAME[name].columns_of(delivery.version):
            if column.type in {"ref", "refs"}:
                if bench.strict:
                    _check_strictly(bench, delivery, name, column)
                elif column.type == "refs":
                    _check_list(bench, delivery, name, column)
                elif name in KEPT and column.need(delivery.version) == "R":
                    _check_kept(bench, delivery, name, column)
        if name == "demographics.csv" and bench.strict:
            _check_strictly(bench, delivery, name, Column("sourcedId", "ref", target="users"))


def known(bench: Workbench, delivery: Delivery, file: str, *, stored: bool) -> str:
    """A SELECT of every id of a file: those of the package, and (if asked) those stored from this source."""
    parts = [f'SELECT "sourcedId" AS id FROM {delivery.views[file]}_raw'] if delivery.has(file) else []
    if stored:
        parts += [
            f"SELECT external_id AS id FROM {bench.known_ids(entity)}" for entity in ENTITIES.get(file, ())
        ]
        if file == "academicSessions.csv" and places.has_placeholder_sessions(bench):
            parts.append("SELECT id FROM placeholder_sessions")
        if file in KEPT:
            parts.append(kept.ids(bench, file))
        elif file == "results.csv" and not delivery.has(file):
            parts.append(_stored_results(bench))
    return " UNION ALL ".join(parts) or "SELECT NULL::VARCHAR AS id WHERE false"


def _items(delivery: Delivery, name: str, column: Column) -> str:
    view, cell = delivery.views[name], quoted(column.name)
    if column.type == "refs":
        return f"(SELECT _row, unnest({cell}) AS item FROM {view})"
    return f"(SELECT _row, {cell} AS item FROM {view}_raw WHERE {cell} IS NOT NULL)"


def _check_strictly(bench: Workbench, delivery: Delivery, name: str, column: Column) -> None:
    target, items, file = f"{column.target}.csv", _items(delivery, name, column), delivery.tables[name].name
    bulk = delivery.is_bulk(name)
    if not delivery.has(target) and bulk:
        bench.report(
            f"""SELECT {text(file)} AS file, _row AS row, 'reference.missing_target_file' AS code, {text(column.name)} AS "column",
                       item AS received FROM {items}""",
            ERROR, expected=f"{target} in the package", what_to_do="Add the file that these rows point at.",
        )  # fmt: skip
        return
    targets = known(bench, delivery, target, stored=not bulk)
    bench.report(
        f"""SELECT {text(file)} AS file, _row AS row, 'reference.missing_target_record' AS code, {text(column.name)} AS "column",
                   item AS received FROM {items} i ANTI JOIN ({targets}) k ON k.id = i.item""",
        ERROR, expected=f"the sourcedId of a row of {target}", what_to_do="Add the record, or correct the id.",
    )  # fmt: skip


def _stored_results(bench: Workbench) -> str:
    if not bench.db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'stored_results'").fetchone():
        bench.fetch_stored(
            f"SELECT source_key FROM records_courseworkresult WHERE source = {text(bench.source)}",
            {"id": "VARCHAR"},
            "stored_results",
        )
    return "SELECT id FROM stored_results"


def _check_kept(bench: Workbench, delivery: Delivery, name: str, column: Column) -> None:
    """A kept record that hangs on nothing says nothing: its row is set aside."""
    file, targets = delivery.tables[name].name, known(bench, delivery, f"{column.target}.csv", stored=True)
    bench.report(
        f"""SELECT {text(file)} AS file, _row AS row, 'reference.missing_target_record' AS code, {text(column.name)} AS "column",
                   item AS received FROM {_items(delivery, name, column)} i ANTI JOIN ({targets}) k ON k.id = i.item""",
        ROW, expected=f"the sourcedId of a row of {column.target}.csv", what_to_do="Send the record, or correct the id.",
    )  # fmt: skip


def _check_list(bench: Workbench, delivery: Delivery, name: str, column: Column) -> None:
    """Dangling items are dropped with a notice; a row whose required list is left empty is set aside."""
    target, items = f"{column.target}.csv", _items(delivery, name, column)
    file, found = delivery.tables[name].name, f"found_{name[:-4]}_{column.name}"
    bench.db.execute(
        f"""CREATE OR REPLACE TABLE {found} AS SELECT i._row, i.item, k.id IS NOT NULL AS is_known FROM {items} i
            LEFT JOIN (SELECT DISTINCT id FROM ({known(bench, delivery, target, stored=True)})) k ON k.id = i.item"""
    )
    lost = f"""SELECT {text(file)} AS file, _row AS row, 'reference.missing_target_record' AS code,
                      {text(column.name)} AS "column", item AS received FROM {found} WHERE NOT is_known"""
    empty = f"_row IN (SELECT _row FROM {found} GROUP BY _row HAVING NOT bool_or(is_known))"
    if column.need(delivery.version) == "R":
        bench.report(f"{lost} AND {empty}", ROW, expected=f"a sourcedId of {target}",
                     what_to_do="Send the record it points at, or correct the id.")  # fmt: skip
        lost += f" AND NOT ({empty})"
    bench.report(
        lost, NOTICE, expected=f"a sourcedId of {target}", what_to_do="The id was left out of the list."
    )
