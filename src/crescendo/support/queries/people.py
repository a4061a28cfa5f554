"""For whom support can be opened at once, and who can give it."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from crescendo.indicators import queries as indicators
from crescendo.indicators.models import StudentValue
from crescendo.plans.models import Plan
from crescendo.roster import queries as roster
from crescendo.roster.models import ClassStaff, Enrolment, Post, StaffMember, Student
from crescendo.roster.viewer import Viewer

from .. import permissions, tested
from ..models import SupportPlan
from .supports import WRITES, list_supports

MOST_AT_ONCE = 60


def list_deliverers(*, viewer: Viewer, student_ids: Sequence[int]) -> list[StaffMember]:
    """Who can give support to any of these students, by name: staff whose role writes support and who see the student,
    through their post at the school or a class they teach."""
    schools = Enrolment.objects.filter(
        roster.active(viewer.on, begins="entry_on", ends="exit_on"), student_id__in=student_ids
    ).values("school_id")
    posts = Post.objects.filter(
        roster.active(viewer.on), organisation_id__in=schools, role__permissions=WRITES
    )
    reaching = posts.filter(role__student_scope="organisation")
    teaching = ClassStaff.objects.filter(
        roster.active(viewer.on),
        roster.active(viewer.on, "school_class__class_enrolments__"),
        school_class__class_enrolments__student_id__in=student_ids,
        staff_id__in=posts.values("staff_id"),
    )
    who = Q(pk__in=reaching.values("staff_id")) | Q(pk__in=teaching.values("staff_id"))
    return list(StaffMember.objects.filter(who).order_by("sort_key", "id"))


def list_deliverers_of_class(*, viewer: Viewer, class_id: int) -> list[StaffMember]:
    """Who can give support to a class, by name: staff whose role writes support and who teach it or reach its school."""
    taught = roster.get_class(viewer=viewer, class_id=class_id)
    writers = Post.objects.filter(roster.active(viewer.on), role__permissions=WRITES)
    places = [taught.school_id, *roster.list_ancestor_ids(taught.school_id)]
    reaching = writers.filter(organisation_id__in=places, role__student_scope="organisation")
    teaching = ClassStaff.objects.filter(
        roster.active(viewer.on), school_class_id=class_id, staff_id__in=writers.values("staff_id")
    )
    who = Q(pk__in=reaching.values("staff_id")) | Q(pk__in=teaching.values("staff_id"))
    return list(StaffMember.objects.filter(who).order_by("sort_key", "id"))


def count_opened(*, viewer: Viewer, key: str) -> int:
    """How many plans this form has opened already: pressed twice, it says the same again."""
    try:
        found = UUID(key)
    except ValueError:
        return 0
    return list_supports(viewer=viewer).filter(opened_key=found).count()


def list_candidates(
    *, viewer: Viewer, indicator: str, student_ids: Sequence[int] = (), test: str = ""
) -> list[Student]:
    """The students a number flags, or a test found below its benchmark, whom the viewer works with and who have no
    support under way; or those named."""
    seen = roster.list_students(viewer=viewer)
    if student_ids:
        seen = seen.filter(pk__in=student_ids)
    elif test:
        seen = seen.filter(pk__in=list(tested.list_below(viewer=viewer, test=test)))
    else:
        run = indicators.find_shown_run(viewer=viewer)
        code = permissions.NAMED_BY.get(indicator)
        if run is None or code is None:
            return []
        flagged = StudentValue.objects.filter(
            run_id=run.pk,
            indicator=code,
            rule_pack=indicators.first_packs([code])[code],
            is_whole=True,
            flag=True,
        )
        seen = seen.filter(pk__in=flagged.values("student_id"))
    supported = SupportPlan.objects.filter(plan__state=Plan.State.ACTIVE, student__isnull=False)
    here = Enrolment.objects.filter(roster.active(viewer.on, begins="entry_on", ends="exit_on"))
    found = seen.exclude(pk__in=supported.values("student_id")).filter(pk__in=here.values("student_id"))
    students = list(found.order_by("sort_key", "id")[:MOST_AT_ONCE])
    mine = permissions.list_supportable(viewer, [student.pk for student in students])
    return [student for student in students if student.pk in mine]
