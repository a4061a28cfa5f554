"""Attendance marks: a class's register in one go, or one student's mark.

A student has one mark a day at a school. A mark made here stands above what another system sent for that day: the
imported row stays, and is neither counted nor shown while the mark stands (docs/adr/0006).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core import live
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster.models import CalendarDay, ClassEnrolment, Enrolment, SchoolClass, Student
from crescendo.roster.viewer import Viewer

from .. import changes, permissions, rules
from ..models import AttendanceEvent, Correction, Register
from ..models.facts import MADE_HERE


@dataclass(frozen=True)
class RegisterTaken:
    """What saving a register did. `is_day_complete`: the whole school's day is now known, and counts."""

    n_students: int
    n_changed: int
    is_day_complete: bool


@transaction.atomic
def record_register(
    *, class_id: int, on: date, marks: Mapping[int, str], seen: Mapping[int, str], by: Viewer, at: datetime
) -> RegisterTaken:
    """Take a class's register: everybody is present whom nobody marked otherwise.

    `marks` says each student's mark; `seen`, what the form showed before. Only what this person changed is written, so
    that a form which lay open does not undo a colleague's mark.
    """
    school_class = _class_of(class_id, by)
    _require_a_day(school_class, on, by)
    called = list_called(school_class=school_class, on=on, viewer=by)
    if not called:
        raise Refused(_("Nobody is in this class that day."))
    for student_id in set(marks) - set(called):
        _refuse_uncalled(school_class, student_id, on, by)
    before = marks_of_day(school_year=school_class.school_year, student_ids=called, on=on)
    changed = [pk for pk in called if (mark := marks.get(pk)) and mark != (seen.get(pk) or before[pk])]
    written = [
        pk
        for pk in changed
        if _write(school_class.school_year, school_class.school_id, pk, on, marks[pk], by, at)
    ]
    is_new = _note_register(school_class, on, called, by, at)
    complete = _send_when_complete(school_class, on)
    if written or is_new:
        _audit_register(class_id, on, written, by, at)
        _announce(school_class.school_year, school_class.school_id, written, class_id, complete=complete)
    return RegisterTaken(len(called), len(written), complete)


@transaction.atomic
def record_attendance_mark(
    *, student_id: int, class_id: int, on: date, mark: str, by: Viewer, at: datetime
) -> bool:
    """Mark one student of a class on one day. True where something changed; the same mark twice changes nothing."""
    school_class = _class_of(class_id, by)
    _require_a_day(school_class, on, by)
    if student_id not in list_called(school_class=school_class, on=on, viewer=by):
        _refuse_uncalled(school_class, student_id, on, by)
    written = _write(school_class.school_year, school_class.school_id, student_id, on, mark, by, at)
    if written:
        complete = _send_when_complete(school_class, on)
        _announce(school_class.school_year, school_class.school_id, [student_id], class_id, complete=complete)
    return written


def marks_of_day(*, school_year: int, student_ids: list[int], on: date) -> dict[int, str]:
    """Each student's mark of one day as it counts: ours, or else what was sent. Nothing recorded is "present"."""
    rows = AttendanceEvent.objects.filter(school_year=school_year, student_id__in=student_ids, on=on)
    ours: dict[int, list[tuple[str, float]]] = {}
    sent: dict[int, list[tuple[str, float]]] = {}
    for row in rows.order_by("id"):
        where = ours if row.source == MADE_HERE else sent
        where.setdefault(row.student_id, []).append((row.category, row.absent_share))
    return {pk: rules.mark_of(ours.get(pk) or sent.get(pk, ())) for pk in student_ids}


def _class_of(class_id: int, by: Viewer) -> SchoolClass:
    school_class = roster.get_class(viewer=by, class_id=class_id)
    if not permissions.may_record_attendance(by, school_class):
        raise NotAllowed(_("Only those who teach this class or keep the school's attendance can record it."))
    return school_class


def _require_a_day(school_class: SchoolClass, on: date, by: Viewer) -> None:
    if on > by.on:
        raise Refused(_("That day has not come yet. Record attendance on its day, or after it."))
    taught = CalendarDay.objects.filter(
        calendar__school_id=school_class.school_id,
        calendar__school_year=school_class.school_year,
        on=on,
        is_instructional=True,
    )
    if not taught.exists():
        raise Refused(
            _("%(school)s holds no school on %(day)s, by its calendar. Choose a school day.")
            % {"school": school_class.school.name, "day": formats.date_format(on)}
        )


def list_called(*, school_class: SchoolClass, on: date, viewer: Viewer) -> list[int]:
    """Who is called that day, by name: the class's students who are enrolled at its school, as the viewer sees them."""
    return list(
        _members(school_class, on, viewer)
        .filter(pk__in=_enrolled(school_class, on))
        .order_by("sort_key", "id")
        .values_list("pk", flat=True)
    )


def _members(school_class: SchoolClass, on: date, viewer: Viewer) -> QuerySet[Student]:
    members = ClassEnrolment.objects.filter(roster.active(on), school_class=school_class)
    return roster.list_students(viewer=viewer).filter(pk__in=members.values("student_id"))


def _enrolled(school_class: SchoolClass, on: date) -> QuerySet[Enrolment]:
    there = roster.active(on, begins="entry_on", ends="exit_on")
    return Enrolment.objects.filter(there, school_id=school_class.school_id).values("student_id")


def _refuse_uncalled(school_class: SchoolClass, student_id: int, on: date, by: Viewer) -> None:
    if not _members(school_class, on, by).filter(pk=student_id).exists():
        raise NotFound(_("Student %(id)s is not in this class that day.") % {"id": student_id})
    raise Refused(
        _("Student %(id)s is not enrolled at %(school)s on %(day)s. Correct the enrollment first.")
        % {"id": student_id, "school": school_class.school.name, "day": formats.date_format(on)}
    )


def _write(
    school_year: int, school_id: int, student_id: int, on: date, mark: str, by: Viewer, at: datetime
) -> bool:
    """Write our mark of the day where it differs from what counts now. What our mark said before is kept."""
    if mark not in rules.MARKS:
        raise Refused(
            _("'%(mark)s' is not a mark. Use one of: %(marks)s.")
            % {"mark": mark, "marks": ", ".join(rules.MARKS)}
        )
    _begin_year(school_year)
    category, share = rules.MARKS[mark]
    key = f"{school_id}:{student_id}:{on.isoformat()}"
    _wait_for_others(key)
    ours = AttendanceEvent.objects.filter(school_year=school_year, source=MADE_HERE, source_key=key).first()
    if ours is None:
        if marks_of_day(school_year=school_year, student_ids=[student_id], on=on)[student_id] == mark:
            return False  # nothing is recorded, or the school's other system says the same
        AttendanceEvent.objects.create(
            school_year=school_year, source=MADE_HERE, source_key=key, student_id=student_id, school_id=school_id,
            on=on, category=category, absent_share=share,
        )  # fmt: skip
    elif (ours.category, ours.absent_share) == (category, share):
        return False
    else:
        _change(ours, category, share, by, at)
    accounts.record_audit(
        verb="attendance.recorded",
        object_type="student",
        object_id=student_id,
        student_id=student_id,
        by=by.user_id,
        at=at,
        detail={"on": on.isoformat(), "school": school_id},
    )
    return True


def _change(event: AttendanceEvent, category: str, share: float, by: Viewer, at: datetime) -> None:
    before = {"category": event.category, "absent_share": event.absent_share}
    event.category, event.absent_share = category, share
    event.save(update_fields=["category", "absent_share"])
    Correction.objects.create(
        fact="attendanceevent",
        school_year=event.school_year,
        fact_id=event.id,
        student_id=event.student_id,
        before=before,
        after={"category": category, "absent_share": share},
        reason="marked again",
        at=at,
        by_id=by.user_id,
    )


def _wait_for_others(key: str) -> None:
    """Two people who mark the same student at once come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7216, hashtext(%s))", [key])


def _begin_year(school_year: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_ensure_marked_year(%s)", [school_year])


def _note_register(school_class: SchoolClass, on: date, called: list[int], by: Viewer, at: datetime) -> bool:
    """Keep who was called. True for the day's first register of this class, or when somebody new was called."""
    _wait_for_others(f"register {school_class.pk} {on}")
    taken = Register.objects.filter(school_class=school_class, on=on).first()
    if taken is not None and set(taken.student_ids) >= set(called):
        return False
    called = sorted({*called, *(taken.student_ids if taken else ())})
    values = {"student_ids": called, "taken_by_id": by.user_id, "taken_at": at}
    if taken is None:
        Register.objects.create(
            school_class=school_class,
            on=on,
            school_id=school_class.school_id,
            school_year=school_class.school_year,
            **values,
        )
    else:
        Register.objects.filter(pk=taken.pk).update(**values)
    return True


def _send_when_complete(school_class: SchoolClass, on: date) -> bool:
    """Let the school's day count once everybody who belongs there is accounted for. True where it began to count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT crescendo_complete_attendance(%s, %s, %s)",
            [school_class.school_id, school_class.school_year, on],
        )
        return cursor.fetchone() == (True,)


def _audit_register(class_id: int, on: date, written: list[int], by: Viewer, at: datetime) -> None:
    accounts.record_audit(
        verb="register.taken",
        object_type="class",
        object_id=class_id,
        by=by.user_id,
        at=at,
        detail={"on": on.isoformat(), "changed": len(written)},
    )


def _announce(
    school_year: int, school_id: int, student_ids: list[int], class_id: int, *, complete: bool
) -> None:
    tables = ["attendance_events"] if student_ids else []
    tables += ["attendance_submissions"] if complete else []
    topics = [f"student:{pk}" for pk in student_ids] + [f"class:{class_id}"]
    if tables:
        changes.announce_marks(school_year=school_year, school_id=school_id, tables=tables, topics=topics)
    else:
        live.announce(topics)
