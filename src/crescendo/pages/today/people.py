"""Lessons, children, students and colleagues: what needs this person about them."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core import numbers as printed
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.permissions import result_scope
from crescendo.insights import findings
from crescendo.insights.findings.places import list_shared
from crescendo.pages import words
from crescendo.pages.queries import classes as own_classes
from crescendo.pages.queries.students import SEVERAL, SEVERAL_REASONS, ByReasons, count_flagged
from crescendo.records.models import ParticipationCheck
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation, Post
from crescendo.roster.viewer import Viewer

from .thing import Thing

NAMES_SHOWN = 3
SOON_ENDING = timedelta(days=30)
PERSON_CODES = tuple(dict.fromkeys((*words.WELL_CODES, *findings.CODES)))


def registers(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For a teacher on a school day: the first class whose attendance nobody has taken, while the day is not known."""
    if not (viewer.may("participation.record") and viewer.may("attendance.record")):
        return
    open_classes = own_classes.list_without_register(viewer=viewer)
    if not open_classes:
        return
    first = open_classes[0]
    yield Thing(
        _("Attendance of %(title)s has not been taken today.") % {"title": first.title},
        _("Take attendance"),
        reverse("pages:register_page", args=[first.pk]),
        detail=ngettext(
            "%(n)s of your classes waits for it.", "%(n)s of your classes wait for it.", len(open_classes)
        )
        % {"n": len(open_classes)},
    )


def lessons(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For a teacher: the first class of today whose participation nobody has tapped yet."""
    if not viewer.may("participation.record"):
        return
    classes = list(own_classes.list_classes(viewer=viewer))
    checked = set(
        ParticipationCheck.objects.filter(
            school_year=viewer.school_year, on=viewer.on, class_id__in=[c.pk for c in classes]
        )
        .order_by()
        .values_list("class_id", flat=True)
        .distinct()
    )
    open_classes = [c for c in classes if c.pk not in checked and c.n_students]
    if not open_classes:
        return
    first = open_classes[0]
    yield Thing(
        _("Who took part in %(title)s today? One tap for each student.") % {"title": first.title},
        _("Take the check"),
        reverse("pages:class_page", args=[first.pk]),
        detail=ngettext(
            "%(n)s of your classes has no check today.",
            "%(n)s of your classes have no check today.",
            len(open_classes),
        )
        % {"n": len(open_classes)},
    )


def children(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For a family: each child, what goes well before what is worth a look."""
    if not viewer.is_family:
        return
    for child in roster.list_children(viewer=viewer).order_by("sort_key", "id"):
        action = _("Open %(name)s's page") % {"name": child.given_name}
        yield _person(viewer, run, child.pk, child.name, action)


def own_record(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For a student: the same about themselves."""
    if viewer.is_student:
        yield _person(viewer, run, viewer.student_id, _("You"), _("Open your page"))


def _person(viewer: Viewer, run: MeasurementRun | None, student_id: int, name: str, action: str) -> Thing:
    found = (
        indicators.list_numbers_of_students(
            viewer=viewer, student_ids=[student_id], indicators=PERSON_CODES, run=run
        )[student_id]
        if run
        else []
    )
    well = words.went_well(found)
    look = [reason.sentence for reason in findings.list_reasons(found)]
    sentence = " ".join((well or look)[:2]) or _("Nothing new today.")
    return Thing(
        f"{name}: {sentence}",
        action,
        reverse("pages:student_page", args=[student_id]),
        detail=" ".join(look[:2]) if well else "",
    )


def students(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For whoever has students in scope: who has several reasons at once, then how many share each reason."""
    if run is None or not viewer.may("students.see"):
        return
    if viewer.reaches_many_schools:
        # Whoever looks over a district needs how many, as published; who they are is asked for school by school.
        yield from _shared(viewer, run)
        return
    yield from _several(viewer)
    sentences = {
        "chronic_absence": lambda n: ngettext(
            "%(n)s student has missed a tenth of school or more.",
            "%(n)s students have missed a tenth of school or more.",
            n,
        ),
        "benchmark_risk": lambda n: ngettext(
            "%(n)s student scored below the benchmark in the latest screening.",
            "%(n)s students scored below the benchmark in the latest screening.",
            n,
        ),
        "course_failure": lambda n: ngettext(
            "%(n)s student did not pass a course.", "%(n)s students did not pass a course.", n
        ),
    }
    flagged = count_flagged(viewer=viewer, codes=tuple(sentences))
    for code, sentence in sentences.items():
        if n := flagged.get(code):
            href = reverse("pages:student_list") + f"?needs={code}"
            yield Thing(sentence(n) % {"n": printed.count(n)}, _("See who"), href)


def _shared(viewer: Viewer, run: MeasurementRun) -> Iterator[Thing]:
    places = [post.organisation_id for post in viewer.posts if post.student_scope == "organisation"]
    place = Organisation.objects.filter(pk__in=places).order_by("id").first()
    if place is None:
        return
    found = list_shared(viewer=viewer, organisation=place, run=run, scope=result_scope(viewer))
    for finding in found:
        href = reverse("pages:student_list") + f"?needs={finding.indicator}"
        yield Thing(finding.sentence, _("See who"), href)


def _several(viewer: Viewer) -> Iterator[Thing]:
    chosen = ByReasons(viewer, at_least=SEVERAL_REASONS)
    if not chosen:
        return
    names = ", ".join(student.name for student in chosen[:NAMES_SHOWN])
    sentence = ngettext(
        "%(n)s student has several reasons for a look at once.",
        "%(n)s students have several reasons for a look at once.",
        len(chosen),
    ) % {"n": printed.count(len(chosen))}
    if len(chosen) > NAMES_SHOWN:
        names = _("%(names)s and others") % {"names": names}
    yield Thing(
        sentence, _("See who and why"), reverse("pages:student_list") + f"?needs={SEVERAL}", detail=names
    )


def posts_ending(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For personnel: whose post ends within a month."""
    if not viewer.has_role("personnel"):
        return
    here = roster.list_subtree_ids({post.organisation_id for post in viewer.posts})
    ending = Post.objects.filter(
        roster.active(viewer.on), organisation_id__in=here, ends_on__lte=viewer.on + SOON_ENDING
    ).count()
    if ending:
        sentence = ngettext("%(n)s post ends within a month.", "%(n)s posts end within a month.", ending) % {
            "n": printed.count(ending)
        }
        yield Thing(sentence, _("See the staff"), reverse("pages:staff_list"))
