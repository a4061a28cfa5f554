"""Of everything that came about one thing, what holds: later wins over earlier, a deletion over older copies.

For each resource: `came_X` as read, and `now_X` (file, _row, key, uuid, ref_id, doc) as it holds after the delivery. What was
overtaken is accounted for, and `gone_X` (file, _row, key, uuid) names what the source deleted.
"""

from crescendo.imports.bench import Workbench, text
from crescendo.imports.findings import ERROR, NOTICE, ROW

from .keys import at, joined, key_in, key_of
from .package import PER_RUN

DUPLICATE = "row.duplicate_id"


def resolve_all(bench: Workbench, resources: set[str]) -> None:
    """Make `now_X` and `gone_X` for every resource that came, and `refs` of the ids that XML records give themselves."""
    bench.db.execute("CREATE TABLE overtaken (file VARCHAR, _row BIGINT)")
    bench.db.execute("CREATE TABLE refs (ref_id VARCHAR, resource VARCHAR, key VARCHAR)")
    bench.db.execute(
        "CREATE TABLE renames (resource VARCHAR, old_key VARCHAR, new_key VARCHAR, place BIGINT)"
    )
    for resource in sorted(resources):
        _resolve(bench, resource)
        bench.db.execute(
            f"INSERT INTO refs SELECT ref_id, '{resource}', key FROM now_{resource} WHERE ref_id IS NOT NULL"
        )
    _report_repeated_refs(bench)
    for name in bench.tables:
        bench.keep_only(name, f"SELECT _row FROM overtaken WHERE file = {text(name)}")


def _resolve(bench: Workbench, resource: str) -> None:
    db, came = bench.db, f"came_{resource}"
    db.execute(
        f"""CREATE TABLE keyed AS SELECT *, CASE operation WHEN 'upsert' THEN {key_of(resource)}
                WHEN 'delete' THEN {key_in(resource, "keyValues")} ELSE {key_in(resource, "newKeyValues")} END AS key FROM {came}"""
    )
    db.execute(f"DROP TABLE {came}")
    bench.report(
        f"""SELECT file, _row AS row, 'row.field_required' AS code, 'key' AS "column", NULL AS received
            FROM keyed WHERE key IS NULL AND operation = 'upsert'""",
        ERROR if bench.strict else ROW, expected="the values that name the record",
        what_to_do="The natural key is empty. Fill it in in the source.",
    )  # fmt: skip
    _set_aside_contradictions(bench, resource)
    db.execute(
        """CREATE TABLE newest AS SELECT *, row_number() OVER (PARTITION BY key ORDER BY place DESC, version DESC NULLS LAST,
                CASE WHEN place < 0 THEN -_row ELSE _row END DESC, file) AS n FROM keyed
            WHERE operation = 'upsert' AND key IS NOT NULL AND NOT contradicts"""
    )
    _delete(bench, resource)
    db.execute("INSERT INTO overtaken SELECT file, _row FROM newest WHERE n > 1 OR is_deleted")
    db.execute(
        f"""CREATE TABLE now_{resource} AS SELECT file, _row, key, uuid, ref_id, doc FROM newest WHERE n = 1 AND NOT is_deleted"""
    )
    db.execute(
        f"""INSERT INTO renames SELECT {text(resource)}, {key_in(resource, "oldKeyValues")}, key, place FROM keyed
            WHERE operation = 'key' AND key IS NOT NULL"""
    )
    db.execute("INSERT INTO overtaken SELECT file, _row FROM keyed WHERE operation = 'key'")
    db.execute("DROP TABLE keyed")
    db.execute("DROP TABLE newest")


def _set_aside_contradictions(bench: Workbench, resource: str) -> None:
    """Bulk files have no order among them: two records of one key that differ contradict each other."""
    bench.db.execute("ALTER TABLE keyed ADD COLUMN contradicts BOOLEAN DEFAULT false")
    bench.db.execute(
        """UPDATE keyed SET contradicts = true WHERE place < 0 AND key IN
           (SELECT key FROM keyed WHERE place < 0 GROUP BY key HAVING count(*) > 1 AND count(DISTINCT doc) > 1)"""
    )
    bench.set_aside(
        f"""SELECT file, _row AS row, '{DUPLICATE}' AS code, 'key' AS "column", key AS received FROM keyed WHERE contradicts""",
        expected="one record for each natural key",
        what_to_do=f"Two records of {resource} have the same key and say different things. Keep the right one.",
    )


def _delete(bench: Workbench, resource: str) -> None:
    """A deletion wins over every copy that is not newer. A record that was made again has another id, and stays."""
    db = bench.db
    db.execute(
        "CREATE TABLE deleted AS SELECT file, _row, place, uuid, key FROM keyed WHERE operation = 'delete'"
    )
    db.execute("ALTER TABLE newest ADD COLUMN is_deleted BOOLEAN DEFAULT false")
    db.execute(
        f"""UPDATE newest SET is_deleted = true FROM deleted d WHERE d.place >= newest.place AND (d.uuid = newest.uuid
            OR (d.key = newest.key AND (d.uuid IS NULL OR newest.uuid IS NULL OR d.place // {PER_RUN} > newest.place // {PER_RUN})))"""
    )
    db.execute(
        f"""UPDATE newest SET is_deleted = true FROM (SELECT {key_in(resource, "oldKeyValues")} AS old, place FROM keyed
            WHERE operation = 'key') r WHERE r.old = newest.key AND r.place > newest.place"""
    )
    db.execute(
        f"""CREATE TABLE gone_{resource} AS SELECT d.file, d._row, coalesce(d.key, n.key) AS key, d.uuid FROM deleted d
            LEFT JOIN (SELECT uuid, any_value(key) AS key FROM newest WHERE uuid IS NOT NULL GROUP BY 1) n USING (uuid)"""
    )
    db.execute("INSERT INTO overtaken SELECT file, _row FROM deleted")
    db.execute("DROP TABLE deleted")


def _report_repeated_refs(bench: Workbench) -> None:
    """An id that two records give themselves names neither."""
    twice = bench.db.execute(
        "SELECT count(*) FROM (SELECT ref_id FROM refs GROUP BY 1 HAVING count(DISTINCT resource || '|' || key) > 1)"
    ).fetchall()[0][0]
    if twice:
        bench.find("row.repeated_xml_id", NOTICE, column="id", count=twice, expected="each id once in a delivery",
                   what_to_do="References to these ids cannot be followed. Export the files together again.")  # fmt: skip
        bench.db.execute(
            "DELETE FROM refs WHERE ref_id IN (SELECT ref_id FROM refs GROUP BY 1 HAVING count(DISTINCT resource || '|' || key) > 1)"
        )


def referred(resource: str, reference: str, *names: str, document: str = "doc") -> str:
    """SQL of the key that a reference names: by its natural values or, in XML, by the id of a record of the delivery."""
    natural = [at(f"{reference}.{name}", document) for name in names]
    by_id = f"(SELECT any_value(key) FROM refs WHERE resource = '{resource}' AND ref_id = {at(f'{reference}.ref', document)})"
    return f"coalesce({by_id}, CASE WHEN {natural[-1]} IS NOT NULL THEN {joined(*natural)} END)"


__all__ = ["referred", "resolve_all"]
