"""Marks that another system sends: each is written or answered with a sentence, and none twice.

The sending system names each mark by a key of its own. The same key again is the same mark. With the ids that its
nightly files use, a mark and the file's row are one.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeGuard

from django.db import connection, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import User
from crescendo.core import school_time
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster.models import CalendarDay, Enrolment, ExternalId
from crescendo.roster.viewer import Viewer

from .. import changes, permissions, rules
from ..models import AttendanceEvent, SendingKey
from .scores import write_score

PREFIX = "crescendo_"
MOST = 500
LARGEST = 1e9


def make_sending_key(*, source: str, by: User, at: datetime) -> str:
    """A new key for one sending system; shown once. Whoever makes it answers for what it sends."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = SendingKey.objects.create(source=source, digest=_digest(secret), made_by=by, made_at=at)
    accounts.record_audit(
        verb="sending_key.made", object_type="sendingkey", object_id=key.pk, by=by.pk, at=at, detail={"source": source}
    )  # fmt: skip
    return secret


def end_sending_key(*, key_id: int, at: datetime) -> None:
    """From now on the key opens nothing."""
    if not SendingKey.objects.filter(pk=key_id, ended_at=None).update(ended_at=at):
        raise NotFound(f"There is no key {key_id}, or it has ended already.")
    accounts.record_audit(
        verb="sending_key.ended", object_type="sendingkey", object_id=key_id, by=None, at=at
    )


def find_sending_key(secret: str) -> SendingKey | None:
    """The key behind a secret; None where there is none, or it has ended."""
    known = SendingKey.objects.select_related("made_by").filter(digest=_digest(secret), ended_at=None)
    return known.first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def record_sent_marks(*, marks: Sequence[Any], source: str, by: Viewer, at: datetime) -> list[dict[str, str]]:
    """Write each mark by itself: one that is refused leaves the others standing. One answer for each, in order.

    Two deliveries of one system at the same moment go one after the other: in another order they would wait for each
    other for ever, and a key that both bring would be written twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7219, hashtext(%s))", [source])
    return [_answer(mark, source, by, at) for mark in marks]


def _answer(mark: Any, source: str, by: Viewer, at: datetime) -> dict[str, str]:
    key = mark.get("key") if isinstance(mark, Mapping) else None
    try:
        if not _is_text(key) or not 0 < len(key) <= 255:
            raise Refused(_("A mark needs a 'key': a text of your own, at most 255 characters."))
        with transaction.atomic():
            write = {"attendance": _attendance, "score": _score}.get(str(mark.get("kind")))
            if write is None:
                raise Refused(_("'kind' is 'attendance' or 'score'."))
            changed = write(mark, key, source, by, at)
    except Refused as problem:
        return {"key": str(key), "status": "refused", "problem": str(problem)}
    except NotFound as problem:
        return {"key": str(key), "status": "not_found", "problem": str(problem)}
    except NotAllowed as problem:
        return {"key": str(key), "status": "not_allowed", "problem": str(problem)}
    return {"key": key, "status": "recorded" if changed else "unchanged"}


def _is_text(value: Any) -> TypeGuard[str]:
    """What PostgreSQL can keep as text: JSON also knows half characters, and the one that ends a text in C."""
    return isinstance(value, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


def _id_of(mark: Mapping[str, Any], name: str, entity: str, source: str) -> int:
    """Our id of what the mark names: by the sending system's own id, or by ours."""
    ours, theirs = mark.get(f"{name}_id"), mark.get(name)
    if isinstance(ours, int) and not isinstance(ours, bool):
        return ours
    if _is_text(theirs):
        found = ExternalId.objects.filter(source=source, entity=entity, external_id=theirs)
        known = found.values_list("object_id", flat=True).first()
        if known is not None:
            return known
        raise NotFound(_("No %(what)s of yours is called '%(id)s'.") % {"what": name, "id": theirs[:80]})
    raise Refused(_("Say which: '%(name)s' with your own id, or '%(name)s_id' with ours.") % {"name": name})


def _day_of(mark: Mapping[str, Any], by: Viewer) -> date:
    try:
        on = date.fromisoformat(str(mark.get("on")))
    except ValueError:
        raise Refused(
            _("'on' is '%(on)s'. Write the day as YYYY-MM-DD.") % {"on": str(mark.get("on"))[:40]}
        ) from None
    if on > by.on:
        raise Refused(_("That day has not come yet. Record attendance on its day, or after it."))
    return on


def _score(mark: Mapping[str, Any], key: str, source: str, by: Viewer, at: datetime) -> bool:
    score = mark.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        raise Refused(_("'score' is a number, or null for work that was not handed in."))
    if (
        score is not None and not abs(score) <= LARGEST
    ):  # also what JSON writes as NaN, and whole numbers of any length
        raise Refused(_("'score' is no number that a piece of work can have."))
    return write_score(
        item_id=_id_of(mark, "item", "line_item", source),
        student_id=_id_of(mark, "student", "student", source),
        score=None if score is None else float(score),
        source=source,
        source_key=key,
        by=by,
        at=at,
    )


def _attendance(mark: Mapping[str, Any], key: str, source: str, by: Viewer, at: datetime) -> bool:
    on, student_id = _day_of(mark, by), _id_of(mark, "student", "student", source)
    said = mark.get("mark")
    if not isinstance(said, str) or said not in rules.MARKS:
        raise Refused(
            _("'%(mark)s' is not a mark. Use one of: %(marks)s.")
            % {"mark": str(said)[:40], "marks": ", ".join(rules.MARKS)}
        )
    roster.get_student(viewer=by, student_id=student_id)
    if not (by.may("attendance.record") and permissions.works_with_as_staff(by, student_id)):
        raise NotAllowed(_("Whoever made this key may not record attendance of this student."))
    school_id, year = _school_of(student_id, on), school_time.school_year_of(on)
    category, share = rules.MARKS[said]
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_ensure_marked_year(%s)", [year])
        cursor.execute("SELECT pg_advisory_xact_lock(7216, hashtext(%s))", [f"{source} {student_id} {on}"])
    own = AttendanceEvent.objects.filter(school_year=year, source=source)
    if other := own.filter(student_id=student_id, on=on).exclude(source_key=key).first():
        raise Refused(
            _("The student has a mark of that day under the key '%(key)s'. Send that key to change it.")
            % {"key": other.source_key}
        )
    found = own.filter(source_key=key).first()
    if found is None:
        AttendanceEvent.objects.create(
            school_year=year, source=source, source_key=key, student_id=student_id, school_id=school_id, on=on,
            category=category, absent_share=share,
        )  # fmt: skip
    elif (found.student_id, found.on) != (student_id, on):
        raise Refused(_("The key '%(key)s' belongs to another mark.") % {"key": key})
    elif (found.category, found.absent_share) == (category, share):
        return False
    else:
        found.category, found.absent_share = category, share
        found.save(update_fields=["category", "absent_share"])
    accounts.record_audit(
        verb="attendance.sent", object_type="student", object_id=student_id, student_id=student_id,
        by=by.user_id, at=at, detail={"on": on.isoformat(), "source": source},
    )  # fmt: skip
    changes.announce_marks(
        school_year=year, school_id=school_id, tables=["attendance_events"], topics=[f"student:{student_id}"]
    )
    return True


def _school_of(student_id: int, on: date) -> int:
    there = Enrolment.objects.filter(
        roster.active(on, begins="entry_on", ends="exit_on"), student_id=student_id
    ).order_by("-is_primary", "id")
    enrolment = there.first()
    if enrolment is None:
        raise Refused(
            _("Student %(id)s is not enrolled at any school on %(day)s. Send the enrollment first.")
            % {"id": student_id, "day": formats.date_format(on)}
        )
    taught = CalendarDay.objects.filter(calendar__school_id=enrolment.school_id, on=on, is_instructional=True)
    if not taught.exists():
        raise Refused(
            _("The student's school holds no school on %(day)s, by its calendar.")
            % {"day": formats.date_format(on)}
        )
    return enrolment.school_id
