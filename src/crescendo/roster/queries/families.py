"""A child's adults and an adult's children."""

from django.db.models import Q, QuerySet

from ..models import FamilyLink, FamilyRight, Student
from ..scope import SeenBy
from ..viewer import Viewer
from .students import list_students


def list_children(*, viewer: Viewer) -> QuerySet[Student]:
    """The children whose record this adult of a family may see today."""
    if viewer.family_member_id is None:
        return Student.objects.none()
    rights = FamilyRight.objects.filter(family_member_id=viewer.family_member_id).values("student_id")
    return list_students(viewer=viewer).filter(pk__in=rights)


def list_family(*, viewer: Viewer, student_id: int) -> QuerySet[FamilyLink]:
    """The adults of a student's family. The school sees all of them, an adult only themselves."""
    links = FamilyLink.objects.filter(student_id=student_id).select_related("family_member")
    if not viewer.is_staff:
        return links.filter(family_member_id=viewer.family_member_id)
    return links.filter(SeenBy(viewer, "student_id"))


def list_family_rights(*, viewer: Viewer, student_id: int) -> QuerySet[FamilyRight]:
    """What each adult may do about the student, and since when. An adult sees their own."""
    rights = FamilyRight.objects.filter(student_id=student_id).select_related("family_member")
    own = Q(family_member_id=viewer.family_member_id)
    if not viewer.is_staff:
        return rights.filter(own)
    return rights.filter(own | Q(SeenBy(viewer, "student_id")))
