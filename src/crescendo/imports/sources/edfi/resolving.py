"""Of everything that came about one thing, what holds: later wins over earlier, a deletion over older copies.

`came` holds everything as read. For each resource `now_X` (file, _row, key, uuid, ref_id, doc) is what holds after the delivery,
and `gone_X` (file, _row, key, uuid) names what the source deleted. What was overtaken is accounted for.
"""

from crescendo.imports.bench import Workbench, text
from crescendo.imports.findings import ERROR, NOTICE, ROW

from .keys import at, joined
from .package import PER_RUN

DUPLICATE = "row.duplicate_id"


def resolve_all(bench: Workbench, resources: set[str]) -> None:
    """Make `now_X` and `gone_X` for every resource that came, and `refs` of the ids that XML records give themselves."""
    db = bench.db
    bench.report(
        """SELECT file, _row AS row, 'row.field_required' AS code, 'key' AS "column", NULL AS received
           FROM came WHERE key IS NULL AND operation = 'upsert'""",
        ERROR if bench.strict else ROW, expected="the values that name the record",
        what_to_do="The natural key is empty. Fill it in in the source.",
    )  # fmt: skip
    _set_aside_contradictions(bench)
    db.execute(
        """CREATE TABLE ranked AS SELECT rid, resource, file, _row, place, key, uuid, row_number() OVER (
                PARTITION BY resource, key ORDER BY place DESC, version DESC NULLS LAST,
                    CASE WHEN place < 0 THEN -rid ELSE rid END DESC) > 1 AS loses
           FROM came WHERE operation = 'upsert' AND key IS NOT NULL AND rid NOT IN (SELECT rid FROM contradicting)"""
    )
    _take_away_deleted(bench)
    db.execute("CREATE TABLE overtaken AS SELECT file, _row FROM ranked WHERE loses")
    db.execute("INSERT INTO overtaken SELECT file, _row FROM came WHERE operation <> 'upsert'")
    for name in bench.tables:
        bench.keep_only(name, f"SELECT _row FROM overtaken WHERE file = {text(name)}")
    db.execute("CREATE TABLE holding AS SELECT rid FROM ranked WHERE NOT loses")
    for resource in resources:
        db.execute(
            f"""CREATE VIEW now_{resource} AS SELECT file, _row, key, uuid, ref_id, doc FROM came
                WHERE resource = {text(resource)} AND rid IN (SELECT rid FROM holding)"""
        )
        db.execute(
            f"CREATE VIEW gone_{resource} AS SELECT * EXCLUDE (resource) FROM gone WHERE resource = {text(resource)}"
        )
    _learn_refs(bench)


def _set_aside_contradictions(bench: Workbench) -> None:
    """Bulk files have no order among them: two records of one key that differ contradict each other."""
    bench.db.execute(
        """CREATE TABLE contradicting AS SELECT rid, file, _row, key FROM came JOIN (SELECT resource, key FROM came
            WHERE place < 0 AND key IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1 AND count(DISTINCT doc) > 1) USING (resource, key)
           WHERE place < 0"""
    )
    bench.set_aside(
        f"""SELECT file, _row AS row, '{DUPLICATE}' AS code, 'key' AS "column", key AS received FROM contradicting""",
        expected="one record for each natural key",
        what_to_do="Two records with this key say different things. Keep the right one.",
    )


def _take_away_deleted(bench: Workbench) -> None:
    """A deletion wins over every copy that is not newer. A record that was made again has another id, and stays.

    A key that was renamed takes its older copies along: the record comes again under its new key.
    """
    db = bench.db
    db.execute(
        "CREATE TABLE deleted AS SELECT resource, file, _row, place, uuid, key FROM came WHERE operation = 'delete'"
    )
    later = f"d.key = ranked.key AND (d.uuid IS NULL OR ranked.uuid IS NULL OR d.place // {PER_RUN} > ranked.place // {PER_RUN})"
    db.execute(
        f"""UPDATE ranked SET loses = true FROM deleted d WHERE d.resource = ranked.resource AND d.place >= ranked.place
            AND (d.uuid = ranked.uuid OR ({later}))"""
    )
    db.execute(
        """UPDATE ranked SET loses = true FROM came r WHERE r.operation = 'key' AND r.resource = ranked.resource
           AND r.old_key = ranked.key AND r.place > ranked.place"""
    )
    db.execute(
        """CREATE TABLE gone AS SELECT d.resource, d.file, d._row, coalesce(d.key, r.key) AS key, d.uuid FROM deleted d
           LEFT JOIN (SELECT resource, uuid, any_value(key) AS key FROM ranked WHERE uuid IS NOT NULL GROUP BY 1, 2) r
           ON r.resource = d.resource AND r.uuid = d.uuid"""
    )


def _learn_refs(bench: Workbench) -> None:
    """An id that two records give themselves names neither."""
    bench.db.execute(
        """CREATE TABLE refs AS SELECT ref_id, any_value(resource) AS resource, any_value(key) AS key, count(*) AS n
           FROM came WHERE ref_id IS NOT NULL AND rid IN (SELECT rid FROM holding) GROUP BY 1"""
    )
    twice = bench.db.execute("SELECT count(*) FROM refs WHERE n > 1").fetchall()[0][0]
    if twice:
        bench.find("row.repeated_xml_id", NOTICE, column="id", count=twice, expected="each id once in a delivery",
                   what_to_do="References to these ids cannot be followed. Export the files together again.")  # fmt: skip
        bench.db.execute("DELETE FROM refs WHERE n > 1")


def referred(resource: str, reference: str, *names: str, document: str = "doc") -> str:
    """SQL of the key that a reference names: by its natural values or, in XML, by the id of a record of the delivery."""
    natural = [at(f"{reference}.{name}", document) for name in names]
    by_id = f"(SELECT any_value(key) FROM refs WHERE resource = '{resource}' AND ref_id = {at(f'{reference}.ref', document)})"
    return f"coalesce({by_id}, CASE WHEN {natural[-1]} IS NOT NULL THEN {joined(*natural)} END)"


__all__ = ["referred", "resolve_all"]
