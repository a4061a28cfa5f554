"""Who may do what with support.

- See that there is support, its goal and how it goes: whoever may see the student (teachers, counsellors, leaders, the
  family with a right to see, the student). A class's support: whoever teaches the class or reaches its school.
- Open it, log, record, decide: staff whose role writes support (`support.write`), for students they work with; never
  for a child of their own family.
- Review and close: of those, whoever opened or owns the plan, and staff who see the student through the school.
- Read why it was opened, check-ins, reviews and notes on sessions: those who may write. No family, no analyst.
"""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed, NotFound
from crescendo.plans import permissions as plans
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

from .models import SupportPlan

# A school's number -> the number that says of each student yes or no, so that there is a list to choose from.
NAMED_BY = {
    "chronic_absence": "chronic_absence",
    "severe_chronic_absence": "severe_chronic_absence",
    "absence_streak": "absence_streak",
    "attendance_rate": "chronic_absence",
    "benchmark_risk": "benchmark_risk",
    "proficiency_rate": "benchmark_risk",
    "mean_scale_score": "benchmark_risk",
    "mean_z_score": "benchmark_risk",
    "course_failure": "course_failure",
}
OWN = frozenset({"family", "self"})
WORKS = frozenset({"organisation", "class"})


def may_support_student(viewer: Viewer, student_id: int) -> bool:
    """Staff whose role writes support and who work with the student, not as the student's own family."""
    if not viewer.may("support.write"):
        return False
    reasons = roster.reason_codes(viewer, student_id)
    return bool(reasons & WORKS) and not reasons & OWN


def list_supportable(viewer: Viewer, student_ids: Sequence[int]) -> set[int]:
    """Of these students, those for whom this viewer may write support: the rule above, asked once for all."""
    if not viewer.may("support.write"):
        return set()
    reasons: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT student_id, reason FROM crescendo_visible "
            "WHERE student_id = ANY(%s) AND crescendo_looks_as(%s, %s)",
            [list(student_ids), viewer.user_id, viewer.on],
        )
        for student_id, reason in cursor.fetchall():
            reasons[student_id].add(reason)
    return {student_id for student_id, why in reasons.items() if why & WORKS and not why & OWN}


def may_open(viewer: Viewer) -> bool:
    """Staff whose role writes support; for whom is asked student by student."""
    return viewer.is_staff and viewer.may("support.write")


def require_may_open(viewer: Viewer) -> None:
    if not may_open(viewer):
        raise NotAllowed(_refusal())


def may_support_class(viewer: Viewer, class_id: int) -> bool:
    """Staff whose role writes support and who teach the class or whose post reaches its school."""
    return viewer.may("support.write") and roster.list_classes(viewer=viewer).filter(pk=class_id).exists()


def may_write(viewer: Viewer, support: SupportPlan) -> bool:
    """Whether this viewer may log, record, decide, and read the notes."""
    if support.student_id is not None:
        return may_support_student(viewer, support.student_id)
    return may_support_class(viewer, support.school_class_id)


def may_decide(viewer: Viewer, support: SupportPlan) -> bool:
    """Whether this viewer may review and close the plan."""
    return may_write(viewer, support) and plans.may_lead(viewer, support.plan)


def require_may_open_for_student(viewer: Viewer, student_id: int) -> None:
    """A student out of scope is as if absent; in scope without the permission is refused."""
    if not roster.reason_codes(viewer, student_id):
        raise NotFound(_("There is no such student, or nothing that lets you see them."))
    if not may_support_student(viewer, student_id):
        raise NotAllowed(_refusal())


def require_may_write(viewer: Viewer, support: SupportPlan) -> None:
    if not may_write(viewer, support):
        raise NotAllowed(_refusal())


def require_may_decide(viewer: Viewer, support: SupportPlan) -> None:
    require_may_write(viewer, support)
    if not may_decide(viewer, support):
        raise NotAllowed(
            _("Only whoever opened or owns the plan, and staff of the whole school, can decide on it.")
        )


def require_may_open_for_class(viewer: Viewer, class_id: int) -> None:
    """A class out of scope is as if absent; in scope without the permission is refused."""
    if not (viewer.is_staff and roster.list_classes(viewer=viewer).filter(pk=class_id).exists()):
        raise NotFound(_("There is no such class, or nothing that lets you see it."))
    if not may_support_class(viewer, class_id):
        raise NotAllowed(
            _("Only staff whose role writes support can open it for a class they teach or reach.")
        )


def _refusal() -> str:
    return _(
        "Only staff whose role writes support can do this, for students they work with and not for their own children."
    )
