"""One tap in a lesson, a renewal, a correction; and forgetting the erased."""

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster.models import SchoolClass
from crescendo.roster.viewer import Viewer

from .. import changes, permissions, rules
from ..models import AttendanceEvent, BehaviourIncident, Correction
from ..models.facts import MADE_HERE, StudentFact

# The key names the lesson's day, so that a second tap changes the first instead of adding to it.
_TAP = """
INSERT INTO records_participationcheck
    (school_year, source, source_key, student_id, school_id, class_id, by_id, "on", took_part)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (school_year, source, source_key) DO UPDATE SET took_part = excluded.took_part, by_id = excluded.by_id
"""


@transaction.atomic
def record_participation(
    *, student_id: int, class_id: int, took_part: bool, by: Viewer, at: datetime, on: date | None = None
) -> None:
    """One tap: this student took part in this class today, or did not. A second tap that day replaces the first."""
    on = on or by.on
    if not permissions.may_record_participation(by, class_id):
        raise NotAllowed(_("Only those who teach or help in this class can record who took part."))
    if on > by.on:
        raise Refused(_("That day has not come yet. Record a lesson on its day, or after it."))
    if not roster.list_class_students(viewer=by, class_id=class_id).filter(pk=student_id).exists():
        raise NotFound(_("This student is not in the class today."))
    taught = SchoolClass.objects.get(pk=class_id)
    key = f"{class_id}:{student_id}:{on.isoformat()}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_ensure_taught_year(%s)", [class_id])
        cursor.execute(
            _TAP,
            [
                taught.school_year,
                MADE_HERE,
                key,
                student_id,
                taught.school_id,
                class_id,
                by.staff_id,
                on,
                took_part,
            ],
        )
    accounts.record_audit(
        verb="participation.recorded",
        object_type="class",
        object_id=class_id,
        student_id=student_id,
        by=by.user_id,
        at=at,
        detail={"on": on.isoformat()},
    )
    changes.announce_marks(
        school_year=taught.school_year,
        school_id=taught.school_id,
        tables=["participation_checks"],
        topics=[f"student:{student_id}", f"class:{class_id}"],
    )


@transaction.atomic
def renew_behaviour(
    *, school_year: int, incident_id: int, reason: str, by: Viewer, at: datetime
) -> BehaviourIncident:
    """Keep an incident in the ordinary view to the end of this school year, because somebody still works with it."""
    incident = _get_fact(BehaviourIncident, school_year, incident_id)
    staff = roster.reason_codes(by, incident.student_id) & {"organisation", "class"}
    if not (staff and by.may("behaviour.see")):
        raise NotAllowed(
            _("Only staff who work with the student and may see behaviour can renew an incident.")
        )
    if not reason.strip():
        raise Refused(_("Say why the incident still matters."))
    _lock(incident)
    incident.ordinary_until = max(incident.ordinary_until, rules.renewal_ends_on(by.on))
    incident.save(update_fields=["ordinary_until"])
    accounts.record_audit(
        verb="behaviour.renewed",
        object_type="behaviourincident",
        object_id=incident_id,
        student_id=incident.student_id,
        by=by.user_id,
        at=at,
        reason=reason,
        detail={"until": incident.ordinary_until.isoformat()},
    )
    return incident


@transaction.atomic
def correct_attendance(
    *,
    school_year: int,
    event_id: int,
    category: str,
    absent_share: float,
    reason: str,
    by: Viewer,
    at: datetime,
) -> AttendanceEvent:
    """Change a wrong attendance mark. What it said before stays in the history, and imports leave the mark alone."""
    event = _get_fact(AttendanceEvent, school_year, event_id)
    permissions.require_may_correct(by, event.student_id)
    if not reason.strip():
        raise Refused(_("Say why the mark was wrong."))
    if category not in AttendanceEvent.Category.values:
        raise Refused(
            f"'{category}' is not a kind of mark. Use one of: {', '.join(AttendanceEvent.Category.values)}."
        )
    if why_not := rules.why_not_a_mark(category, absent_share):
        raise Refused(why_not)
    _lock(event)
    before = {"category": event.category, "absent_share": event.absent_share}
    after = {"category": category, "absent_share": absent_share}
    if before == after:
        return event
    event.category, event.absent_share = category, absent_share
    event.save(update_fields=["category", "absent_share"])
    Correction.objects.create(
        fact="attendanceevent",
        school_year=school_year,
        fact_id=event_id,
        student_id=event.student_id,
        before=before,
        after=after,
        reason=reason.strip()[:200],
        at=at,
        by_id=by.user_id,
    )
    accounts.record_audit(
        verb="attendance.corrected",
        object_type="attendanceevent",
        object_id=event_id,
        student_id=event.student_id,
        by=by.user_id,
        at=at,
        detail={"school_year": school_year, "fields": sorted(k for k in after if after[k] != before[k])},
    )
    changes.announce_marks(
        school_year=school_year,
        school_id=event.school_id,
        tables=["attendance_events"],
        topics=[f"student:{event.student_id}"],
    )
    return event


def _get_fact(model: type[StudentFact], school_year: int, fact_id: int) -> StudentFact:
    found = model.objects.filter(school_year=school_year, id=fact_id).first()
    if found is None:
        raise NotFound(_("There is no such record, or nothing that lets you see it."))
    return found


def _lock(fact: StudentFact) -> None:
    """Wait for whoever changes the same fact, then read it again. (Locking asks for the right to write: ask before.)"""
    type(fact).objects.select_for_update().get(school_year=fact.school_year, id=fact.id)
    fact.refresh_from_db()


def forget_student(*, student_id: int) -> None:
    """An erased student's facts stay, so that counts stay; what could lead back to the person goes (migration 0004)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_forget_facts(%s)", [student_id])
        cursor.execute("SELECT crescendo_forget_kept_records(%s)", [student_id])
