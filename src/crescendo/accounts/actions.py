"""Writes of accounts: the audit trail. An entry stands beside the change, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from psycopg.types.json import Jsonb

from .models import AuditEntry

# No RETURNING: whoever may add a line need not be able to read it back.
_INSERT = """
INSERT INTO accounts_auditentry (at, by_id, verb, object_type, object_id, student_id, reason, detail)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""

_INSERT_MANY = """
INSERT INTO accounts_auditentry (at, by_id, verb, object_type, object_id, student_id, reason, detail)
SELECT %s::timestamptz, %s::bigint, %s, about.kind, about.object, about.student, '', about.detail
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::jsonb[]) AS about(kind, object, student, detail)
"""


def record_audit(
    *,
    verb: str,
    object_type: str,
    object_id: int | None,
    by: int | None,
    at: datetime,
    student_id: int | None = None,
    reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    """Add one line to the trail: ids and field names only, never a name, a mark or a note. `by=None` is the system."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT, [at, by, verb, object_type, object_id, student_id, reason[:200], Jsonb(detail or {})]
        )


def record_audits(
    *,
    verb: str,
    by: int | None,
    at: datetime,
    about: Sequence[tuple[str, int, int | None, dict[str, object]]],
) -> None:
    """The same line for many at once: each is about (object type, object id, student id, detail)."""
    if not about:
        return
    kinds, objects, students, details = zip(*about, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_MANY,
            [at, by, verb, list(kinds), list(objects), list(students), [Jsonb(one) for one in details]],
        )


def record_view(*, student_id: int, by: int, at: datetime, reason: str, page: str = "student") -> bool:
    """Note that a person read one student's record; once a day for each page. True where a line was added."""
    begins_at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    seen_today = AuditEntry.objects.filter(
        student_id=student_id,
        by_id=by,
        verb="student.viewed",
        object_type=page,
        at__gte=begins_at,
        at__lt=begins_at + timedelta(days=1),
    ).exists()
    if seen_today:
        return False
    record_audit(
        verb="student.viewed",
        object_type=page,
        object_id=student_id,
        by=by,
        at=at,
        student_id=student_id,
        reason=reason,
    )
    return True
