"""The cast of the demo: sign-ins for fifteen people of the district, and what each family may do.

The people are in the files like everybody else. What no file carries stands here: who may sign in, posts that a
student information system does not know (mentor, governor), and what a court or a school decided about each adult.
"""

import datetime as dt
from typing import TYPE_CHECKING

from crescendo.accounts.models import User
from crescendo.core.names import sort_key
from crescendo.roster import models as roster
from edmeasures import synth

if TYPE_CHECKING:
    from edmeasures.synth.cast_members import CastMember

ROSTER = "sis"  # the source that the roster came from

PEOPLE = {"staff": roster.StaffMember, "family": roster.FamilyMember, "student": roster.Student}
LANGUAGES = {"fay": "es"}
# What a post is called where it is more than its role.
TITLES = {"max": "Head of mathematics, mentor"}


def introduce(*, today: dt.date, at: dt.datetime) -> None:
    """Sign-ins, posts, rights."""
    _give_rights(today=today)
    for member in synth.cast:
        person = _find(member.entity, member.sourced_id)
        person.user = User.objects.create(
            username=member.key,
            email=f"{member.key}@harbor.example",
            display_name=person.name,
            language=LANGUAGES.get(member.key, "en-us"),
            is_demo=True,
            created_at=at,
            password="!",  # no password opens a demo sign-in; only the button of a demo's sign-in page does
        )
        person.save(update_fields=["user"])
        if member.entity == "staff":
            _give_post(person, member)
            if member.key in TITLES:
                person.posts.filter(role_id=member.role).update(title=TITLES[member.key])
    _bar_bryn(today=today)
    _appoint_adam(today=today, at=at)


def _appoint_adam(*, today: dt.date, at: dt.datetime) -> None:
    """The administrator is in no file: whoever sets a site up is made here, as on a real site."""
    user = User.objects.create(
        username="adam",
        email="adam@harbor.example",
        display_name="Adam Abbott",
        is_demo=True,
        created_at=at,
        password="!",
    )
    adam = roster.StaffMember.objects.create(
        given_name="Adam", family_name="Abbott", sort_key=sort_key("Abbott", "Adam"), user=user
    )
    top = roster.Organisation.objects.filter(parent=None, ended_on=None).order_by("id").first()
    roster.Post.objects.create(
        staff=adam, organisation=top, role_id="administrator", begins_on=today - dt.timedelta(days=300)
    )


def _find(entity: str, sourced_id: str) -> roster.StaffMember | roster.FamilyMember | roster.Student:
    found = roster.ExternalId.objects.get(source=ROSTER, entity=entity, external_id=sourced_id)
    return PEOPLE[entity].objects.get(pk=found.object_id)


def _give_post(person: roster.StaffMember, member: "CastMember") -> None:
    """Where the files did not bring the post with its role, give it."""
    where = roster.ExternalId.objects.get(
        source=ROSTER, entity="org", external_id=member.organisation_sourced_id
    ).object_id
    posts = roster.Post.objects.filter(staff=person, organisation_id=where)
    if posts.filter(role_id=member.role).exists():
        return
    first = posts.order_by("begins_on").first()
    begins_on = first.begins_on if first else roster.AcademicSession.objects.earliest("begins_on").begins_on
    roster.Post.objects.create(staff=person, organisation_id=where, role_id=member.role, begins_on=begins_on)


def _give_rights(*, today: dt.date) -> None:
    """As a school does at enrolment: every adult whom the roster links to a child may see and write."""
    begins_on = roster.AcademicSession.objects.earliest("begins_on").begins_on
    have = set(roster.FamilyRight.objects.order_by().values_list("student_id", "family_member_id"))
    links = roster.FamilyLink.objects.order_by().values_list("student_id", "family_member_id")
    roster.FamilyRight.objects.bulk_create(
        [
            roster.FamilyRight(
                student_id=student,
                family_member_id=adult,
                level=roster.FamilyRight.Level.SEE_AND_MESSAGE,
                begins_on=begins_on,
                basis="enrolment form",
                set_by_person=True,
            )
            for student, adult in sorted(set(links) - have)
        ],
        batch_size=5000,
    )


def _bar_bryn(*, today: dt.date) -> None:
    """A court has barred Bryn from Sam. The older right stays on record; barred wins over it."""
    by_key = {member.key: member for member in synth.cast}
    bryn = _find("family", by_key["bryn"].sourced_id)
    sam = _find("student", by_key["sam"].sourced_id)
    roster.FamilyLink.objects.get_or_create(
        student=sam, family_member=bryn, defaults={"relationship": "parent"}
    )
    roster.FamilyRight.objects.create(
        student=sam,
        family_member=bryn,
        level=roster.FamilyRight.Level.BARRED,
        begins_on=today - dt.timedelta(days=120),
        basis="court order",
        set_by_person=True,
    )
