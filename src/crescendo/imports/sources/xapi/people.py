# ruff: noqa: E501 (SQL reads better in its own lines)
"""Whom an actor is: by mailbox, its digest, user name, or an id of theirs. Never by a displayed name, never by a guess.

An account name counts as an id of this source, or of the one that the source's settings name. An id of any other source
counts only where it is a UUID: a plain number of one system is another child's number in the next.
"""

import pyarrow as pa

from crescendo.imports.bench import Workbench, text

from .agents import callings_of
from .statements import UUID

PEOPLE = {"student": "roster_student", "staff": "roster_staffmember"}


def find(bench: Workbench) -> None:
    """Columns `student_id` and `staff_id` of `statements`; actors whom nobody or more than one person answers to are said."""
    rows: list[tuple[str, str, int, bool]] = []
    for entity, table in PEOPLE.items():
        rows += _known(bench, entity, table)
    names = ("calling", "entity", "id", "is_live")
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], [], []]
    types = (pa.string(), pa.string(), pa.int64(), pa.bool_())
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
    bench.db.register("arriving", pa.Table.from_arrays(arrays, names=list(names)))
    bench.db.execute("CREATE TABLE people AS SELECT DISTINCT * FROM arriving")
    bench.db.unregister("arriving")
    # Who left counts only where nobody who is here answers: a user name goes to the next child.
    bench.db.execute(
        """CREATE TABLE actors AS
           WITH found AS (SELECT c.actor, p.entity, p.id, p.is_live, max(p.is_live) OVER (PARTITION BY c.actor) AS any_live
                          FROM callings c JOIN people p USING (calling)),
                best AS (SELECT DISTINCT actor, entity, id FROM found WHERE is_live = any_live)
           SELECT actor, count(*) AS persons, min(id) FILTER (entity = 'student') AS student_id, min(id) FILTER (entity = 'staff') AS staff_id
           FROM best GROUP BY actor"""
    )
    bench.db.execute(
        """CREATE TABLE placed AS SELECT s.*, CASE WHEN a.persons = 1 THEN a.student_id END AS student_id,
             CASE WHEN a.persons = 1 THEN a.staff_id END AS staff_id, coalesce(a.persons, 0) AS persons
           FROM statements s LEFT JOIN actors a USING (actor)"""
    )
    for code, condition, what in (
        ("actor.unknown", "persons = 0", "Kept without a student. Give the person this user name, e-mail or id, and send it again."),
        ("actor.ambiguous", "persons > 1", "Kept without a student: more than one person answers to it. Correct the roster, and send it again."),
    ):  # fmt: skip
        bench.report(
            f"""SELECT file, _row AS row, '{code}' AS code, 'actor' AS "column", NULL AS received FROM placed WHERE {condition}""",
            "notice", expected="an actor on the roster", what_to_do=what,
        )  # fmt: skip


def _known(bench: Workbench, entity: str, table: str) -> list[tuple[str, str, int, bool]]:
    named = {bench.source, bench.settings.get("match", {}).get(entity, {}).get("source", bench.source)}
    erased = "erased_at IS NULL" if entity == "student" else "true"
    relation = f"known_people_{entity}"
    bench.fetch_stored(
        f"SELECT id, username, email, ended_on IS NULL FROM {table} WHERE {erased}",
        {"id": "BIGINT", "username": "VARCHAR", "email": "VARCHAR", "is_live": "BOOLEAN"}, relation,
    )  # fmt: skip
    bench.fetch_stored(
        f"""SELECT external_id, object_id, source IN ({", ".join(map(text, sorted(named)))}) FROM roster_externalid
            WHERE entity = {text(entity)}""",
        {"external_id": "VARCHAR", "id": "BIGINT", "is_named": "BOOLEAN"}, f"{relation}_ids",
    )  # fmt: skip
    ids: dict[int, list[str]] = {}
    for external_id, id_, is_named in bench.db.execute(f"SELECT * FROM {relation}_ids").fetchall():
        if is_named or UUID.fullmatch(external_id):
            ids.setdefault(id_, []).append(external_id)
    return [
        (calling, entity, id_, is_live)
        for id_, username, email, is_live in bench.db.execute(f"SELECT * FROM {relation}").fetchall()
        for calling in callings_of(username=username or "", email=email or "", ids=ids.get(id_, []))
    ]
