"""Organisations, classes and staff. None of it belongs to a student; what a viewer is offered follows their posts."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from crescendo.core.once import once_a_page

from ..models import ClassStaff, Enrolment, Organisation, Post, SchoolClass
from ..scope import SeenBy
from ..viewer import Viewer

_BELOW = """
WITH RECURSIVE below AS (
    SELECT id FROM roster_organisation WHERE id = ANY(%s)
    UNION SELECT o.id FROM roster_organisation o JOIN below b ON o.parent_id = b.id
) SELECT id FROM below ORDER BY id
"""
_ABOVE = """
WITH RECURSIVE above AS (
    SELECT id, parent_id, 0 AS step FROM roster_organisation WHERE id = %s
    UNION SELECT o.id, o.parent_id, a.step + 1 FROM roster_organisation o JOIN above a ON o.id = a.parent_id
    WHERE a.step < 20
) SELECT id FROM above ORDER BY step
"""


def list_subtree_ids(organisation_ids: int | Iterable[int]) -> list[int]:
    """The organisations and all those below them."""
    roots = [organisation_ids] if isinstance(organisation_ids, int) else organisation_ids
    return list(_below(tuple(sorted(set(roots)))))


def list_ancestor_ids(organisation_id: int) -> list[int]:
    """The organisation, its parent, and so on to the top."""
    return list(_above(organisation_id))


@once_a_page
def _below(roots: tuple[int, ...]) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [list(roots)])
        return tuple(pk for (pk,) in cursor.fetchall())


@once_a_page
def _above(organisation_id: int) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [organisation_id])
        return tuple(pk for (pk,) in cursor.fetchall())


def active(on: date, prefix: str = "", *, begins: str = "begins_on", ends: str = "ends_on") -> Q:
    """Rows that hold on the day: both days count, and a row that its source ended is over."""
    return (
        Q(**{f"{prefix}{begins}__lte": on})
        & (Q(**{f"{prefix}{ends}__isnull": True}) | Q(**{f"{prefix}{ends}__gte": on}))
        & (Q(**{f"{prefix}ended_on__isnull": True}) | Q(**{f"{prefix}ended_on__gt": on}))
    )


def list_schools(*, viewer: Viewer) -> QuerySet[Organisation]:
    """The schools whose results this viewer may look at: at and below their posts, and their children's own."""
    posts = [post.organisation_id for post in viewer.posts] if viewer.may("results.see") else []
    ids = list_subtree_ids(posts) if posts else []
    theirs = Q(pk__in=ids)
    if viewer.is_family or viewer.is_student:
        today = active(viewer.on, begins="entry_on", ends="exit_on")
        theirs |= Q(pk__in=Enrolment.objects.filter(today, SeenBy(viewer, "student_id")).values("school_id"))
    return Organisation.objects.filter(theirs, kind=Organisation.Kind.SCHOOL, ended_on__isnull=True)


def list_classes(*, viewer: Viewer, school_year: int | None = None) -> QuerySet[SchoolClass]:
    """The classes this viewer teaches today, and those of the schools whose students their posts reach."""
    taught = ClassStaff.objects.filter(active(viewer.on), staff_id=viewer.staff_id).values("school_class_id")
    reached = [post.organisation_id for post in viewer.posts if post.student_scope == "organisation"]
    classes = SchoolClass.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=viewer.on), school_year=school_year or viewer.school_year
    )
    if not viewer.is_staff:
        return classes.none()
    ids = list_subtree_ids(reached) if reached else []
    return classes.filter(Q(pk__in=taught) | Q(school_id__in=ids)).select_related("school", "course")


def list_staff(*, organisation_id: int, on: date) -> QuerySet[Post]:
    """Who holds which post at the organisation on the day."""
    return (
        Post.objects.filter(active(on), organisation_id=organisation_id)
        .select_related("staff", "role")
        .order_by("staff__sort_key", "id")
    )
