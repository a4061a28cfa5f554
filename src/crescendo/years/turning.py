"""Doing a turn: what the lines say, in one transaction, with every row kept as it was before."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from crescendo.accounts import actions as accounts
from crescendo.imports.progress import APPLY_LOCK
from crescendo.imports.progress import LOCK_SPACE as IMPORTS
from crescendo.plans import turning as plans
from crescendo.records import changes

from .models import Line, Turn
from .rehearsal import ENDING, arguments

ENROLMENTS, CLASS_STUDENTS, CLASS_STAFF, IDS = (
    "roster_enrolment",
    "roster_classenrolment",
    "roster_classstaff",
    "roster_externalid",
)

# What has come or changed since the rehearsal: nobody has looked at it, so it is not done.
UNSEEN = f"""
SELECT count(*) FROM ({ENDING}) e
FULL JOIN (SELECT * FROM years_line WHERE turn_id = %(turn)s) l ON l.enrolment_id = e.id
WHERE e.id IS NULL OR l.id IS NULL OR l.grade_level <> e.grade_level OR l.school_id <> e.school_id
"""
OPEN_ROWS = """
SELECT r.id FROM {table} r JOIN roster_schoolclass c ON c.id = r.school_class_id
WHERE c.school_year = %(year)s AND r.begins_on <= %(last)s AND (r.ends_on IS NULL OR r.ends_on > %(last)s) AND r.ended_on IS NULL
"""
KEEP_BEFORE = """
INSERT INTO years_change (turn_id, "table", object_id, before, after)
SELECT %(turn)s, '{table}', t.id, to_jsonb(t), '{{}}' FROM {table} t WHERE t.id IN ({ids})
"""
KEEP_AFTER = """
UPDATE years_change c SET after = to_jsonb(t) FROM {table} t
WHERE c.turn_id = %(turn)s AND c."table" = '{table}' AND c.object_id = t.id
"""
END_ENROLMENTS = """
UPDATE roster_enrolment e SET exit_on = %(last)s,
    exit_reason = CASE WHEN l.fate <> 'leaves' THEN e.exit_reason
                       WHEN l.why = 'last_grade' AND l.chosen_by_id IS NULL THEN 'completed' ELSE 'left' END
FROM years_line l WHERE l.turn_id = %(turn)s AND l.enrolment_id = e.id
"""
# A new enrolment belongs to the system that brought the old one, so that its next list finds it and adds no second.
BEGIN_ENROLMENTS = """
INSERT INTO roster_enrolment (student_id, school_id, school_year, grade_level, entry_on, exit_reason, is_primary,
                              membership_share, source, metadata)
SELECT e.student_id, coalesce(l.to_school_id, e.school_id), %(year)s + 1,
       CASE l.fate WHEN 'up' THEN l.next_grade ELSE e.grade_level END, %(first_on)s, '', e.is_primary,
       e.membership_share, e.source, jsonb_build_object('continues', e.id)
FROM years_line l JOIN roster_enrolment e ON e.id = l.enrolment_id
WHERE l.turn_id = %(turn)s AND l.fate IN ('up', 'stays') ORDER BY l.id
RETURNING id
"""
KEEP_MADE = """
INSERT INTO years_change (turn_id, "table", object_id, before, after)
SELECT %(turn)s, '{table}', t.id, NULL, to_jsonb(t) FROM {table} t WHERE t.id = ANY(%(made)s)
"""
# An id in which the year stands ("00107/2026") is known for the next year too.
NEW_IDS = """
INSERT INTO roster_externalid (source, entity, external_id, object_id)
SELECT x.source, x.entity, left(x.external_id, -4) || (%(year)s + 1)::text, n.id
FROM roster_enrolment n JOIN roster_externalid x ON x.entity = 'school_enrolment' AND x.source = n.source
  AND x.object_id = (n.metadata->>'continues')::bigint AND x.external_id LIKE '%%/' || %(year)s
WHERE n.id = ANY(%(made)s) ON CONFLICT DO NOTHING RETURNING id
"""


def do(turn: Turn, *, at: datetime, on_step: Callable[[str], None]) -> Turn:
    """End one year and begin the next as the lines say; or nothing at all, with the reason."""
    with transaction.atomic(), connection.cursor() as cursor:
        # No import writes at the same time: what was rehearsed is what is done.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORTS, APPLY_LOCK])
        turn = Turn.objects.select_for_update(of=("self",), no_key=True).get(pk=turn.pk)
        if turn.state != Turn.State.ASKED:
            return turn
        on_step("checking")
        turn.blockers = find_blockers(turn)
        if turn.blockers:
            turn.state = Turn.State.REHEARSED
            turn.save(update_fields=["state", "blockers"])
            return turn
        turn.counts = _write(turn, on_step)
        turn.state, turn.done_at = Turn.State.DONE, at
        turn.save(update_fields=["state", "blockers", "counts", "done_at"])
        changes.announce(school_years={turn.from_year, turn.to_year})
        left = turn.lines.filter(fate=Line.Fate.LEAVES).values_list("student_id", flat=True)
        plans.tell_owners(
            from_year=turn.from_year, first_on=turn.first_on, left=set(left), by_id=turn.asked_by_id, at=at
        )
        accounts.record_audit(
            verb="turn.done",
            object_type="years.Turn",
            object_id=turn.pk,
            by=turn.asked_by_id,
            at=at,
            detail=turn.counts,
        )
        on_step("committing")
    return turn


def find_blockers(turn: Turn) -> list[dict[str, object]]:
    """Why the lines cannot be done: some are not decided, or the school has changed since they were written."""
    found: list[dict[str, object]] = []
    undecided = turn.lines.filter(fate=Line.Fate.OPEN).count()
    if undecided:
        found.append({"code": "undecided", "count": undecided})
    with connection.cursor() as cursor:
        cursor.execute(UNSEEN, arguments(turn))
        if unseen := cursor.fetchone()[0]:
            found.append({"code": "changed_since", "count": unseen})
    return found


def _write(turn: Turn, on_step: Callable[[str], None]) -> dict[str, object]:
    given = arguments(turn) | {"first_on": turn.first_on, "made": []}
    counts: dict[str, object] = {}
    with connection.cursor() as cursor:
        on_step("partitions")
        cursor.execute("SELECT crescendo_ensure_school_year(%s)", [turn.to_year])
        on_step("classes")
        for table in (CLASS_STUDENTS, CLASS_STAFF):
            cursor.execute(KEEP_BEFORE.format(table=table, ids=OPEN_ROWS.format(table=table)), given)
            cursor.execute(
                f"UPDATE {table} SET ends_on = %(last)s WHERE id IN ({OPEN_ROWS.format(table=table)})", given
            )
            counts[table] = cursor.rowcount
            cursor.execute(KEEP_AFTER.format(table=table), given)
        on_step("ending")
        ids = "SELECT enrolment_id FROM years_line WHERE turn_id = %(turn)s"
        cursor.execute(KEEP_BEFORE.format(table=ENROLMENTS, ids=ids), given)
        cursor.execute(END_ENROLMENTS, given)
        counts["ended"] = cursor.rowcount
        cursor.execute(KEEP_AFTER.format(table=ENROLMENTS), given)
        on_step("beginning")
        cursor.execute(BEGIN_ENROLMENTS, given)
        given["made"] = [row[0] for row in cursor.fetchall()]
        counts["begun"] = len(given["made"])
        cursor.execute(KEEP_MADE.format(table=ENROLMENTS), given)
        cursor.execute(NEW_IDS, given)
        given["made"] = [row[0] for row in cursor.fetchall()]
        cursor.execute(KEEP_MADE.format(table=IDS), given)
    return counts
