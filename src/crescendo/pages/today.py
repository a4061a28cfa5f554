"""What needs somebody today: at most five plain sentences, each with one button."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core import numbers as printed
from crescendo.imports.models import ImportRun
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.permissions import result_scope
from crescendo.pages import organisation_numbers as shown
from crescendo.pages import words
from crescendo.pages.queries import classes as lessons
from crescendo.pages.queries.students import flagged_ids
from crescendo.records.models import ParticipationCheck
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer
from crescendo.setup import queries as setup
from crescendo.ui import printing

MOST = 5


@dataclass(frozen=True)
class Thing:
    """One sentence, one button, and (small) the detail behind it."""

    sentence: str
    action: str
    href: str
    detail: str = ""


def list_things(*, viewer: Viewer) -> list[Thing]:
    """The first five of everything that concerns this viewer, most urgent kind first."""
    run = indicators.find_current_run(school_year=viewer.school_year)
    kinds = (_set_up, _imports_waiting, _lessons, _children, _own_record, _places, _students)
    return list(islice((thing for kind in kinds for thing in kind(viewer, run)), MOST))


def _set_up(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For an administrator, until the set-up is finished: its next step."""
    step = setup.find_open_step(viewer=viewer)
    if step is not None:
        yield Thing(step.sentence, _("Go on setting up"), step.href, detail=step.detail)


def _imports_waiting(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    if not viewer.may("imports.approve"):
        return
    waiting = ImportRun.objects.filter(state=ImportRun.State.WAITING).count()
    if waiting:
        sentence = ngettext(
            "%(n)s import is waiting for your OK.", "%(n)s imports are waiting for your OK.", waiting
        ) % {"n": waiting}
        yield Thing(sentence, _("Look at it"), reverse("imports:import_list"))


def _lessons(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For a teacher: the first class of today whose participation nobody has tapped yet."""
    if not viewer.may("participation.record"):
        return
    classes = list(lessons.list_classes(viewer=viewer))
    checked = set(
        ParticipationCheck.objects.filter(
            school_year=viewer.school_year, on=viewer.on, class_id__in=[c.pk for c in classes]
        )
        .order_by()
        .values_list("class_id", flat=True)
        .distinct()
    )
    open_classes = [c for c in classes if c.pk not in checked and c.n_students]
    if open_classes:
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


def _children(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For a family: each child, what goes well before what is worth a look."""
    if not viewer.is_family:
        return
    for child in roster.list_children(viewer=viewer).order_by("sort_key", "id"):
        yield _person(
            viewer, run, child.pk, child.name, _("Open %(name)s's page") % {"name": child.given_name}
        )


def _own_record(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    if viewer.is_student:
        yield _person(viewer, run, viewer.student_id, _("You"), _("Open your page"))


def _person(viewer: Viewer, run: MeasurementRun | None, student_id: int, name: str, action: str) -> Thing:
    found = (
        indicators.list_numbers_of_students(
            viewer=viewer, student_ids=[student_id], indicators=words.SENTENCE_CODES, run=run
        )[student_id]
        if run
        else []
    )
    well, look = words.went_well(found), words.worth_a_look(found)
    sentence = " ".join((well or look)[:2]) or _("Nothing new today.")
    return Thing(
        f"{name}: {sentence}",
        action,
        reverse("pages:student_page", args=[student_id]),
        detail=" ".join(look[:2]) if well else "",
    )


def _places(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For whoever leads or looks over schools: how attendance moved, and where it was not recorded."""
    if run is None or not viewer.may("results.see"):
        return
    scope = result_scope(viewer)
    places = [post.organisation_id for post in viewer.posts]
    for organisation in Organisation.objects.filter(pk__in=places).order_by("id")[:1]:
        for item in shown.list_shown(
            viewer=viewer,
            organisation=organisation,
            run=run,
            scope=scope,
            codes=["attendance_rate", "recorded_share"],
        ):
            thing = _place_thing(organisation, item)
            if thing:
                yield thing


def _place_thing(organisation: Organisation, item: shown.Shown) -> Thing | None:
    number = item.number
    href = reverse("pages:organisation_indicator", args=[organisation.pk, number.indicator])
    if not number.is_evaluated:
        return None
    if number.indicator == "recorded_share":
        missing = round((number.denominator or 0) - (number.numerator or 0))
        if missing <= 0:
            return None
        sentence = ngettext(
            "Attendance was not sent for %(n)s school day so far.",
            "Attendance was not sent for %(n)s school days so far.",
            missing,
        ) % {"n": printed.count(missing)}
        return Thing(sentence, _("See which"), href)
    level = _("At %(name)s, students were in school %(percent)s of the time.") % {
        "name": organisation.name,
        "percent": printed.percent(number.value),
    }
    moved = printing.change(item.change, since=item.since, better="up")
    if moved is None:
        return Thing(level, _("See attendance"), href)
    sentence = _("Attendance: %(change)s.") % {"change": moved.words[0].lower() + moved.words[1:]}
    return Thing(sentence, _("See attendance"), href, detail=level)


def _students(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For whoever has students in scope: how many need a look, and who they are."""
    if run is None or not viewer.may("students.see"):
        return
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
    for code, sentence in sentences.items():
        n = roster.list_students(viewer=viewer).filter(pk__in=flagged_ids(viewer, code)).count()
        if n:
            href = reverse("pages:student_list") + f"?needs={code}"
            yield Thing(sentence(n) % {"n": printed.count(n)}, _("See who"), href)
