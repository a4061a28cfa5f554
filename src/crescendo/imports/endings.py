"""Whom a delivery would end, school by school: for the page that asks, and for a yes to a part of it.

Every ending has a school where its row has one, through the class if need be. What belongs to a student who ends goes
with the student's school, whatever school it was at: a school that is held back keeps its students whole. What has no
school is 0.
"""

from collections.abc import Collection

from .bench import text
from .exchange import Exchange
from .planning import Piece
from .targets import Target

NO_SCHOOL = 0
PLACED = {"id": "BIGINT", "school_id": "BIGINT", "student_id": "BIGINT"}
OF_STUDENT = """(SELECT n.school_id FROM roster_enrolment n WHERE n.student_id = {student} AND n.is_primary
                 ORDER BY n.entry_on DESC LIMIT 1)"""
OF_CLASS = "(SELECT c.school_id FROM roster_schoolclass c WHERE c.id = t.{key})"
SCHOOL_OF = {  # of a row t of the target's table
    "students": OF_STUDENT.format(student="t.id"),
    "family_links": OF_STUDENT.format(student="t.student_id"),
    "student_characteristics": OF_STUDENT.format(student="t.student_id"),
    "family": "(SELECT min(" + OF_STUDENT.format(student="l.student_id") + ") FROM roster_familylink l "
    "WHERE l.family_member_id = t.id)",
    "staff": "(SELECT p.organisation_id FROM roster_post p WHERE p.staff_id = t.id ORDER BY p.begins_on DESC, p.id LIMIT 1)",
    "class_staff": OF_CLASS.format(key="school_class_id"),
    "class_enrolments": OF_CLASS.format(key="school_class_id"),
    "class_sessions": OF_CLASS.format(key="schoolclass_id"),
    "coursework_items": OF_CLASS.format(key="school_class_id"),
}  # fmt: skip


def place_endings(exchange: Exchange, pieces: list[Piece]) -> None:
    """Fill the DuckDB table `endings` (target, id, school_id, row) with every row that the plan would end or take back."""
    db = exchange.db
    db.execute("CREATE OR REPLACE TABLE endings (target VARCHAR, id BIGINT, school_id BIGINT)")
    for piece in pieces:
        if not piece.count("end") + piece.count("retract"):
            continue
        db.execute(f"CREATE OR REPLACE TABLE ending AS {_ending_rows(piece)}")
        exchange.cursor.execute("DROP TABLE IF EXISTS ending")
        exchange.cursor.execute("CREATE TEMP TABLE ending (id bigint) ON COMMIT DROP")
        exchange.send("SELECT id FROM ending", "ending", ["id"])
        exchange.fetch(_with_school(piece.target, piece.years), PLACED, "found")
        db.execute(
            """CREATE OR REPLACE TABLE placed AS SELECT f.id, coalesce(s.school_id, f.school_id) AS school_id
               FROM found f LEFT JOIN endings s ON s.target = 'students' AND s.id = f.student_id"""
        )
        db.execute(
            f"""INSERT INTO endings SELECT {text(piece.target.name)}, e.id, coalesce(p.school_id, {NO_SCHOOL})
                FROM ending e LEFT JOIN placed p USING (id)"""
        )
        piece.ended_by_school = dict(
            db.execute(
                """SELECT p.school_id, count(*) FROM ending JOIN placed p USING (id)
                   WHERE p.school_id IS NOT NULL GROUP BY 1 ORDER BY 1"""
            ).fetchall()
        )


def hold_back(exchange: Exchange, pieces: list[Piece], schools: Collection[int]) -> None:
    """Take the endings of these schools out of the plan: their rows stay live, and the next delivery asks again."""
    if not schools:
        return
    db = exchange.db
    held = ", ".join(str(int(school)) for school in schools)
    for piece in pieces:
        which = f"SELECT id FROM endings WHERE target = {text(piece.target.name)} AND school_id IN ({held})"
        if not db.execute(f"SELECT count(*) FROM ({which})").fetchone()[0]:
            continue
        if piece.gone:
            db.execute(f"DELETE FROM {piece.gone} WHERE id IN ({which})")
        db.execute(
            f"UPDATE {piece.relation} SET _action = 'same' WHERE _action IN ('end', 'retract') AND id IN ({which})"
        )
        _count_again(exchange, piece)
    db.execute(f"DELETE FROM endings WHERE school_id IN ({held})")


def _ending_rows(piece: Piece) -> str:
    parts = [f"SELECT id FROM {piece.relation} WHERE _action IN ('end', 'retract')"]
    parts += [f"SELECT id FROM {piece.gone}"] if piece.gone else []
    return " UNION ".join(parts)


def _with_school(target: Target, years: list[int]) -> str:
    """SQL over the temporary table `ending` (id): each id with its school, and the student it belongs to."""
    student = "t.student_id" if "student_id" in target.stored_names else "NULL::bigint"
    school = SCHOOL_OF.get(target.name) or (f"t.{target.school}" if target.school else "NULL::bigint")
    of_years = f" AND t.school_year IN ({', '.join(map(str, years)) or 'NULL'})" if target.is_fact else ""
    return f"SELECT e.id, {school}, {student} FROM ending e JOIN {target.table} t ON t.id = e.id{of_years}"


def _count_again(exchange: Exchange, piece: Piece) -> None:
    counted = f"SELECT _action, count(*) FROM {piece.relation} GROUP BY 1"
    piece.counts = dict(exchange.db.execute(counted).fetchall())
    if piece.gone:
        action = "end" if piece.target.entity or piece.target.ends else "retract"
        gone = exchange.db.execute(f"SELECT count(*) FROM {piece.gone}").fetchone()[0]
        piece.counts[action] = piece.counts.get(action, 0) + gone


def keep_list(exchange: Exchange, run_id: int) -> None:
    """Keep who would end while a person decides: ids only. What was decided meanwhile is let go."""
    exchange.cursor.execute(
        "DELETE FROM imports_ending e USING imports_importrun r WHERE r.id = e.run_id AND (r.state <> 'waiting' OR r.id = %s)",
        [run_id],
    )
    exchange.send(
        f"SELECT {int(run_id)}, target, id, nullif(school_id, {NO_SCHOOL}) FROM endings ORDER BY ALL",
        "imports_ending",
        ["run_id", "target", "object_id", "school_id"],
    )
