"""Who invites whom."""

from django.db import connection
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
    """At and below the inviter's own posts: staff who hold all their posts there, students there, adults of those
    students. Nobody lets in themselves, their own child or its other adults, and only an administrator lets an
    administrator in: whoever holds a printed code could use it."""
    require_may_invite(viewer)
    if isinstance(person, StaffMember):
        _require_may_let_staff_in(viewer, person)
        return
    if person.pk in (viewer.family_member_id if isinstance(person, FamilyMember) else viewer.student_id,):
        raise NotAllowed(_("Nobody gives themselves a new way in. Ask a colleague who invites people."))
    links = FamilyLink.objects.filter(family_member_id=person.pk).values_list("student_id", flat=True)
    children = [person.pk] if isinstance(person, Student) else list(links)
    reasons = [roster.reason_codes(viewer, child) for child in children]
    if not any("organisation" in why for why in reasons):
        raise NotFound(_("There is no such person, or nothing that lets you see them."))
    if any("family" in why for why in reasons):
        raise NotAllowed(
            _(
                "Nobody lets in their own child, nor the child's other adults. Ask a colleague who invites people."
            )
        )
    _require_may_open_sign_in_of(viewer, person)


def has_child_beyond(viewer: Viewer, person: Person) -> bool:
    """Whether this adult's sign-in opens a child, enrolled today, whom the inviter does not reach. PostgreSQL answers."""
    if not isinstance(person, FamilyMember):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT crescendo_looks_as(%s, %s) AND crescendo_has_child_beyond(%s)",
            [viewer.user_id, viewer.on, person.pk],
        )
        return bool(cursor.fetchone()[0])


def require_may_hold_a_code_of(viewer: Viewer, person: Person) -> None:
    """A code on paper opens whatever its person may see. For an adult with children in several schools it is made by
    somebody who invites for all of them."""
    if has_child_beyond(viewer, person):
        raise NotAllowed(
            _(
                "This adult has a child elsewhere as well. Ask somebody who invites people for all of these places."
            )
        )


def _require_may_open_sign_in_of(viewer: Viewer, person: FamilyMember | Student) -> None:
    """A sign-in opens whatever its person is: a mother who is an administrator as well is let in by an administrator."""
    staff = person.user_id and StaffMember.objects.filter(user_id=person.user_id).first()
    if staff and Post.objects.filter(roster.active(viewer.on), staff_id=staff.pk).exists():
        _require_may_let_staff_in(viewer, staff)


def _require_may_let_staff_in(viewer: Viewer, person: StaffMember) -> None:
    here = roster.list_subtree_ids({post.organisation_id for post in viewer.posts})
    held = Post.objects.filter(roster.active(viewer.on), staff_id=person.pk)
    if not held.filter(organisation_id__in=here).exists():
        raise NotFound(_("There is no such person, or nothing that lets you see them."))
    if person.pk == viewer.staff_id:
        raise NotAllowed(_("Nobody gives themselves a new way in. Ask a colleague who invites people."))
    if held.exclude(organisation_id__in=here).exists():
        raise NotAllowed(
            _("This person works elsewhere as well. Ask somebody who invites people for all of these places.")
        )
    if held.filter(role_id="administrator").exists() and not viewer.has_role("administrator"):
        raise NotAllowed(_("Only an administrator can let an administrator in."))
