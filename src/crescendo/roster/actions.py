"""Every write of the roster by a person: each says who did it (`by=`) and leaves a line in the trail beside it."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import Role, User
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.core.names import sort_key

from . import erasure, permissions
from .models import ErasedId, ExternalId, FamilyMember, FamilyRight, Post, StaffMember, Student
from .viewer import Viewer

CORRECTABLE = {
    "given_name",
    "middle_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "pronouns",
    "identifier",
    "email",
    "phone",
    "born_on",
    "sex",
    "address",
    "address_is_confidential",
    "cohort_year",
}


@transaction.atomic
def set_family_right(
    *,
    student_id: int,
    family_member_id: int,
    level: str,
    begins_on: date,
    basis: str,
    by: Viewer,
    at: datetime,
    ends_on: date | None = None,
    outlasts_majority: bool = False,
) -> FamilyRight:
    """Say what one adult may do about one child from a day on. The latest right counts; barred wins over all.

    The earlier rights stay on record. A barring ends only by `end_family_right`, never by a later right.
    """
    permissions.require_may_manage_rights(by, student_id)
    if level not in FamilyRight.Level.values:
        raise Refused(f"'{level}' is not a right. Use one of: {', '.join(FamilyRight.Level.values)}.")
    if not basis.strip():
        raise Refused(_("Say what the right rests on: a court order, the law, the school's own record."))
    if ends_on is not None and ends_on < begins_on:
        raise Refused(_("The last day lies before the first. Change one of them."))
    if not FamilyMember.objects.filter(pk=family_member_id, family_links__student_id=student_id).exists():
        raise NotFound(_("This adult is not linked to the child. Link them first."))
    right = FamilyRight.objects.create(
        student_id=student_id,
        family_member_id=family_member_id,
        level=level,
        begins_on=begins_on,
        ends_on=ends_on,
        basis=basis.strip()[:200],
        outlasts_majority=outlasts_majority,
        set_by_person=True,
    )
    _note("family_right.set", right, by=by, at=at, student_id=student_id, detail={"level": level})
    return right


@transaction.atomic
def end_family_right(*, right_id: int, ends_on: date, reason: str, by: Viewer, at: datetime) -> FamilyRight:
    """End a right on a day (which still counts): a court order was lifted, a guardianship ended."""
    right = FamilyRight.objects.filter(pk=right_id).first()
    if right is None:
        raise NotFound(_("There is no such right, or nothing that lets you see it."))
    permissions.require_may_manage_rights(by, right.student_id)
    if ends_on < right.begins_on:
        raise Refused(_("A right cannot end before it began."))
    if not reason.strip():
        raise Refused(_("Say why the right ends."))
    right.ends_on, right.set_by_person = ends_on, True
    right.save(update_fields=["ends_on", "set_by_person"])
    _note("family_right.ended", right, by=by, at=at, student_id=right.student_id, reason=reason)
    return right


@transaction.atomic
def correct_student(
    *, student_id: int, changes: dict[str, object], reason: str, by: Viewer, at: datetime
) -> Student:
    """Correct what a student's row says. From now on imports leave the corrected columns alone."""
    permissions.require_may_correct(by, student_id)
    if unknown := sorted(set(changes) - CORRECTABLE):
        raise Refused(
            f"{', '.join(unknown)} cannot be corrected here. These can: {', '.join(sorted(CORRECTABLE))}."
        )
    if not reason.strip():
        raise Refused(_("Say what was wrong."))
    student = Student.objects.select_for_update().filter(pk=student_id, erased_at__isnull=True).first()
    if student is None:
        raise NotFound(_("There is no such student, or nothing that lets you see them."))
    changed = sorted(name for name, value in changes.items() if getattr(student, name) != value)
    for name in changed:
        setattr(student, name, changes[name])
    student.owned_fields = sorted({*student.owned_fields, *changes})
    if {"family_name", "given_name"} & set(changed):
        student.sort_key = sort_key(student.family_name, student.given_name)
        student.owned_fields = sorted({*student.owned_fields, "sort_key"})
    try:
        student.clean_fields(exclude=["user", "sort_key", "metadata"])
    except ValidationError as error:
        raise Refused(
            "; ".join(f"{name}: {' '.join(found)}" for name, found in error.message_dict.items())
        ) from error
    student.save(update_fields=[*changed, "owned_fields", "sort_key"])
    _note(
        "student.corrected",
        student,
        by=by,
        at=at,
        student_id=student_id,
        reason=reason,
        detail={"fields": changed},
    )
    return student


@transaction.atomic
def erase_student(*, student_id: int, reason: str, by: Viewer, at: datetime) -> None:
    """Erase a person: names, ids, contact and free text go for good, here and in every app that registered; the row
    and its facts stay, so that counts stay. The next import that brings the person again is recognised."""
    permissions.require_may_erase(by, student_id)
    if not reason.strip():
        raise Refused(_("Say which request or rule this erasure follows."))
    if not Student.objects.filter(pk=student_id, erased_at__isnull=True).exists():
        raise NotFound(_("There is no such student, or they have been erased already."))
    known_as = ExternalId.objects.filter(entity="student", object_id=student_id).order_by(
        "source", "external_id"
    )
    ErasedId.objects.bulk_create(
        [
            ErasedId(digest=erasure.digest(row.source, row.entity, row.external_id), erased_at=at)
            for row in known_as
        ],
        ignore_conflicts=True,
    )
    erasure.forget_everywhere(student_id=student_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_erase_student(%s, %s)", [student_id, at])
    accounts.record_audit(
        verb="student.erased",
        object_type="student",
        object_id=student_id,
        student_id=student_id,
        by=by.user_id,
        at=at,
        reason=reason,
    )


@transaction.atomic
def give_post(
    *,
    staff_id: int,
    organisation_id: int,
    role_code: str,
    begins_on: date,
    by: Viewer,
    at: datetime,
    ends_on: date | None = None,
    title: str = "",
) -> Post:
    """Give a member of staff a role at an organisation, from a day on."""
    permissions.require_may_give_posts(by, organisation_id, staff_id, role_code)
    if not Role.objects.filter(pk=role_code).exists():
        raise Refused(f"'{role_code}' is not a role of this site.")
    if ends_on is not None and ends_on < begins_on:
        raise Refused(_("The last day lies before the first. Change one of them."))
    post = Post.objects.create(
        staff_id=staff_id,
        organisation_id=organisation_id,
        role_id=role_code,
        title=title,
        begins_on=begins_on,
        ends_on=ends_on,
    )
    _note("post.given", post, by=by, at=at, detail={"staff": staff_id, "role": role_code})
    return post


@transaction.atomic
def end_post(*, post_id: int, ends_on: date, by: Viewer, at: datetime) -> Post:
    """End a post on a day (the last one of the post). What the person saw through it ends with that day."""
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        raise NotFound(_("There is no such post."))
    permissions.require_may_give_posts(by, post.organisation_id, post.staff_id, post.role_id)
    if ends_on < post.begins_on:
        raise Refused(_("A post cannot end before it began."))
    post.ends_on = ends_on
    post.save(update_fields=["ends_on"])
    _note("post.ended", post, by=by, at=at, detail={"staff": post.staff_id})
    return post


@transaction.atomic
def link_user(
    *, person: StaffMember | Student | FamilyMember, user: User | None, by: Viewer, at: datetime
) -> None:
    """Say which person stands behind a sign-in (None: nobody any more)."""
    permissions.require_may_link_users(by)
    if isinstance(person, Student):
        permissions.require_may_correct(by, person.pk)
    own = {StaffMember: by.staff_id, Student: by.student_id, FamilyMember: by.family_member_id}
    if person.pk == own[type(person)] or (user is not None and user.pk == by.user_id):
        # Whoever is barred from a child as its parent would be barred no more.
        raise NotAllowed(_("Nobody links or unlinks their own sign-in. Ask a colleague who manages posts."))
    if user is not None and type(person).objects.filter(user=user).exclude(pk=person.pk).exists():
        raise Refused(_("This sign-in belongs to somebody else already. Unlink it there first."))
    person.user = user
    person.save(update_fields=["user"])
    _note("user.linked", person, by=by, at=at, detail={"user": user.pk if user else None})


def _note(
    verb: str,
    row: FamilyRight | Student | Post | StaffMember | FamilyMember,
    *,
    by: Viewer,
    at: datetime,
    student_id: int | None = None,
    reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    accounts.record_audit(
        verb=verb,
        object_type=row._meta.model_name or "",
        object_id=row.pk,
        student_id=student_id,
        by=by.user_id,
        at=at,
        reason=reason,
        detail=detail,
    )
