"""Undoing a turn: every row as it was before. Refused, with names, where something has been built on it since."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from crescendo.accounts import actions as accounts
from crescendo.imports.progress import APPLY_LOCK
from crescendo.imports.progress import LOCK_SPACE as IMPORTS
from crescendo.plans import turning as plans
from crescendo.records import changes

from .models import Turn
from .turning import CLASS_STAFF, CLASS_STUDENTS, ENROLMENTS, IDS

NAMED = 50
TABLES = (CLASS_STUDENTS, CLASS_STAFF, ENROLMENTS)
STUDENTS_FACTS = (
    "records_attendanceevent",
    "records_assessmentresult",
    "records_courseworkresult",
    "records_participationcheck",
    "records_activityevent",
    "records_behaviourincident",
    "records_courseoutcome",
)
TOUCHED = """
SELECT {who} FROM years_change c LEFT JOIN {table} t ON t.id = c.object_id
WHERE c.turn_id = %s AND c."table" = '{table}' AND to_jsonb(t) IS DISTINCT FROM c.after ORDER BY 1
"""
FACTS = """
SELECT DISTINCT f.student_id FROM {table} f
JOIN years_change c ON c.turn_id = %s AND c."table" = 'roster_enrolment' AND c.before IS NULL
  AND (c.after->>'student_id')::bigint = f.student_id
WHERE f.school_year = %s ORDER BY 1
"""
IN_CLASSES = """
SELECT DISTINCT r.student_id FROM roster_classenrolment r JOIN roster_schoolclass k ON k.id = r.school_class_id
JOIN years_change c ON c.turn_id = %s AND c."table" = 'roster_enrolment' AND c.before IS NULL
  AND (c.after->>'student_id')::bigint = r.student_id
WHERE k.school_year = %s ORDER BY 1
"""


def undo(turn: Turn, *, at: datetime, on_step: Callable[[str], None]) -> Turn:
    """Put every row back; or nothing, with the list of what depends on it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORTS, APPLY_LOCK])
        turn = Turn.objects.select_for_update(of=("self",), no_key=True).get(pk=turn.pk)
        if turn.state != Turn.State.UNDO_ASKED:
            return turn
        on_step("checking")
        turn.blockers = find_dependants(turn) or _put_back(turn, on_step)
        turn.state = Turn.State.DONE if turn.blockers else Turn.State.UNDONE
        turn.undone_at = None if turn.blockers else at
        turn.save(update_fields=["state", "blockers", "undone_at"])
        if not turn.blockers:
            changes.announce(school_years={turn.from_year, turn.to_year})
            plans.tell_owners_of_undo(
                from_year=turn.from_year, first_on=turn.first_on, by_id=turn.undone_by_id, at=at
            )
        verb = "turn.undo_refused" if turn.blockers else "turn.undone"
        accounts.record_audit(
            verb=verb, object_type="years.Turn", object_id=turn.pk, by=turn.undone_by_id, at=at
        )
        on_step("committing")
    return turn


def find_dependants(turn: Turn) -> list[dict[str, Any]]:
    """What was built on the new year since: rows changed by somebody, records of the new year, places in its classes."""
    found: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        for table in TABLES:
            who = "(c.after->>'student_id')::bigint" if table != CLASS_STAFF else "c.object_id"
            cursor.execute(TOUCHED.format(table=table, who=who), [turn.pk])
            _add(found, f"changed:{table}", cursor.fetchall(), are_students=table != CLASS_STAFF)
        for table in STUDENTS_FACTS:
            cursor.execute(FACTS.format(table=table), [turn.pk, turn.to_year])
            _add(found, f"facts:{table}", cursor.fetchall())
        cursor.execute(IN_CLASSES, [turn.pk, turn.to_year])
        _add(found, "classes", cursor.fetchall())
    return found


def _add(
    found: list[dict[str, Any]], code: str, rows: list[tuple[int]], *, are_students: bool = True
) -> None:
    if rows:
        students = list(dict.fromkeys(row[0] for row in rows)) if are_students else []
        found.append({"code": code, "count": len(rows), "students": students[:NAMED]})


def _put_back(turn: Turn, on_step: Callable[[str], None]) -> list[dict[str, Any]]:
    """New rows go first, so that the old ones find their place free. Something else may hold a new row: then it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            on_step("taking back")
            for table in (IDS, ENROLMENTS):
                cursor.execute(
                    f"""DELETE FROM {table} t USING years_change c
                        WHERE c.turn_id = %s AND c."table" = '{table}' AND c.before IS NULL AND t.id = c.object_id""",
                    [turn.pk],
                )
            on_step("putting back")
            for table in TABLES:
                _restore(table, turn)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError:
        return [{"code": "held", "count": 1, "students": []}]
    return []


def _restore(table: str, turn: Turn) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attname <> 'id' ORDER BY attnum",
            [table],
        )
        sets = ", ".join(f'"{name}" = b."{name}"' for (name,) in cursor.fetchall())
        cursor.execute(
            f"""UPDATE {table} t SET {sets} FROM years_change c, jsonb_populate_record(NULL::{table}, c.before) b
                WHERE c.turn_id = %s AND c."table" = '{table}' AND c.before IS NOT NULL AND t.id = c.object_id""",
            [turn.pk],
        )
