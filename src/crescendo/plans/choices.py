"""What a page offers for choosing: whose goal, measured by what, owned by whom, seen by whom."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.core import school_time
from crescendo.indicators import queries as indicators
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster import queries as roster
from crescendo.roster.models import ClassStaff, Organisation, SchoolClass, StaffMember, Student
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer
from crescendo.ui import vocabulary

from . import measuring, permissions, place_scores, queries, scores
from .aims import Subject
from .forms import OWN
from .models import Plan, Team

# What a class's or a student's number is good for: published for students, and one that adds up.
POOLED = ("ratio", "share_of_students", "mean")
NOT_A_GOAL = ("quality",)


def list_subjects(*, viewer: Viewer, parent_id: int | None = None) -> list[tuple[str, str]]:
    """Whose goal it can be, as (words, address): mine, my classes', my teams', the school's that I lead."""
    new = reverse("plans:plan_open")
    found = [(_("Mine"), f"{new}?staff={viewer.staff_id}")]
    taught = ClassStaff.objects.filter(roster.active(viewer.on), staff_id=viewer.staff_id)
    classes = roster.list_classes(viewer=viewer).filter(pk__in=taught.values("school_class_id"))
    found += [(c.title, f"{new}?class={c.pk}") for c in classes.order_by("title", "id")]
    for team in queries.list_teams(viewer=viewer):
        if permissions.is_in_team(viewer, team.pk):
            found.append((team.name, f"{new}?team={team.pk}"))
    if viewer.may("plans.write"):
        for post in viewer.posts:
            if permissions.leads_plans_of(viewer, post.organisation_id):
                found.append((post.organisation_name, f"{new}?organisation={post.organisation_id}"))
    under = f"&parent={parent_id}" if parent_id else ""
    return [(words, href + under) for words, href in found]


def name_of(*, viewer: Viewer, subject: Subject) -> str:
    """What the page calls the subject; the right to see it was asked before."""
    if subject.kind == Plan.SubjectKind.STUDENT:
        return Student.objects.get(pk=subject.id).name
    if subject.kind == Plan.SubjectKind.CLASS:
        return SchoolClass.objects.get(pk=subject.id).title
    if subject.kind == Plan.SubjectKind.STAFF:
        return _("yourself") if subject.id == viewer.staff_id else StaffMember.objects.get(pk=subject.id).name
    if subject.kind == Plan.SubjectKind.TEAM:
        return Team.objects.get(pk=subject.id).name
    return Organisation.objects.get(pk=subject.id).name


def measures(*, viewer: Viewer, subject: Subject) -> list[tuple[str, Any]]:
    """What the goal can be measured by: scores that there are, published numbers, or a value of one's own."""
    offered: list[tuple[str, Any]] = [(OWN, _("a value that I write down myself"))]
    tests = _tests(viewer, subject)
    if tests:
        offered.append((_("Scores that are imported"), tests))
    for heading, definitions in indicators.list_definitions():
        fits = [d for d in definitions if _fits(d, subject)]
        if fits:
            label = vocabulary.known_word(heading).capitalize()
            offered.append((label, [(f"indicator:{d.code}", d.title) for d in fits]))
    return offered


def list_tests(*, viewer: Viewer, subject: Subject) -> list[tuple[str, str]]:
    """The tests that these students have scores in, as (`family|subject`, words)."""
    return [(code.partition(":")[2], words) for code, words in _tests(viewer, subject)]


def _fits(definition: Any, subject: Subject) -> bool:
    if definition.subject in NOT_A_GOAL or definition.direction == "neutral":
        return False
    if subject.kind == Plan.SubjectKind.CLASS:
        return definition.grain == "student" and definition.kind in POOLED
    return definition.grain == "student" or subject.kind != Plan.SubjectKind.STUDENT


def _tests(viewer: Viewer, subject: Subject) -> list[tuple[str, str]]:
    """The families and subjects of tests in which these students have scores since a year ago."""
    if subject.kind in measuring.PLACES:
        return _named_tests(place_scores.list_tests_taken(viewer=viewer, place_id=subject.id))
    if subject.kind == Plan.SubjectKind.STUDENT:
        students: Any = [subject.id]
    elif subject.kind == Plan.SubjectKind.CLASS:
        members = roster.list_class_students(viewer=viewer, class_id=subject.id)
        students = list(members.values_list("pk", flat=True))
    else:
        return []
    since = viewer.on - scores.OLDEST_BASELINE
    taken = AssessmentResult.objects.filter(
        SeenBy(viewer, "student_id"),
        school_year__gte=school_time.school_year_of(since),
        student_id__in=students,
        on__gte=since,
    )
    return _named_tests(set(taken.values_list("assessment_id", flat=True)))


def _named_tests(ids: set[int]) -> list[tuple[str, str]]:
    pairs = Assessment.objects.filter(Q(pk__in=ids) & ~Q(family="")).order_by("family", "subject")
    return [
        (f"assessment:{family}|{named}", f"{family}, {vocabulary.known_word(named)}")
        for family, named in pairs.values_list("family", "subject").distinct()
    ]


def colleagues(*, viewer: Viewer, place_id: int) -> list[tuple[int, str]]:
    """The people who work at a place today, the viewer first."""
    here = StaffMember.objects.filter(
        pk__in=[post.staff_id for post in roster.list_staff(organisation_id=place_id, on=viewer.on)]
    )
    people = [
        (person.pk, person.name) for person in here.order_by("sort_key", "id") if person.pk != viewer.staff_id
    ]
    me = StaffMember.objects.filter(pk=viewer.staff_id).first()
    return ([(me.pk, me.name)] if me else []) + people


def visibilities(kind: str) -> list[tuple[str, Any]]:
    """Who may be let in, by what the goal is about; the usual one first."""
    levels = Plan.Visibility
    usual = {
        Plan.SubjectKind.TEAM: [levels.TEAM, levels.ORGANISATION],
        Plan.SubjectKind.SCHOOL: [levels.ORGANISATION, levels.CASE, levels.PRIVATE],
        Plan.SubjectKind.DISTRICT: [levels.ORGANISATION, levels.CASE, levels.PRIVATE],
        Plan.SubjectKind.STUDENT: [levels.CASE, levels.TEAM, levels.ORGANISATION],
    }
    words = who_sees(kind)
    return [
        (level, words[level]) for level in usual.get(kind, [levels.CASE, levels.ORGANISATION, levels.PRIVATE])
    ]


def who_sees(kind: str) -> dict[str, str]:
    """What each level means for a goal about this kind of subject, in words."""
    levels = Plan.Visibility
    case = _("the people of this plan")
    if kind == Plan.SubjectKind.STUDENT:
        case = _("those who support the student, and the people of this plan")
    elif kind in (Plan.SubjectKind.SCHOOL, Plan.SubjectKind.DISTRICT):
        case = _("those who lead here, and the people of this plan")
    everyone = _("all staff here and above")
    if kind == Plan.SubjectKind.STUDENT:
        everyone = _("all staff who see the student")
    team = _("the team") if kind == Plan.SubjectKind.TEAM else _("the people of this plan alone")
    return {
        levels.PRIVATE: _("only its owner"),
        levels.CASE: case,
        levels.TEAM: team,
        levels.ORGANISATION: everyone,
    }


def place_of(subject: Subject, viewer: Viewer) -> int:
    """Where colleagues are looked for."""
    if subject.kind in (Plan.SubjectKind.SCHOOL, Plan.SubjectKind.DISTRICT):
        return subject.id
    if subject.kind == Plan.SubjectKind.CLASS:
        return SchoolClass.objects.get(pk=subject.id).school_id
    if subject.kind == Plan.SubjectKind.STUDENT:
        enrolment = roster.find_enrolment(viewer=viewer, student_id=subject.id)
        return enrolment.school_id if enrolment else viewer.posts[0].organisation_id
    return viewer.posts[0].organisation_id
