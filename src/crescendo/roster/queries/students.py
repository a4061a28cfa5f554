"""Students, always through the eyes of somebody."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from crescendo.core.errors import NotFound
from crescendo.core.names import fold
from crescendo.core.once import once_a_page
from crescendo.ui import vocabulary

from ..models import ClassEnrolment, Enrolment, Organisation, SchoolClass, Student
from ..scope import SeenBy, students_seen
from ..viewer import Viewer
from .organisations import active, list_classes


@dataclass(frozen=True)
class Reason:
    """Why somebody may see a student: a code (organisation, class, family, self), what through, and a sentence."""

    code: str
    via_id: int
    sentence: str


def list_students(*, viewer: Viewer) -> QuerySet[Student]:
    """The students this viewer has a reason to see on the viewer's day."""
    # A few hundred students are looked up one by one; a district's are told apart while reading all.
    in_scope = SeenBy(viewer) if viewer.reaches_many_schools else Q(pk__in=students_seen(viewer))
    return Student.objects.filter(in_scope, erased_at__isnull=True)


def get_student(*, viewer: Viewer, student_id: int) -> Student:
    """One student. Absent and out of scope look the same."""
    student = list_students(viewer=viewer).filter(pk=student_id).first()
    if student is None:
        raise NotFound(_("There is no such student, or nothing that lets you see them."))
    return student


def why_may_see(viewer: Viewer, student: Student | int) -> list[Reason]:
    """Every reason this viewer has to see the student today, in words. Empty: none."""
    student_id = student if isinstance(student, int) else student.pk
    return [
        Reason(code, via_id, _sentence(viewer, code, via_id)) for code, via_id in _reasons(viewer, student_id)
    ]


def reason_codes(viewer: Viewer, student_id: int) -> frozenset[str]:
    """The reasons as codes, for permissions: organisation, class, family, self."""
    return frozenset(code for code, _via in _reasons(viewer, student_id))


@once_a_page
def _reasons(viewer: Viewer, student_id: int) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT reason, via_id FROM crescendo_visible "
            "WHERE student_id = %s AND crescendo_looks_as(%s, %s) ORDER BY reason, via_id",
            [student_id, viewer.user_id, viewer.on],
        )
        return cursor.fetchall()


def _sentence(viewer: Viewer, code: str, via_id: int) -> str:
    if code == "organisation":
        school = Organisation.objects.get(pk=via_id).name
        role = next((post.role_title for post in viewer.posts if post.student_scope == "organisation"), "")
        return _("%(role)s for %(school)s") % {"role": vocabulary.known_word(role), "school": school}
    if code == "class":
        return _("teaches %(school_class)s") % {"school_class": SchoolClass.objects.get(pk=via_id).title}
    return {"family": _("family"), "self": _("the student")}[code]


def search_students(*, viewer: Viewer, text: str, limit: int = 20) -> list[Student]:
    """Students in scope whose name has words that begin so ('nu mar' finds María Núñez), or with this number."""
    words = fold(text).split()
    if not words:
        return []
    named = Q()
    for word in words:
        named &= Q(sort_key__startswith=word) | Q(sort_key__contains=f" {word}")
    found = list_students(viewer=viewer).filter(named | Q(identifier=text.strip()))
    # `Lower` changes nothing but the plan: walking the index of names in order visits every student's row at random.
    return list(found.order_by(Lower("sort_key"), "id")[:limit])


def list_enrolments(*, viewer: Viewer, student_id: int) -> QuerySet[Enrolment]:
    """A student's enrolments, newest first."""
    return (
        Enrolment.objects.filter(SeenBy(viewer, "student_id"), student_id=student_id)
        .select_related("school")
        .order_by("-entry_on", "-id")
    )


def find_enrolment(*, viewer: Viewer, student_id: int) -> Enrolment | None:
    """Where the student is enrolled on the viewer's day; the primary enrolment first."""
    today = active(viewer.on, begins="entry_on", ends="exit_on")
    return (
        list_enrolments(viewer=viewer, student_id=student_id)
        .filter(today)
        .order_by("-is_primary", "id")
        .first()
    )


def get_class(*, viewer: Viewer, class_id: int) -> SchoolClass:
    """One class that the viewer teaches or whose school their post reaches."""
    found = list_classes(viewer=viewer).filter(pk=class_id).first()
    if found is None:
        raise NotFound(_("There is no such class, or nothing that lets you see it."))
    return found


def list_class_students(*, viewer: Viewer, class_id: int) -> QuerySet[Student]:
    """The students of a class on the viewer's day, as far as the viewer may see them."""
    members = ClassEnrolment.objects.filter(active(viewer.on), school_class_id=class_id)
    return list_students(viewer=viewer).filter(pk__in=members.values("student_id"))
