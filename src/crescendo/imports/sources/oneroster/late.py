"""Rows of a delta that come late: what is stored changed after they did. They are left alone, and said.

Also a whole delivery that comes late: the same bytes were applied before, and others since.
"""

from crescendo.imports.bench import Workbench, text
from crescendo.imports.findings import NOTICE

from .package import Delivery
from .specification import KEPT

# Where the last change of a stored row is found: its entity and table, by file. A user is one of three.
STORED = {
    "orgs.csv": (("org", "roster_organisation"),),
    "academicSessions.csv": (("session", "roster_academicsession"),),
    "courses.csv": (("course", "roster_course"),),
    "classes.csv": (("class", "roster_schoolclass"),),
    "users.csv": (("student", "roster_student"), ("staff", "roster_staffmember"), ("family", "roster_familymember")),
    "enrollments.csv": (("enrollment", "roster_classenrolment"), ("class_staff", "roster_classstaff")),
    "categories.csv": (("category", "records_courseworkcategory"),),
    "lineItems.csv": (("line_item", "records_courseworkitem"),),
}  # fmt: skip
# These rows end in tables that have no place for it: when they last changed is kept beside them.
BESIDE = ("roles.csv", "demographics.csv", "results.csv")


def leave_out_late_rows(bench: Workbench, delivery: Delivery) -> None:
    """Rows of delta files that are older than what is stored are read and change nothing."""
    for name in list(delivery.views):
        if delivery.is_bulk(name) or bench.strict:
            continue
        view, file = delivery.views[name], delivery.tables[name].name
        if not bench.db.execute(
            f'SELECT 1 FROM {view} WHERE "dateLastModified" IS NOT NULL LIMIT 1'
        ).fetchone():
            continue
        _fetch_last_changes(bench, name)
        late = f"late_{name[:-4]}"
        bench.db.execute(
            f"""CREATE TABLE {late} AS SELECT v._row, v."dateLastModified" AS changed_at FROM {view} v
                JOIN (SELECT id, max(changed_at) AS changed_at FROM last_changes GROUP BY 1) c ON c.id = v."sourcedId"
                WHERE v."dateLastModified" < c.changed_at"""
        )
        if not bench.report(
            f"""SELECT {text(file)} AS file, _row AS row, 'row.older_than_stored' AS code, 'dateLastModified' AS "column",
                       changed_at::VARCHAR AS received FROM {late}""",
            NOTICE, expected="a change later than the one that is stored", what_to_do="The row came late and was left alone.",
        ):  # fmt: skip
            continue
        for suffix in ("", "_raw", "_both"):
            bench.db.execute(
                f"CREATE VIEW {view}_timely{suffix} AS SELECT * FROM {view}{suffix} WHERE _row NOT IN (SELECT _row FROM {late})"
            )
        delivery.views[name] = f"{view}_timely"
        bench.keep_only(file, f"SELECT _row FROM {late}")


def _fetch_last_changes(bench: Workbench, name: str) -> None:
    """`last_changes`: when each stored row of a file last changed, by its id."""
    if name in KEPT or name in BESIDE:
        bench.fetch_stored(
            "SELECT data::jsonb->>'sourcedId', (data::jsonb->>'dateLastModified')::timestamptz FROM records_keptrecord "
            f"WHERE source = {text(bench.source)} AND kind = {text(name[:-4])} AND data::jsonb->>'dateLastModified' <> ''",
            {"id": "VARCHAR", "changed_at": "TIMESTAMPTZ"},
            "last_changes",
        )
        return
    bench.db.execute("CREATE OR REPLACE TABLE last_changes (id VARCHAR, changed_at TIMESTAMPTZ)")
    for entity, table in STORED[name]:
        bench.fetch_stored(
            f"SELECT id, (metadata->>'dateLastModified')::timestamptz FROM {table} WHERE metadata->>'dateLastModified' <> ''",
            {"id": "BIGINT", "changed_at": "TIMESTAMPTZ"},
            "changed_objects",
        )
        bench.db.execute(
            f"""INSERT INTO last_changes SELECT k.external_id, c.changed_at FROM changed_objects c
                JOIN {bench.known_ids(entity)} k USING (id)"""
        )


def say_if_delivered_before(bench: Workbench) -> None:
    """The same bytes as an earlier delivery that others have followed: perhaps last week's file, sent again."""
    names = sorted(file.path.name for file in bench.files)  # raw files are named by their content
    digests = ", ".join(text(name) for name in names)
    bench.fetch_stored(
        f"""WITH applied AS (
                SELECT r.id, r.finished_at, (SELECT array_agg(l->>'sha256' ORDER BY l->>'sha256') FROM jsonb_array_elements(r.landed) l) AS bytes
                FROM imports_importrun r JOIN imports_source s ON s.id = r.source_id
                WHERE s.slug = {text(bench.source)} AND r.state = 'applied')
            SELECT max(finished_at)::date::text FROM applied WHERE bytes = ARRAY[{digests}]::text[]
            HAVING max(id) < (SELECT max(id) FROM applied)""",  # noqa: E501
        {"day": "VARCHAR"},
        "delivered_before",
    )  # fmt: skip
    if found := bench.db.execute("SELECT day FROM delivered_before WHERE day IS NOT NULL").fetchone():
        bench.notice(
            "package.delivered_before", file=bench.files[0].name, received=found[0], expected="a newer delivery",
            what_to_do="The same bytes were applied before, and others since. If this is an old file, undo this delivery.",
        )  # fmt: skip


__all__ = ["BESIDE", "leave_out_late_rows", "say_if_delivered_before"]
