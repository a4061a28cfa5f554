"""Who has a sign-in, who was invited, and who could be. Lists of people are asked for with `viewer=`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from crescendo.accounts.models import User
from crescendo.roster import queries as roster
from crescendo.roster.models import (
    Enrolment,
    FamilyLink,
    FamilyMember,
    Organisation,
    Post,
    StaffMember,
    Student,
)
from crescendo.roster.viewer import Viewer

from .models import OPEN, Invitation

KINDS = {"staff": StaffMember, "families": FamilyMember, "students": Student}
FIELDS = {StaffMember: "staff_id", FamilyMember: "family_member_id", Student: "student_id"}
Person = StaffMember | FamilyMember | Student


@dataclass(frozen=True)
class Group:
    """A group of people, as a page names it: of which school (0: all of them), grade or role ('': every one)."""

    kind: str
    school_id: int = 0
    grade: str = ""
    role: str = ""
    name: str = ""


def list_people(*, viewer: Viewer, group: Group) -> QuerySet[Person]:
    """The people of a group at and below the viewer's posts, by name."""
    if group.kind == "staff":
        found: QuerySet[Person] = StaffMember.objects.filter(pk__in=_staff_ids(viewer, group))
    elif group.kind == "families":
        links = FamilyLink.objects.filter(student_id__in=_student_ids(viewer, group), ended_on=None)
        found = FamilyMember.objects.filter(pk__in=links.values("family_member_id"))
    else:
        found = Student.objects.filter(pk__in=_student_ids(viewer, group))
    for word in group.name.lower().split():
        found = found.filter(sort_key__contains=word)
    return found.filter(Q(ended_on=None) | Q(ended_on__gt=viewer.on)).order_by(Lower("sort_key"), "id")


def _staff_ids(viewer: Viewer, group: Group) -> QuerySet[Post]:
    here = roster.list_subtree_ids({post.organisation_id for post in viewer.posts})
    posts = Post.objects.filter(roster.active(viewer.on), organisation_id__in=here)
    if group.school_id:
        posts = posts.filter(organisation_id=group.school_id)
    return (posts.filter(role_id=group.role) if group.role else posts).values("staff_id")


def _student_ids(viewer: Viewer, group: Group) -> QuerySet[Student]:
    today = roster.active(viewer.on, begins="entry_on", ends="exit_on")
    enrolled = Enrolment.objects.filter(today)
    if group.school_id:
        enrolled = enrolled.filter(school_id=group.school_id)
    if group.grade:
        enrolled = enrolled.filter(grade_level=group.grade)
    return roster.list_students(viewer=viewer).filter(pk__in=enrolled.values("student_id")).values("pk")


def list_places(*, viewer: Viewer) -> list[Organisation]:
    """The organisations at and below the viewer's posts."""
    here = roster.list_subtree_ids({post.organisation_id for post in viewer.posts})
    return list(Organisation.objects.filter(pk__in=here, ended_on=None).order_by("name", "id"))


def list_grades(*, viewer: Viewer) -> list[str]:
    """The grade levels in which students of the viewer's schools are enrolled today."""
    here = roster.list_subtree_ids({post.organisation_id for post in viewer.posts})
    today = roster.active(viewer.on, begins="entry_on", ends="exit_on")
    found = Enrolment.objects.filter(today, school_id__in=here).exclude(grade_level="")
    return sorted(set(found.order_by().values_list("grade_level", flat=True)))


def list_invitable_ids(*, people: Iterable[Person], on: date) -> set[int]:
    """Who may be invited at all: staff with a post, enrolled students, adults with a right to see a child's record
    whom nothing bars. PostgreSQL answers, because no page may read what a court said about another school's child."""
    people = list(people)
    if not people:
        return set()
    field = FIELDS[type(people[0])]
    which = {name: "id" if name == field else "NULL::bigint" for name in FIELDS.values()}
    columns = ", ".join(which[name] for name in ("staff_id", "family_member_id", "student_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM unnest(%s::bigint[]) AS id WHERE crescendo_may_be_invited({columns}, %s)",
            [[person.pk for person in people], on],
        )
        return {pk for (pk,) in cursor.fetchall()}


def count_let_in(*, people: QuerySet[Person]) -> int:
    """How many of them have a sign-in or an open invitation."""
    invited = (
        Invitation.objects.filter(OPEN).exclude(**{FIELDS[people.model]: None}).values(FIELDS[people.model])
    )
    return people.filter(Q(user__isnull=False) | Q(pk__in=invited)).count()


def find_open_invitation(*, person: Person) -> Invitation | None:
    return Invitation.objects.filter(OPEN, **{FIELDS[type(person)]: person.pk}).first()


@dataclass(frozen=True)
class Line:
    """One person in the list: how they get in, and what can be done about it."""

    person: Person
    roles: str
    state: str
    since: datetime | None
    invitation_id: int | None
    way: str
    by_letter: bool


def describe_people(*, people: Sequence[Person], on: date, at: datetime) -> list[Line]:
    """Signed in, never signed in, invited, out of date, not invited, or nothing lets them in; in a few queries."""
    if not people:
        return []
    model = type(people[0])
    field = FIELDS[model]
    ids = [person.pk for person in people]
    users = User.objects.in_bulk([person.user_id for person in people if person.user_id])
    waiting = {getattr(one, field): one for one in Invitation.objects.filter(OPEN, **{f"{field}__in": ids})}
    may = list_invitable_ids(people=people, on=on)
    roles = _roles(ids, on) if model is StaffMember else {}
    return [
        _line(
            person,
            users.get(person.user_id),
            waiting.get(person.pk),
            person.pk in may,
            roles.get(person.pk, ""),
            at,
        )
        for person in people
    ]


def _line(
    person: Person, user: User | None, invitation: Invitation | None, may: bool, roles: str, at: datetime
) -> Line:
    state, since = "not_invited" if may else "closed", None
    if user is not None:
        state, since = ("signed_in", user.last_login) if user.last_login else ("never", user.created_at)
        state = state if user.is_active else "ended"
    elif invitation is not None:
        state, since = (
            ("invited", invitation.expires_at)
            if invitation.expires_at > at
            else ("expired", invitation.expires_at)
        )
    open_id = invitation.pk if invitation and invitation.expires_at > at else None
    return Line(
        person, roles, state, since, open_id, invitation.way if invitation else "", "@" in person.email
    )


def _roles(ids: list[int], on: date) -> dict[int, str]:
    from crescendo.ui import vocabulary  # noqa: PLC0415

    found: dict[int, list[str]] = {}
    posts = Post.objects.filter(roster.active(on), staff_id__in=ids).select_related("role", "organisation")
    for post in posts.order_by("begins_on", "id"):
        words = f"{vocabulary.known_word(post.role.title)}, {post.organisation.name}"
        found.setdefault(post.staff_id, []).append(words)
    return {staff_id: "; ".join(dict.fromkeys(words)) for staff_id, words in found.items()}


@dataclass(frozen=True)
class Found:
    """An invitation as its holder meets it."""

    id: int
    digest: str
    purpose: str
    way: str
    username: str
    email: str
    person: str
    language: str
    expires_at: datetime
    is_open: bool


def find_invitation(invitation_id: int) -> Found | None:
    """By its number alone; whether the secret fits is for whoever asks to compare."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM crescendo_find_invitation(%s)", [invitation_id])
        row = cursor.fetchone()
    return Found(invitation_id, *row) if row else None


def find_printed(number: int) -> int:
    """The invitation whose code is printed after this number; 0 where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_invitation_of(%s)", [number])
        (found,) = cursor.fetchone()
    return found or 0


def list_users_named(*, said: str) -> list[int]:
    """The sign-ins of this name or e-mail that a password opens. A shared e-mail belongs to several."""
    said = said.strip()
    if not said:
        return []
    named = User.objects.filter(
        Q(username__iexact=said) | Q(email__iexact=said), is_active=True, is_demo=False
    )
    return list(named.exclude(email="").order_by("pk").values_list("pk", flat=True)[:10])
