"""What pages and refusals say of a goal."""

from django.utils.translation import gettext as _

from crescendo.ui import printing

from .models import Plan


def number_kind(plan: Plan) -> str:
    """How the plan's values are printed: a share as percent, everything else as a decimal."""
    if plan.measure_kind == Plan.MeasureKind.INDICATOR:
        from edmeasures import catalog  # noqa: PLC0415

        return "percent" if catalog.get(plan.indicator).unit == "share" else "decimal"
    return "decimal"


def printed(plan: Plan, value: float | None) -> str:
    """A value of the plan's measure, with its unit."""
    text = printing.number(value, number_kind(plan))
    return f"{text} {plan.unit}".strip() if value is not None and plan.unit else text


def why_not(code: str, plan: Plan) -> str:
    """What is wrong with a goal's numbers and days, and what to change."""
    here = {"baseline": printed(plan, plan.baseline), "target": printed(plan, plan.target)}
    return {
        "due_before_start": _("The goal has to be due after the day it begins."),
        "hold_needs_margin": _("To hold a value, say which one, and how far from it still counts."),
        "no_way_to_go": _("You are at %(target)s already. Choose another target, or 'hold at'.") % here,
        "wrong_direction": _(
            "From %(baseline)s to %(target)s is the other way. Change the target, or the direction."
        )
        % here,
    }[code]
