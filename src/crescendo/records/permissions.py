"""Who may do what with records."""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed
from crescendo.roster import queries as roster
from crescendo.roster.models import ClassStaff, SchoolClass
from crescendo.roster.viewer import Viewer


def teaches(viewer: Viewer, class_id: int) -> bool:
    """Whoever is listed as staff of the class on the day, and holds a post."""
    return (
        viewer.is_staff
        and ClassStaff.objects.filter(
            roster.active(viewer.on), school_class_id=class_id, staff_id=viewer.staff_id
        ).exists()
    )


def may_record_participation(viewer: Viewer, class_id: int) -> bool:
    """Those who teach or help in the class today. Not the principal: a check is what somebody in the room saw."""
    return viewer.may("participation.record") and teaches(viewer, class_id)


def works_with_as_staff(viewer: Viewer, student_id: int) -> bool:
    """Staff who see the student through their post or class; not as family."""
    return bool(roster.reason_codes(viewer, student_id) & {"organisation", "class"})


def reaches_school(viewer: Viewer, school_id: int) -> bool:
    """Whoever holds a post that reaches every student of the school: at the school, or above it."""
    reached = [post.organisation_id for post in viewer.posts if post.student_scope == "organisation"]
    return bool(reached) and school_id in roster.list_subtree_ids(reached)


def may_record_attendance(viewer: Viewer, school_class: SchoolClass) -> bool:
    """Those who teach or help in the class today, and those whose post reaches the school's students (the office)."""
    return viewer.may("attendance.record") and (
        teaches(viewer, school_class.pk) or reaches_school(viewer, school_class.school_id)
    )


def may_record_scores(viewer: Viewer, school_class: SchoolClass) -> bool:
    """Those who teach the class today; and, of those whose post reaches the school, who may correct its records."""
    if teaches(viewer, school_class.pk):
        return viewer.may("scores.record")
    may = viewer.may("scores.record") or viewer.may("records.correct")
    return may and reaches_school(viewer, school_class.school_id)


def may_add_coursework(viewer: Viewer, school_class: SchoolClass) -> bool:
    """Those who teach the class today and enter its scores: what work is set is theirs to say."""
    return viewer.may("scores.record") and teaches(viewer, school_class.pk)


def may_change_coursework(viewer: Viewer, school_class: SchoolClass) -> bool:
    """Who could add it; and, where its teacher has left, who may correct the records of the whole school. Only work
    that was added here: what another system brought is changed there."""
    may = viewer.may("records.correct") and reaches_school(viewer, school_class.school_id)
    return may or may_add_coursework(viewer, school_class)


def may_close_day(viewer: Viewer, school_id: int) -> bool:
    """Those who record attendance and whose post reaches every student of the school: its office, its principal."""
    return viewer.may("attendance.record") and reaches_school(viewer, school_id)


def may_see_behaviour(viewer: Viewer, student_id: int) -> bool:
    """Staff whose role may see behaviour, of students in scope; the student; and the family with a right to see."""
    reasons = roster.reason_codes(viewer, student_id)
    return bool(reasons & {"family", "self"}) or (bool(reasons) and viewer.may("behaviour.see"))


def require_may_correct(viewer: Viewer, student_id: int) -> None:
    """Staff whose role may correct records, of students in scope through their post or class."""
    reasons = roster.reason_codes(viewer, student_id)
    if not (viewer.may("records.correct") and reasons & {"organisation", "class"}):
        raise NotAllowed(
            _("Only staff whose role may correct records can do this, for students they work with.")
        )
