"""Every write of access: inviting, withdrawing, letting in, asking for a new password. The trail holds ids alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import User
from crescendo.comms import actions as comms
from crescendo.core import live
from crescendo.core.errors import NotFound, Refused
from crescendo.roster.models import FamilyMember, StaffMember, Student
from crescendo.roster.viewer import Viewer

from . import naming, permissions, queries, secrets_of
from .models import OPEN, Invitation

INVITED, NEW_PASSWORD, NEW_WAY_IN = "access.invited", "access.new_password", "access.new_way_in"
LASTS = timedelta(days=14)
RENEWAL_LASTS = timedelta(days=2)
MOST_AT_ONCE = 500
MOST_WRONG_CODES = 20

FIELDS = {StaffMember: "staff", FamilyMember: "family_member", Student: "student"}
Way = Invitation.Way


@dataclass(frozen=True)
class Sheet:
    """A printed code for one person. The only place where the code ever stands."""

    name: str
    username: str
    code: str
    expires_at: datetime
    language: str = ""


@dataclass(frozen=True)
class Invited:
    """What became of an invitation of many: letters on their way, codes to print, and how many were left out."""

    letters: int
    sheets: tuple[Sheet, ...]
    left_out: int


@transaction.atomic
def invite_people(
    *, people: Iterable[permissions.Person], way: str = "", by: Viewer, at: datetime
) -> Invited:
    """Invite each who has no sign-in, no open invitation and nothing against it; by letter where there is an e-mail.

    `way="code"`: a printed code for each, also where there is an e-mail; an open invitation is then replaced. No code is
    printed for an adult of a child elsewhere too: whoever holds it could read of that child.
    """
    people = list(people)
    if len(people) > MOST_AT_ONCE:
        raise Refused(_("Invite at most %(n)s people at once.") % {"n": MOST_AT_ONCE})
    allowed = queries.list_invitable_ids(people=people, on=by.on)
    letters, sheets, left_out = 0, [], 0
    for person in people:
        permissions.require_may_let_in(by, person)
        known = queries.find_open_invitation(person=person)
        if (
            person.user_id
            or person.pk not in allowed
            or (known and known.expires_at > at and way != Way.CODE)
        ):
            left_out += 1
            continue
        chosen = way or (Way.LETTER if "@" in person.email else Way.CODE)
        if chosen == Way.CODE and permissions.has_child_beyond(by, person):
            left_out += 1
            continue
        invitation, code = _make(person, Invitation.Purpose.JOIN, chosen, by=by, at=at)
        if chosen == Way.LETTER:
            letters += 1
            _post(INVITED, invitation, by=by, at=at)
        else:
            sheets.append(_sheet(person, invitation, code))
    return Invited(letters, tuple(sheets), left_out)


@transaction.atomic
def renew_way_in(*, person: permissions.Person, by: Viewer, at: datetime) -> Sheet:
    """A one-time code for somebody who has a sign-in and lost the password or the phone. They are told of it."""
    permissions.require_may_let_in(by, person)
    permissions.require_may_hold_a_code_of(by, person)
    if person.user_id is None:
        raise Refused(_("This person has no sign-in yet. Invite them."))
    if person.pk not in queries.list_invitable_ids(people=[person], on=by.on):
        raise Refused(_("Nothing lets this person in today, so that a code would open nothing."))
    invitation, code = _make(person, Invitation.Purpose.RENEW, Way.CODE, by=by, at=at)
    comms.tell(
        kind=NEW_WAY_IN,
        arguments={"users": [person.user_id]},
        data={"by": by.user_id},
        by=User.objects.get(pk=by.user_id),
        at=at,
    )
    return _sheet(person, invitation, code)


def _make(
    person: permissions.Person, purpose: str, way: str, *, by: Viewer, at: datetime
) -> tuple[Invitation, str]:
    """A new secret for this person; an older one that was not used opens nothing any more."""
    field = FIELDS[type(person)]
    older = Invitation.objects.select_for_update().filter(OPEN, **{field: person})
    kept = older.first()
    older.update(withdrawn_at=at)
    nonce, code = secrets_of.draw_nonce(), secrets_of.draw_code()
    secret = secrets_of.secret_of_letter(nonce) if way == Way.LETTER else code
    invitation = Invitation.objects.create(
        **{field: person},
        purpose=purpose,
        way=way,
        user_id=person.user_id,
        username=_username(person, kept),
        email=person.email if way == Way.LETTER else "",
        nonce=nonce if way == Way.LETTER else "",
        number=secrets_of.draw_number() if way == Way.CODE else None,
        digest=secrets_of.digest(secret),
        created_at=at,
        by_id=by.user_id,
        expires_at=at + (LASTS if purpose == Invitation.Purpose.JOIN else RENEWAL_LASTS),
    )
    accounts.record_audit(
        verb=f"invitation.{'made' if purpose == Invitation.Purpose.JOIN else 'renewed'}",
        object_type="access.Invitation",
        object_id=invitation.pk,
        student_id=person.pk if isinstance(person, Student) else None,
        by=by.user_id,
        at=at,
        reason=way,
    )
    return invitation, code


def _username(person: permissions.Person, kept: Invitation | None) -> str:
    if person.user_id:
        return User.objects.values_list("username", flat=True).get(pk=person.user_id)
    return kept.username if kept else naming.free_username(person)


def _sheet(person: permissions.Person, invitation: Invitation, code: str) -> Sheet:
    return Sheet(
        person.name,
        invitation.username,
        secrets_of.write_code(invitation.number, code),
        invitation.expires_at,
        getattr(person, "speaks", ""),
    )


def _post(kind: str, invitation: Invitation, *, by: Viewer, at: datetime) -> None:
    comms.tell(
        kind=kind,
        arguments={"users": []},
        data={"invitation": invitation.pk},
        by=User.objects.get(pk=by.user_id),
        at=at,
    )


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: Viewer, at: datetime) -> None:
    """Its link or code opens nothing any more. Twice is once."""
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    person = invitation and (invitation.staff or invitation.family_member or invitation.student)
    if not person:
        raise NotFound(_("There is no such invitation."))
    permissions.require_may_let_in(by, person)
    if invitation.accepted_at:
        raise Refused(_("It has been accepted already. End the post or the right instead."))
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        accounts.record_audit(
            verb="invitation.withdrawn",
            object_type="access.Invitation",
            object_id=invitation.pk,
            by=by.user_id,
            at=at,
        )


@transaction.atomic
def accept_invitation(
    *,
    invitation_id: int,
    secret: str,
    password: str | None,
    language: str,
    existing_user: int | None = None,
    on: date,
    at: datetime,
) -> int:
    """The password that somebody chose, once, for the holder of the secret; or the person added to the sign-in they
    have. Returns the sign-in. Refused where the invitation has been used, withdrawn, or nothing lets them in today."""
    hashed = make_password(password)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT crescendo_accept_invitation(%s, %s, %s, %s, %s, %s, %s)",
                [invitation_id, secrets_of.digest(secret), hashed, language, existing_user, at, on],
            )
            (user_id,) = cursor.fetchone()
    except IntegrityError:
        raise Refused(
            _("Somebody has this sign-in name already. If it is you, sign in first and open this again.")
        ) from None
    if user_id is None:
        raise Refused(_("This invitation opens nothing any more. Ask the school for a new one."))
    live.stop_listening(user_id)  # where it gave a new password, the old sign-in's open pages end
    return user_id


def note_wrong_code(*, invitation_id: int, at: datetime) -> None:
    """After twenty wrong codes the invitation is over, from wherever they came."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_note_wrong_code(%s, %s, %s)", [invitation_id, MOST_WRONG_CODES, at])


@transaction.atomic
def ask_for_new_password(*, said: str, at: datetime) -> None:
    """A letter to everybody whose sign-in name or e-mail this is. Nobody of that name: as much is done, nothing is sent."""
    found = queries.list_users_named(said=said)
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_ask_for_new_password(%s::bigint[], %s)", [found, at])
    comms.wake_the_worker()
