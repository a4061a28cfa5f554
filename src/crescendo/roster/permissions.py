"""Who may do what with the roster, as prose. Whether somebody may see a student at all is scope (`why_may_see`)."""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed

from . import queries
from .viewer import Viewer


def works_with(viewer: Viewer, student_id: int) -> bool:
    """Staff who see the student through their post's organisation or a class they teach; not as family."""
    return bool(queries.reason_codes(viewer, student_id) & {"organisation", "class"})


def may_see_demographics(viewer: Viewer, student_id: int) -> bool:
    """Staff whose role may see sensitive characteristics; the student; the family."""
    reasons = queries.reason_codes(viewer, student_id)
    return bool(reasons & {"family", "self"}) or (bool(reasons) and viewer.may("demographics.see"))


def require_may_manage_rights(viewer: Viewer, student_id: int) -> None:
    """Staff whose role manages families' rights, for students they work with. Never an adult of the family itself:
    a principal who is the child's parent asks a colleague."""
    reasons = queries.reason_codes(viewer, student_id)
    if not (viewer.may("rights.manage") and "organisation" in reasons and "family" not in reasons):
        raise NotAllowed(
            _("Only staff who manage families' rights can do this, and not for their own children.")
        )


def require_may_correct(viewer: Viewer, student_id: int) -> None:
    """Staff whose role may correct records, for students they work with."""
    if not (viewer.may("records.correct") and works_with(viewer, student_id)):
        raise NotAllowed(
            _("Only staff whose role may correct records can do this, for students they work with.")
        )


def require_may_erase(viewer: Viewer, student_id: int) -> None:
    """Whoever holds the permission to erase, at an organisation that has the student."""
    reasons = queries.reason_codes(viewer, student_id)
    if not (viewer.may("records.erase") and "organisation" in reasons):
        raise NotAllowed(_("Only an administrator of the student's organisation can erase a person."))


def require_may_give_posts(
    viewer: Viewer, organisation_id: int, staff_id: int | None, role_code: str
) -> None:
    """Whoever manages posts, at and below the organisation of a post that says so; nobody for themselves, and only an
    administrator makes an administrator."""
    if viewer.staff_id is not None and viewer.staff_id == staff_id:
        raise NotAllowed(_("Nobody gives or ends their own post. Ask a colleague who manages posts."))
    if role_code == "administrator" and not viewer.has_role("administrator"):
        raise NotAllowed(_("Only an administrator can make somebody an administrator."))
    here = queries.list_subtree_ids({post.organisation_id for post in viewer.posts})
    if not (viewer.may("posts.manage") and organisation_id in here):
        raise NotAllowed(
            _("Only staff who manage posts can do this, at their organisation and those below it.")
        )


def require_may_link_users(viewer: Viewer) -> None:
    """Whoever manages posts: a sign-in opens whatever its person may see."""
    if not viewer.may("posts.manage"):
        raise NotAllowed(_("Only staff who manage posts can link a sign-in to a person."))
