"""Who invites whom."""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed, NotFound
from crescendo.roster import queries as roster
from crescendo.roster.models import FamilyLink, FamilyMember, Post, StaffMember, Student
from crescendo.roster.viewer import Viewer

Person = StaffMember | FamilyMember | Student


def may_invite(viewer: Viewer) -> bool:
    """Whoever's role invites: a district's leader, an administrator."""
    return viewer.may("people.invite")


def require_may_invite(viewer: Viewer) -> None:
    if not may_invite(viewer):
        raise NotAllowed(_("People are invited by the district's leader and by administrators."))


def require_may_let_in(viewer: Viewer, person: Person) -> None:
    """At and below the inviter's own posts: staff who hold a post there, students of theirs, adults of those students.
    Nobody lets themselves in again, and only an administrator lets an administrator in."""
    require_may_invite(viewer)
    if isinstance(person, StaffMember):
        _require_may_let_staff_in(viewer, person)
        return
    if isinstance(person, Student):
        is_theirs = roster.list_students(viewer=viewer).filter(pk=person.pk).exists()
    else:
        children = FamilyLink.objects.filter(family_member_id=person.pk).values("student_id")
        is_theirs = roster.list_students(viewer=viewer).filter(pk__in=children).exists()
    if not is_theirs:
        raise NotFound(_("There is no such person, or nothing that lets you see them."))
    if person.pk in (viewer.family_member_id if isinstance(person, FamilyMember) else viewer.student_id,):
        raise NotAllowed(_("Nobody gives themselves a new way in. Ask a colleague who invites people."))


def _require_may_let_staff_in(viewer: Viewer, person: StaffMember) -> None:
    here = roster.list_subtree_ids({post.organisation_id for post in viewer.posts})
    held = Post.objects.filter(roster.active(viewer.on), staff_id=person.pk)
    if not held.filter(organisation_id__in=here).exists():
        raise NotFound(_("There is no such person, or nothing that lets you see them."))
    if person.pk == viewer.staff_id:
        raise NotAllowed(_("Nobody gives themselves a new way in. Ask a colleague who invites people."))
    if held.filter(role_id="administrator").exists() and not viewer.has_role("administrator"):
        raise NotAllowed(_("Only an administrator can let an administrator in."))
