"""What the page of one support plan shows: sentences, the chart with the plan's first day on it, and its small forms."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core import numbers
from crescendo.indicators import queries as indicators
from crescendo.plans import choices as plan_choices
from crescendo.plans.aims import Subject
from crescendo.plans.models import CheckIn, Plan
from crescendo.roster import queries as roster
from crescendo.roster.models import Student
from crescendo.ui import charts

from . import queries, reasons, series, wording
from .forms import SURE, DeliveryForm, FamilyToldForm, ProgressForm, ReviewForm
from .models import SupportPlan
from .queries import Described, Row
from .starting import Start
from .told import Goal

A_LINE = 2


def describe(request: HttpRequest, support: SupportPlan) -> dict[str, object]:
    """The page's context. The reader has been let in already."""
    viewer = request.viewer
    found = queries.describe(viewer=viewer, support=support)
    context: dict[str, object] = {
        "support": support,
        "subject": support.subject_name,
        "found": found,
        "goal": found.goal,
        "measure": wording.measure_title(found.goal.measure),
        "rhythm": wording.rhythm_sentence(support.rhythm.sessions_per_week, support.rhythm.minutes),
        "chart": _chart(found),
        "sides": _sides(found),
        "how_it_goes": how_it_goes(found),
        "check_ins": [_said(found, row) for row in found.check_ins],
        "may_score": found.goal.measure.kind == Plan.MeasureKind.OWN,
        "is_today_logged": any(d.on == viewer.on and d.happened for d, _note in found.sessions),
    }
    if found.may_write and found.goal.is_open:
        day = {"on": viewer.on}
        context |= {
            "one_tap": DeliveryForm(initial=day | {"minutes": support.rhythm.minutes}),
            "delivery_form": DeliveryForm(initial=day | {"minutes": support.rhythm.minutes}),
            "progress_form": ProgressForm(initial=day),
            "family_form": FamilyToldForm(initial=day),
            "review_form": ReviewForm(initial={"sessions_per_week": support.rhythm.sessions_per_week}),
        }
    return context


def describe_caseload(request: HttpRequest, rows: Sequence[Row], everybody: bool) -> dict[str, object]:
    """The list's context: each plan with the form of its one tap, where the reader gives the support."""
    day = {"on": request.viewer.on}
    return {
        "cases": [
            (row, DeliveryForm(initial=day) if row.is_mine and not row.is_logged else None) for row in rows
        ],
        "n_quiet": sum(row.dose.is_quiet for row in rows),
        "everybody": everybody,
    }


def describe_opening(request: HttpRequest, student: Student, start: Start) -> dict[str, object]:
    """The opening page's context: the reasons, where the measure stands, other numbers it could be about."""
    viewer = request.viewer
    running = queries.list_supports_of_student(viewer=viewer, student_id=student.pk)
    return {
        "student": student,
        "start": start,
        "now": _stands(start),
        "running": [row for row in running if row.goal.is_open],
        "others": _other_starts(request, student),
    }


def describe_opening_for_class(request: HttpRequest, class_id: int, start: Start) -> dict[str, object]:
    """The opening page of a class: where the test stands, what runs already, what else it could be measured by."""
    viewer = request.viewer
    running = queries.list_supports(viewer=viewer).filter(
        school_class_id=class_id, plan__state=Plan.State.ACTIVE
    )
    tests = plan_choices.list_tests(viewer=viewer, subject=Subject(Plan.SubjectKind.CLASS, class_id))
    others = []
    for test, words in tests:
        if test != request.GET.get("test", ""):
            query = {"class": class_id, "test": test} | _parent(request)
            others.append((words, f"{request.path}?{urlencode(query)}"))
    if not start.is_own:
        query = {"class": class_id} | _parent(request)
        others.append((_("something you measure yourself"), f"{request.path}?{urlencode(query)}"))
    return {
        "school_class": roster.get_class(viewer=viewer, class_id=class_id),
        "start": start,
        "now": _stands(start),
        "running": queries.describe_rows(viewer=viewer, supports=list(running)),
        "others": others,
    }


def _parent(request: HttpRequest) -> dict[str, object]:
    return {"parent": request.GET["parent"]} if request.GET.get("parent") else {}


def _stands(start: Start) -> str:
    """Where the measure stands that a number or a test gives; empty for one's own."""
    if start.is_own or start.baseline is None:
        return ""
    return _("Measured by %(measure)s: %(value)s up to %(day)s.") % {
        "measure": wording.measure_title(start.measure),
        "value": wording.printed(start.measure, start.baseline),
        "day": date_format(start.baseline_on, "MONTH_DAY_FORMAT"),
    }


def _other_starts(request: HttpRequest, student: Student) -> list[tuple[str, str]]:
    """What else support for this student could be about, and the address that begins with it."""
    chosen = request.GET.get("indicator", "")
    found = []
    for code in reasons.list_indicators(viewer=request.viewer, student_id=student.pk):
        if code != chosen:
            query = {"student": student.pk, "indicator": code}
            if parent := request.GET.get("parent"):
                query["parent"] = parent
            found.append((indicators.get_definition(code).title, f"{request.path}?{urlencode(query)}"))
    if chosen:
        found.append(
            (_("something you measure yourself"), f"{request.path}?{urlencode({'student': student.pk})}")
        )
    return found


def how_it_goes(found: Described) -> list[str]:
    """In plain words: where it stands now, how often it was as good as wanted, or that nothing is known yet."""
    goal = found.goal
    since = found.since
    if not since:
        return [_("Nothing has been measured since the support began.")]
    said = [_since_words(found) if series.is_by_week(goal) else _latest_words(found)]
    if series.is_by_week(goal) and goal.is_open and not found.compared.is_enough:
        # "100% since it began" on the first day would read as a success.
        return [
            _("Too few to say whether anything changed: at least three before and three since are needed."),
            *said,
        ]
    reached, n = found.reached
    if goal.target is not None and (reached or series.is_by_week(goal)):
        words = (
            ngettext(
                "As good as wanted in %(reached)s of %(n)s week since it began.",
                "As good as wanted in %(reached)s of %(n)s weeks since it began.",
                n,
            )
            if series.is_by_week(goal)
            else ngettext(
                "As good as wanted in %(reached)s of %(n)s score since it began.",
                "As good as wanted in %(reached)s of %(n)s scores since it began.",
                n,
            )
        )
        said.append(words % {"reached": numbers.count(reached), "n": numbers.count(n)})
    return said


def _said(found: Described, row: CheckIn) -> tuple[CheckIn, str, str]:
    """A check-in, its score as people read it, and how sure its writer was."""
    score = "" if row.value is None else wording.printed(found.goal.measure, row.value)
    return row, score, str(SURE.get(row.confidence, ""))


def _latest_words(found: Described) -> str:
    """'Latest: 71 on April 20; it was 62 when the support began.'"""
    goal, last = found.goal, found.since[-1]
    said = {
        "value": wording.printed(goal.measure, last.value),
        "day": date_format(last.on, "MONTH_DAY_FORMAT"),
        "before": wording.printed(goal.measure, goal.baseline),
    }
    if goal.baseline is None:
        return _("Latest: %(value)s on %(day)s.") % said
    return _("Latest: %(value)s on %(day)s; it was %(before)s when the support began.") % said


def _since_words(found: Described) -> str:
    """'91.4% since it began; 86.8% before.' What was measured before is left out where nothing was."""
    measure, compared = found.goal.measure, found.compared
    said = {
        "after": wording.printed(measure, compared.after.value),
        "before": wording.printed(measure, compared.before.value),
    }
    if compared.before.n:
        return _("%(after)s in the whole weeks since it began; %(before)s in the weeks before.") % said
    return _("%(after)s in the whole weeks since it began.") % said


def _chart(found: Described) -> charts.Chart | None:
    """The measure over time with the day the support began written beside it; a single point makes no line."""
    goal = found.goal
    if sum(point.value is not None for point in found.points) < A_LINE:
        return None
    title = wording.measure_title(goal.measure)
    return charts.line(
        title,
        [charts.Point(point.on, point.value) for point in found.points],
        measure=title,
        kind=wording.prints_as(goal.measure),
        target=goal.target,
        target_name=_("Wanted"),
        by_day=not series.is_by_week(goal),
        notes=_notes(goal),
    )


def _notes(goal: Goal) -> list[charts.Note]:
    notes = [charts.Note(goal.begins_on, _("Support begins"))]
    if goal.closed_on:
        notes.append(charts.Note(goal.closed_on, _("Support ends")))
    return notes


def _sides(found: Described) -> list[dict[str, object]]:
    """Before and since, each with its number of points, its value and its range, as people read them."""
    measure = found.goal.measure
    by_week = series.is_by_week(found.goal)
    sides = ((_("Before"), found.compared.before), (_("Since it began"), found.compared.after))
    return [
        {
            "label": label,
            "n": side.n,
            "counted": _counted(side.n, by_week),
            "value": wording.printed(measure, side.value),
            "range": f"{wording.printed(measure, side.lowest)} – {wording.printed(measure, side.highest)}"
            if side.n > 1
            else "",
        }
        for label, side in sides
    ]


def _counted(n: int, by_week: bool) -> str:
    if by_week:
        words = ngettext("over %(n)s week", "over %(n)s weeks", n)
    else:
        words = ngettext("the one score known", "the middle of %(n)s scores", n)
    return words % {"n": numbers.count(n)} if "%" in words else words
