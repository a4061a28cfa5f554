"""Everything of one student moves to another, and back again. The worker's; one transaction; every row kept as it was."""

from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from crescendo.accounts import actions as accounts
from crescendo.imports.progress import APPLY_LOCK, LOCK_SPACE
from crescendo.records import changes

from .models import Merge, Proposal

# What other apps made of a student's records: results are measured again, the trail and rehearsals stay as written,
# a letter that was sent stays sent.
LEFT_ALONE = ("accounts_", "access_", "identity_", "imports_", "indicators_", "quality_", "years_")
# Where a student has each thing once: what both have, stays with the record that is put away.
ONCE = {
    "roster_familylink": ("family_member_id",),
    "roster_studentcharacteristic": ("characteristic_id", "value"),
    "support_supportplan": ("opened_key",),
}
TABLES = """
SELECT c.relname, EXISTS (SELECT FROM pg_attribute y WHERE y.attrelid = c.oid AND y.attname = 'school_year'
                          AND c.relkind = 'p')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'student_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""


def list_tables(cursor: CursorWrapper) -> list[tuple[str, bool]]:
    """The tables of what belongs to a student, and whether each is of facts (whose key has the school year)."""
    cursor.execute(TABLES)
    return [(name, is_fact) for name, is_fact in cursor.fetchall() if not name.startswith(LEFT_ALONE)]


def merge(asked: Merge, *, on: date, at: datetime) -> Merge:
    """Move what `merged` has to `kept` and put the record away. Does nothing where it is not asked for any more."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            asked = _take(cursor, asked, Merge.State.ASKED)
            if asked.state != Merge.State.ASKED:
                return asked
            _step_aside(cursor, asked)
            for table, is_fact in list_tables(cursor):
                _move(cursor, asked, table, is_fact=is_fact)
            _move_ids(cursor, asked)
            _put_away(cursor, asked, on)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _forget_other_pairs(asked)
            _close(asked, Merge.State.DONE, Proposal.State.MERGED, "student.merged", at)
    except IntegrityError:
        with transaction.atomic():
            asked.message = "Something that both records have cannot be joined. Nothing was changed."
            _close(asked, Merge.State.REFUSED, Proposal.State.OPEN, "student.merge_refused", at)
    return asked


def split(asked: Merge, *, at: datetime) -> Merge:
    """Put every row back as it was. What came to the student since stays with the record that was kept."""
    with transaction.atomic(), connection.cursor() as cursor:
        asked = _take(cursor, asked, Merge.State.SPLIT_ASKED)
        if asked.state != Merge.State.SPLIT_ASKED:
            return asked
        cursor.execute(
            'SELECT DISTINCT "table" FROM identity_change WHERE merge_id = %s ORDER BY 1', [asked.pk]
        )
        tables = [row[0] for row in cursor.fetchall()]
        # A student's own row first: two students may not have one sign-in even for a moment.
        for table in sorted(tables, key=lambda name: name != "roster_student"):
            _put_back(cursor, asked, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        asked.split_at = at
        _close(asked, Merge.State.SPLIT, Proposal.State.DISMISSED, "student.split", at)
    return asked


def _take(cursor: CursorWrapper, asked: Merge, state: str) -> Merge:
    """The merge, locked, while no import writes the same rows."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, APPLY_LOCK])
    return Merge.objects.select_for_update(of=("self",), no_key=True).get(pk=asked.pk)


def _keep(
    cursor: CursorWrapper,
    asked: Merge,
    table: str,
    where: str,
    values: list[object],
    *,
    is_fact: bool = False,
) -> None:
    year = "t.school_year" if is_fact else "NULL"
    cursor.execute(
        f"""INSERT INTO identity_change (merge_id, "table", object_id, school_year, before)
            SELECT %s, '{table}', t.id, {year}, to_jsonb(t) FROM {table} t WHERE {where}
            AND NOT EXISTS (SELECT FROM identity_change c WHERE c.merge_id = %s AND c."table" = '{table}' AND c.object_id = t.id)""",
        [asked.pk, *values, asked.pk],
    )  # fmt: skip


def _step_aside(cursor: CursorWrapper, asked: Merge) -> None:
    """Primary enrolments may not overlap: where both have one, the kept record's stays the primary one."""
    where = """t.student_id = %s AND t.is_primary AND EXISTS (
        SELECT FROM roster_enrolment k WHERE k.student_id = %s AND k.is_primary
        AND daterange(k.entry_on, k.exit_on, '[]') && daterange(t.entry_on, t.exit_on, '[]'))"""
    who = [asked.merged_id, asked.kept_id]
    _keep(cursor, asked, "roster_enrolment", where, list(who))
    cursor.execute(f"UPDATE roster_enrolment t SET is_primary = false WHERE {where}", who)


def _move(cursor: CursorWrapper, asked: Merge, table: str, *, is_fact: bool) -> None:
    where, values = "t.student_id = %s", [asked.merged_id]
    if table in ONCE:
        same = " AND ".join(f'k."{name}" IS NOT DISTINCT FROM t."{name}"' for name in ONCE[table])
        where += f" AND NOT EXISTS (SELECT FROM {table} k WHERE k.student_id = %s AND {same})"
        values.append(asked.kept_id)
    _keep(cursor, asked, table, where, list(values), is_fact=is_fact)
    cursor.execute(f"UPDATE {table} t SET student_id = %s WHERE {where}", [asked.kept_id, *values])


def _move_ids(cursor: CursorWrapper, asked: Merge) -> None:
    """What other systems call the one names the other now: the next delivery finds the kept record."""
    where = "t.entity = 'student' AND t.object_id = %s"
    _keep(cursor, asked, "roster_externalid", where, [asked.merged_id])
    cursor.execute(
        f"UPDATE roster_externalid t SET object_id = %s WHERE {where}", [asked.kept_id, asked.merged_id]
    )


def _put_away(cursor: CursorWrapper, asked: Merge, on: date) -> None:
    """The record that is put away ends; its sign-in goes to the kept one, if that has none."""
    _keep(cursor, asked, "roster_student", "t.id IN (%s, %s)", [asked.merged_id, asked.kept_id])
    cursor.execute("SELECT user_id FROM roster_student WHERE id = %s", [asked.merged_id])
    (user_id,) = cursor.fetchone()
    cursor.execute("SELECT user_id FROM roster_student WHERE id = %s", [asked.kept_id])
    if user_id and cursor.fetchone()[0] is None:
        cursor.execute("UPDATE roster_student SET user_id = NULL WHERE id = %s", [asked.merged_id])
        cursor.execute("UPDATE roster_student SET user_id = %s WHERE id = %s", [user_id, asked.kept_id])
    cursor.execute(
        "UPDATE roster_student SET ended_on = coalesce(least(ended_on, %s), %s) WHERE id = %s",
        [on, on, asked.merged_id],
    )


def _forget_other_pairs(asked: Merge) -> None:
    """A record that is put away is nobody's double any more; whose it was is found again from the record that stays."""
    open_pairs = Proposal.objects.filter(state=Proposal.State.OPEN).exclude(pk=asked.proposal_id)
    open_pairs.filter(Q(first_id=asked.merged_id) | Q(second_id=asked.merged_id)).delete()


def _put_back(cursor: CursorWrapper, asked: Merge, table: str) -> None:
    """Rows as they were; of the two students' own rows only what the merge changed, so that corrections since stay."""
    if table == "roster_student":
        # The kept record gives the sign-in back before the other takes it.
        for which in ("kept_id", "merged_id"):
            cursor.execute(
                f"""UPDATE roster_student t SET user_id = (c.before->>'user_id')::bigint, ended_on = (c.before->>'ended_on')::date
                    FROM identity_change c JOIN identity_merge m ON m.id = c.merge_id
                    WHERE c.merge_id = %s AND c."table" = 'roster_student' AND c.object_id = t.id AND t.id = m.{which}""",
                [asked.pk],
            )
        return
    columns = {"roster_externalid": ["object_id"], "roster_enrolment": ["student_id", "is_primary"]}
    sets = ", ".join(f'"{name}" = b."{name}"' for name in columns.get(table, ["student_id"]))
    of_year = "AND t.school_year = c.school_year" if _is_fact(cursor, table) else ""
    cursor.execute(
        f"""UPDATE {table} t SET {sets} FROM identity_change c, jsonb_populate_record(NULL::{table}, c.before) b
            WHERE c.merge_id = %s AND c."table" = '{table}' AND c.object_id = t.id {of_year}""",
        [asked.pk],
    )


def _is_fact(cursor: CursorWrapper, table: str) -> bool:
    return dict(list_tables(cursor)).get(table, False)


def _close(asked: Merge, state: str, proposal_state: str, verb: str, at: datetime) -> None:
    asked.state = state
    asked.save(update_fields=["state", "message", "split_at"])
    Proposal.objects.filter(pk=asked.proposal_id).update(state=proposal_state)
    by = asked.split_by_id if state == Merge.State.SPLIT else asked.by_id
    accounts.record_audit(
        verb=verb, object_type="identity.Merge", object_id=asked.pk, student_id=asked.kept_id, by=by, at=at,
        reason=asked.reason,
    )  # fmt: skip
    if state in (Merge.State.DONE, Merge.State.SPLIT):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT school_year FROM roster_enrolment WHERE student_id IN (%s, %s)",
                [asked.kept_id, asked.merged_id],
            )
            changes.announce(school_years={row[0] for row in cursor.fetchall()})
