"""Categories, line items and results: coursework."""

from crescendo.imports.bench import Workbench, text

from .package import Delivery
from .places import ENDED, aside, limited, metadata, mode


def hand_over(bench: Workbench, delivery: Delivery) -> None:
    _categories(bench, delivery)
    _line_items(bench, delivery)
    _results(bench, delivery)


def _present(bench: Workbench, delivery: Delivery, name: str) -> str:
    return f'SELECT "sourcedId" FROM {delivery.views[name]} WHERE _row IN {aside(bench, delivery, name)}'


def _categories(bench: Workbench, delivery: Delivery) -> None:
    name = "categories.csv"
    if delivery.has(name):
        bench.hand_over(
            "coursework_categories",
            f"""SELECT _row, "sourcedId" AS external_id, {ENDED}, {limited("title")} AS title, "weight" AS weight,
                       {metadata("dateLastModified")} FROM {delivery.views[name]}""",
            file=delivery.tables[name].name, mode=mode(delivery, name), present_sql=_present(bench, delivery, name),
            called=delivery.called(name),
        )  # fmt: skip


def _line_items(bench: Workbench, delivery: Delivery) -> None:
    name = "lineItems.csv"
    if not delivery.has(name):
        return
    bounded = '"resultValueMin" IS NULL OR "resultValueMax" IS NULL OR "resultValueMin" <= "resultValueMax"'
    bench.hand_over(
        "coursework_items",
        f"""SELECT _row, "sourcedId" AS external_id, {ENDED}, "classSourcedId" AS school_class, "categorySourcedId" AS category,
                   coalesce("academicSessionSourcedId", "gradingPeriodSourcedId") AS session, {limited("title")} AS title,
                   coalesce("description", '') AS description, "assignDate" AS assigned_on, "dueDate" AS due_on,
                   CASE WHEN {bounded} THEN "resultValueMin" END AS score_min,
                   CASE WHEN {bounded} THEN "resultValueMax" END AS score_max,
                   {metadata("dateLastModified")} FROM {delivery.views[name]}""",
        file=delivery.tables[name].name, mode=mode(delivery, name), present_sql=_present(bench, delivery, name),
        called=delivery.called(name),
    )  # fmt: skip


def _make_items(bench: Workbench, delivery: Delivery) -> None:
    """`items`: each line item's class, school and school year; those of the package before the stored ones."""
    bench.db.execute("CREATE TABLE item_classes (id VARCHAR, class VARCHAR)")
    if _names_other_items(bench, delivery):
        source = text(bench.source)
        bench.fetch_stored(
            f"""SELECT e.external_id, c.external_id FROM records_courseworkitem i
                JOIN roster_externalid e ON e.object_id = i.id AND e.entity = 'line_item' AND e.source = {source}
                JOIN roster_externalid c ON c.object_id = i.school_class_id AND c.entity = 'class' AND c.source = {source}""",
            {"id": "VARCHAR", "class": "VARCHAR"},
            "item_classes",
        )
    if delivery.has("lineItems.csv"):
        view = delivery.views["lineItems.csv"]
        bench.db.execute(f'DELETE FROM item_classes WHERE id IN (SELECT "sourcedId" FROM {view})')
        bench.db.execute(
            f'INSERT INTO item_classes SELECT DISTINCT ON ("sourcedId") "sourcedId", "classSourcedId" FROM {view}'
        )
    bench.db.execute(
        """CREATE TABLE items AS SELECT i.id, i.class, c.school, c.school_year FROM item_classes i
           LEFT JOIN class_info c ON c.id = i.class"""
    )


def _names_other_items(bench: Workbench, delivery: Delivery) -> bool:
    """Whether a result hangs on a line item that is not in the package."""
    if not delivery.has("lineItems.csv"):
        return True
    other = f"""SELECT 1 FROM {delivery.views["results.csv"]}_raw r
        ANTI JOIN {delivery.views["lineItems.csv"]}_raw l ON l."sourcedId" = r."lineItemSourcedId" LIMIT 1"""
    return bench.db.execute(other).fetchone() is not None


def _results(bench: Workbench, delivery: Delivery) -> None:
    name = "results.csv"
    if not delivery.has(name):
        return
    _make_items(bench, delivery)
    view, file = delivery.views[name], delivery.tables[name].name
    total, different = bench.db.execute(
        # As many hashes are as many ids; numbers are told apart in less time than texts.
        f"""SELECT count(*), count(DISTINCT CASE WHEN "sourcedId" IS NOT NULL THEN hash("sourcedId") END) FROM {view}_raw"""
    ).fetchone()
    joined = f'{view} r LEFT JOIN items i ON i.id = r."lineItemSourcedId"'
    bench.set_aside(
        f"""SELECT {text(file)} AS file, r._row AS row, 'reference.missing_target_record' AS code, 'lineItemSourcedId' AS "column",
                   r."lineItemSourcedId" AS received
            FROM {view} r ANTI JOIN (SELECT id FROM items WHERE school_year IS NOT NULL) i ON i.id = r."lineItemSourcedId"
            WHERE r._row NOT IN {aside(bench, delivery, name)}""",
        expected="the sourcedId of a line item of a class with sessions",
        what_to_do="Send the line item and its class, or correct the id.",
    )
    bench.hand_over(
        "coursework_results",
        f"""SELECT r._row, coalesce(r."status", '') = 'tobedeleted' AS _ended, r."sourcedId" AS source_key, i.school_year,
                   r."studentSourcedId" AS student, i.school AS school, i.class AS class, r."lineItemSourcedId" AS item,
                   left(r."scoreStatus", 40) AS status, r."score" AS score, {limited("textScore", 80)} AS score_text,
                   r."scoreDate" AS scored_on, r."late" AS is_late, r."missing" AS is_missing, r."incomplete" AS is_incomplete,
                   coalesce(r."comment", '') AS comment FROM {joined}""",
        file=file, mode=mode(delivery, name), is_unique=total == different, called=delivery.called(name),
        within_sql=delivery.memory.within if delivery.memory else "", within_years=delivery.memory.years if delivery.memory else (),
    )  # fmt: skip
