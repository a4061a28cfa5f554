"""Who may take part in coaching, and who may see that there is any.

The content of an agreement is for its two people; there is no permission that opens it to a third.
"""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed
from crescendo.roster.models import StaffMember
from crescendo.roster.viewer import Viewer

from .models import Agreement

# A governor oversees the place; colleagues are the people who work in it.
NOT_A_COLLEAGUE = frozenset({"governor"})


def may_take_part(viewer: Viewer) -> bool:
    """Whoever works here today: any colleague may coach any other. Families, students and governors do not."""
    return viewer.is_staff and bool(viewer.role_codes - NOT_A_COLLEAGUE)


def works_with_colleagues(viewer: Viewer) -> bool:
    """Those whose posts reach no students (coach, mentor, personnel): for them coaching stands in the rail."""
    return may_take_part(viewer) and all(post.student_scope == "none" for post in viewer.posts)


def may_see_counts(viewer: Viewer) -> bool:
    """Whoever leads a school or district: a few coarse numbers, never who."""
    return viewer.may("plans.write")


def is_coach(viewer: Viewer, agreement: Agreement) -> bool:
    return viewer.staff_id == agreement.coach_id


def is_coachee(viewer: Viewer, agreement: Agreement) -> bool:
    return viewer.staff_id == agreement.coachee_id


def may_answer(viewer: Viewer, agreement: Agreement) -> bool:
    """The one of the two who was invited, while the invitation is open."""
    return agreement.state == Agreement.State.INVITED and viewer.staff_id != agreement.invited_by_id


def other_of(viewer: Viewer, agreement: Agreement) -> StaffMember:
    """The other of the two."""
    return agreement.coachee if is_coach(viewer, agreement) else agreement.coach


def check_may_take_part(viewer: Viewer) -> None:
    if not may_take_part(viewer):
        raise NotAllowed(_("Coaching is for colleagues who work at a school or district today."))


def check_may_see_counts(viewer: Viewer) -> None:
    if not may_see_counts(viewer):
        raise NotAllowed(_("These numbers are for whoever leads a school or district."))
