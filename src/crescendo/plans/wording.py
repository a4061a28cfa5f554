"""What pages and refusals say of a goal."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crescendo.indicators import queries as indicators
from crescendo.ui import printing, reasons
from edmeasures import catalog

from . import measuring, rules
from .following import NOT_FOR_ROLE, Progress
from .models import Plan

# status: (words, kind of badge)
STATUS = {
    rules.NOT_BEGUN: (gettext_lazy("Not begun"), "plain"),
    rules.NOT_MEASURED: (gettext_lazy("Not measured yet"), "plain"),
    rules.ON_TRACK: (gettext_lazy("On track"), "good"),
    rules.BEHIND: (gettext_lazy("Behind"), "attention"),
    rules.REACHED: (gettext_lazy("Reached"), "good"),
}
OUTCOME_BADGES = {"achieved": "good", "partly": "info", "missed": "attention", "withdrawn": "plain"}

_REASONS = {
    measuring.NO_RUN: gettext_lazy("nothing has been measured since it began"),
    measuring.NO_STUDENTS: gettext_lazy("you do not see the students whose results these are"),
    measuring.NO_SCORES: gettext_lazy("no score of this test has come in"),
    measuring.NOT_POOLED: gettext_lazy("this indicator cannot be added up for a class"),
    measuring.NOT_HERE: gettext_lazy("there is no number of this here"),
    "insufficient_data": gettext_lazy("too little has been recorded to say"),
}


def is_share(plan: Plan) -> bool:
    """Whether the plan's values are shares, which people write and read as percent."""
    return bool(plan.indicator) and catalog.get(plan.indicator).unit == "share"


def number_kind(plan: Plan) -> str:
    """How the plan's values are printed: a share as percent, everything else as a decimal."""
    return "percent" if is_share(plan) else "decimal"


def printed(plan: Plan, value: float | None) -> str:
    """A value of the plan's measure, with its unit."""
    text = printing.number(value, number_kind(plan))
    return f"{text} {plan.unit}" if value is not None and plan.unit else text


def measure_name(plan: Plan) -> str:
    """What is measured, in a few words."""
    if plan.measure_kind == Plan.MeasureKind.INDICATOR:
        return indicators.get_definition(plan.indicator).title
    if plan.measure_kind == Plan.MeasureKind.ASSESSMENT:
        named = {"family": plan.assessment_family, "subject": plan.assessment_subject}
        if plan.student_id:
            return _("Score in %(subject)s (%(family)s)") % named
        return _("Average score in %(subject)s (%(family)s)") % named
    return plan.own_measure or plan.title


def goal_sentence(plan: Plan, progress: Progress) -> str:
    """The goal as one sentence: what, from where, to where, by when."""
    said = {
        "measure": measure_name(plan),
        "baseline": printed(plan, progress.baseline),
        "target": printed(plan, progress.target),
        "percent": printing.decimal(plan.target_percent, 0) if plan.target_percent else "",
        "day": date_format(plan.due_on, "DATE_FORMAT"),
    }
    if progress.target is None and plan.target_percent:
        up = plan.direction == Plan.Direction.UP
        said["how"] = (_("up by %(percent)s%%") if up else _("down by %(percent)s%%")) % said
        return _("%(measure)s: %(how)s by %(day)s.") % said
    if progress.target is None:
        return _("%(measure)s, by %(day)s.") % said
    if plan.direction == Plan.Direction.HOLD:
        said["margin"] = printed(plan, plan.margin)
        return _("%(measure)s: stay at %(target)s (give or take %(margin)s) until %(day)s.") % said
    if progress.baseline is None:
        return _("%(measure)s: reach %(target)s by %(day)s.") % said
    return _("%(measure)s: from %(baseline)s to %(target)s by %(day)s.") % said


def status_badge(plan: Plan, progress: Progress) -> tuple[str, str]:
    """The word for how it goes, and the kind of its badge; of a closed plan, its outcome."""
    if plan.state == Plan.State.CLOSED:
        return str(plan.get_outcome_display()).capitalize(), OUTCOME_BADGES[plan.outcome]
    if plan.state == Plan.State.DRAFT:
        return _("Draft"), "plain"
    words, kind = STATUS[progress.status]
    return str(words), kind


def where_it_stands(plan: Plan, progress: Progress) -> str:
    """One sentence: how much of the way is done, against how much of the time."""
    if progress.is_hidden:
        return _why_hidden(progress)
    if progress.current is None:
        return _("No value yet: %(reason)s.") % {"reason": reason_words(progress.reason)}
    said = {"now": printed(plan, progress.current), "day": date_format(progress.current_on, "j M Y")}
    if progress.share is None:
        return _("%(now)s on %(day)s.") % said
    said["done"] = printing.percent(progress.share, 0)
    said["time"] = printing.percent(progress.expected, 0)
    if progress.share >= 1:
        return _("%(now)s on %(day)s: the target is reached.") % said
    if progress.share < 0:
        return _("%(now)s on %(day)s: it went the other way, with %(time)s of the time gone.") % said
    return _("%(now)s on %(day)s: %(done)s of the way, with %(time)s of the time gone.") % said


def _why_hidden(progress: Progress) -> str:
    if progress.reason == NOT_FOR_ROLE:
        return _("Your role does not see behavior, so its numbers are not shown here.")
    return _("The numbers are hidden: so few students stand behind them that they could point at one.")


def reason_words(code: str) -> str:
    return str(_REASONS.get(code) or reasons.reason_words(code))


def who_is_counted(plan: Plan, progress: Progress) -> str:
    """Whose results stand behind the present value, and how they were compared."""
    if plan.measure_kind == Plan.MeasureKind.ASSESSMENT and plan.school_class_id and progress.n:
        started = plan.baseline_n or progress.n
        return ngettext(
            "The same students are compared: %(n)s student has a result at the start and now, of %(all)s at the start. "
            "What they gained is added to the average they began with. Who has no result is left out, not counted as zero.",
            "The same students are compared: %(n)s students have a result at the start and now, of %(all)s at the start. "
            "What they gained is added to the average they began with. Who has no result is left out, not counted as zero.",
            progress.n,
        ) % {"n": progress.n, "all": started}
    if plan.measure_kind == Plan.MeasureKind.ASSESSMENT and plan.organisation_id:
        return _who_is_compared_here(plan, progress)
    if plan.measure_kind == Plan.MeasureKind.INDICATOR:
        if plan.organisation_id and catalog.get(plan.indicator).series:
            return _(
                "Before the start: the school year up to then. Since: all weeks from the start on, added up."
            )
        return _(
            "The published number of the school year so far, by the same counting rules as at the start."
        )
    return _("The values that the people of this plan wrote down.")


def _who_is_compared_here(plan: Plan, progress: Progress) -> str:
    """Which students of a school or district stand behind its average, and which do not."""
    rule = _(
        "Compared are students enrolled here who took the test here at the start and again later, on the same scale; "
        "what they gained on average is added to the average of the start. Who joined later, or has left, or has no "
        "score yet is left out, not counted as zero."
    )
    if not progress.n or progress.current is None:
        return rule
    counted = ngettext(
        "%(n)s student has both scores, of %(all)s at the start.",
        "%(n)s students have both scores, of %(all)s at the start.",
        progress.n,
    )
    started = plan.baseline_n or progress.n
    return f"{counted % {'n': printing.count(progress.n), 'all': printing.count(started)}} {rule}"


def why_not(code: str, plan: Plan) -> str:
    """What is wrong with a goal's numbers and days, and what to change."""
    here = {"baseline": printed(plan, plan.baseline), "target": printed(plan, plan.target)}
    return {
        "due_before_start": _("The goal has to be due after the day it begins."),
        "out_of_reach": _(
            "The target would be %(target)s, and there is no such value. Choose 'up to' or 'down to' and write the value "
            "to reach."
        )
        % here,
        "hold_needs_margin": _("To hold a value, say which one, and how far from it still counts."),
        "no_way_to_go": _("You are at %(target)s already. Choose another target, or 'hold at'.") % here,
        "wrong_direction": _(
            "From %(baseline)s to %(target)s is the other way. Change the target, or the direction."
        )
        % here,
    }[code]


def days_left(plan: Plan, on: date) -> str:
    """How long until the goal is due."""
    days = (plan.due_on - on).days
    if days < 0:
        return ngettext("due %(n)s day ago", "due %(n)s days ago", -days) % {"n": printing.count(-days)}
    if days == 0:
        return _("due today")
    return ngettext("due in %(n)s day", "due in %(n)s days", days) % {"n": printing.count(days)}
