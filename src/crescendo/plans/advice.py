"""Advice on a goal, after SMART: specific, measured, achievable, relevant, with a time. It advises and explains itself;
it never stops anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from crescendo.core import numbers
from crescendo.roster.viewer import Viewer
from crescendo.ui import printing

from . import measuring, scores
from .aims import Measure, Subject
from .following import Progress
from .models import Action, CheckIn, Plan, Review

FEWEST_WORDS = 3
FEWEST_CHECKPOINTS = 2
UNSURE_UP_TO = 2
MUCH_FASTER = 2.0  # times the pace of the time before
A_MONTH = 30.4


@dataclass(frozen=True)
class Advice:
    """One letter of SMART: whether it is met, and why or what would help."""

    name: str
    is_met: bool
    words: str


def advise(
    *,
    viewer: Viewer,
    plan: Plan,
    progress: Progress,
    actions: Sequence[Action],
    check_ins: Sequence[CheckIn],
    reviews: Sequence[Review],
) -> list[Advice]:
    """What is there and what is missing, letter by letter."""
    return [
        _specific(plan, actions),
        _measured(plan, progress),
        _achievable(viewer, plan, progress, check_ins),
        _relevant(plan),
        _timed(plan, actions, reviews),
    ]


def _specific(plan: Plan, actions: Sequence[Action]) -> Advice:
    if len(plan.title.split()) < FEWEST_WORDS and not plan.statement:
        return Advice(
            _("Specific"), False, _("Say what will be different, and for whom, in a few more words.")
        )
    if not actions:
        return Advice(_("Specific"), False, _("Add a first step: who does what by when."))
    return Advice(_("Specific"), True, _("It says what, and there is a step with a person and a day."))


def _measured(plan: Plan, progress: Progress) -> Advice:
    name = _("Measured")
    if progress.target is None:
        return Advice(name, False, _("There is no target yet. How would you know that you are there?"))
    if progress.baseline is None and plan.direction != Plan.Direction.HOLD:
        return Advice(name, False, _("There is no starting value yet. It comes with the first value."))
    if plan.measure_kind == Plan.MeasureKind.OWN:
        return Advice(name, True, _("It is measured by values that you write down: plan when you will."))
    return Advice(name, True, _("It is measured by what is imported anyway; nobody types it again."))


def _achievable(viewer: Viewer, plan: Plan, progress: Progress, check_ins: Sequence[CheckIn]) -> Advice:
    name = _("Achievable")
    sure = [row.confidence for row in check_ins if row.confidence is not None]
    if sure and sure[-1] <= UNSURE_UP_TO:
        return Advice(
            name,
            False,
            _("The last check-in was unsure of reaching it. What would help, or what target fits?"),
        )
    before, wanted = past_pace(viewer=viewer, plan=plan), wanted_pace(plan, progress)
    if before is None or wanted is None:
        return Advice(
            name, True, _("Nothing earlier to compare the pace with. Those who do the work know best.")
        )
    said = {
        "wanted": printing.decimal(wanted, 1),
        "before": printing.decimal(abs(before), 1),
        "unit": plan.unit or _("points"),
    }
    words = _past_words(before) % said
    far = abs(wanted) > MUCH_FASTER * abs(before) or (before > 0) != (wanted > 0)
    return Advice(name, not far, words)


def _past_words(before: float) -> str:
    """Gained, lost or stood still: nobody gains less than nothing."""
    if not numbers.half_up(abs(before), 1):
        return _("It asks for %(wanted)s %(unit)s a month; the same students stood still before it.")
    if before < 0:
        return _(
            "It asks for %(wanted)s %(unit)s a month; the same students lost %(before)s a month before it."
        )
    return _(
        "It asks for %(wanted)s %(unit)s a month; the same students gained %(before)s a month before it."
    )


def _relevant(plan: Plan) -> Advice:
    if plan.why or plan.opened_from or plan.parent_id:
        return Advice(_("Relevant"), True, _("It says why it matters, or what it follows from."))
    return Advice(_("Relevant"), False, _("Say in a sentence why this matters now."))


def _timed(plan: Plan, actions: Sequence[Action], reviews: Sequence[Review]) -> Advice:
    name = _("In time")
    looks = {action.due_on for action in actions if action.due_on < plan.due_on}
    looks |= {review.next_review_on for review in reviews if review.next_review_on}
    if len(looks) < FEWEST_CHECKPOINTS:
        return Advice(
            name, False, _("It has a day. Plan at least two points on the way at which you look at it.")
        )
    return Advice(name, True, _("It has a day, and points on the way at which you look at it."))


def wanted_pace(plan: Plan, progress: Progress) -> float | None:
    """How much a month the goal asks for."""
    if progress.baseline is None or progress.target is None or plan.direction == Plan.Direction.HOLD:
        return None
    return (progress.target - progress.baseline) / _months(plan.begins_on, plan.due_on)


def past_pace(*, viewer: Viewer, plan: Plan) -> float | None:
    """What the same students gained a month between their first sitting of the year before the start and the baseline."""
    if plan.measure_kind != Plan.MeasureKind.ASSESSMENT or plan.organisation_id:
        return None  # a school's earlier sittings are other students'
    found = measuring.read_scores(
        viewer=viewer,
        subject=Subject(plan.subject_kind, plan.subject_id),
        measure=Measure.of_plan(plan),
        begins_on=plan.begins_on,
    )
    start, scale = scores.baseline_sitting(found, plan.begins_on)
    if start is None:
        return None
    earlier = scores.later_sittings([s for s in found if start.on - s.on > scores.A_SITTING], date.min, scale)
    if not earlier:
        return None
    compared = scores.compare(earlier[0], start, 0.0)
    if compared.gain is None or not compared.counts:
        return None
    return compared.gain / _months(earlier[0].on, start.on)


def _months(begins_on: date, ends_on: date) -> float:
    return max((ends_on - begins_on).days, 1) / A_MONTH
