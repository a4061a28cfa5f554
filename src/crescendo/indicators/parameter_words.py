"""Counting rules in plain words: who counts, and what is expected of results. `wording` holds those of attendance."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.core import numbers
from edmeasures.rulepacks import RulePack, Threshold

EXIT_DAYS: dict[str, Promise] = {
    "last_day": gettext_lazy("the last day of membership"),
    "day_after": gettext_lazy("the first day out"),
}
LEAVERS: dict[str, Promise] = {
    "counted": gettext_lazy("they count"),
    "left_out": gettext_lazy("they are left out"),
}
GRAINS: dict[str, Promise] = {
    "pooled": gettext_lazy("one student, all their days"),
    "per_school": gettext_lazy("counted at each school"),
}
MEDIANS: dict[str, Promise] = {
    "mean": gettext_lazy("the mean of the two middle values"),
    "lower": gettext_lazy("the lower of the two middle values"),
}
PARTS: dict[str, Promise] = {
    "attendance": gettext_lazy("attendance"),
    "coursework": gettext_lazy("coursework"),
    "lessons": gettext_lazy("taking part in lessons"),
    "platform": gettext_lazy("learning platform"),
}
# The tiers that the packs name; `tests/indicators/test_definitions.py` asks that none is missing.
TIERS: dict[str, Promise] = {
    "severe chronic": gettext_lazy("severe chronic"),
    "chronic": gettext_lazy("chronic"),
    "at risk": gettext_lazy("at risk"),
    "satisfactory": gettext_lazy("satisfactory"),
    "whole-school prevention": gettext_lazy("whole-school prevention"),
    "individualized prevention": gettext_lazy("individualized prevention"),
    "early intervention": gettext_lazy("early intervention"),
    "intensive support": gettext_lazy("intensive support"),
}


def _percent(part: int, whole: int) -> str:
    return numbers.percent(numbers.share(part, whole), 0)


def _least(part: int, whole: int) -> str:
    return _("%(share)s or more") % {"share": _percent(part, whole)} if part else _("no minimum")


def _reached(threshold: Threshold) -> str:
    if threshold.boundary == "at_or_above":
        return _least(threshold.part, threshold.whole)
    return _("more than %(share)s") % {"share": _percent(threshold.part, threshold.whole)}


def _bands(pack: RulePack) -> str:
    if not pack.bands:
        return _("none")
    tiers = ((TIERS[band.name], band.lower_percent / 100) for band in pack.bands)
    return ", ".join(f"{name} {numbers.percent(lower, 0)}" for name, lower in tiers)


def _levels(low: tuple[int, int]) -> str:
    return _("%(first)s and %(second)s") % {"first": numbers.count(low[0]), "second": numbers.count(low[1])}


def _count(name: str) -> Callable[[RulePack], str]:
    return lambda pack: numbers.count(getattr(pack, name))


PARAMETERS: dict[str, tuple[Promise, Callable[[RulePack], str]]] = {
    "exit_day": (gettext_lazy("The day of exit is"), lambda p: str(EXIT_DAYS[p.exit_day])),
    "minimum_share": (gettext_lazy("Share of the days taught, enrolled"), lambda p: _least(*p.minimum_share)),
    "attended_once": (
        gettext_lazy("Has to have been in school once"),
        lambda p: _("yes") if p.attended_once else _("no"),
    ),
    "leavers": (gettext_lazy("Who left during the year"), lambda p: str(LEAVERS[p.leavers])),
    "grain": (gettext_lazy("A student of two schools"), lambda p: str(GRAINS[p.grain])),
    "bands": (gettext_lazy("Tiers, and the attendance from which they begin"), _bands),
    "truancy_days": (gettext_lazy("Full days without an excuse"), _count("truancy_days")),
    "recent_days": (gettext_lazy("Recorded days that are recent"), _count("recent_days")),
    "early_days": (gettext_lazy("First recorded days"), _count("early_days")),
    "early_absences": (gettext_lazy("Absences among them"), _count("early_absences")),
    "silent_days": (gettext_lazy("Days without a trace"), _count("silent_days")),
    "register_codes": (
        gettext_lazy("Marks of a register"),
        lambda p: numbers.count(len(p.register_codes)) if p.register_codes else _("none"),
    ),
    "index_weights": (
        gettext_lazy("Weights of the parts"),
        lambda p: ", ".join(f"{PARTS[part]} {numbers.count(weight)}" for part, weight in p.index_weights),
    ),
    "survey_minimum": (gettext_lazy("Items of a scale answered"), lambda p: _least(*p.survey_minimum)),
    "mastery": (gettext_lazy("Share of the points"), lambda p: _reached(p.mastery)),
    "level_weights": (
        gettext_lazy("Points of each level"),
        lambda p: ", ".join(f"{level}: {numbers.count(points)}" for level, points in p.level_weights),
    ),
    "proficient_level": (gettext_lazy("Proficient from level"), _count("proficient_level")),
    "norm_margin": (gettext_lazy("Points below the median"), _count("norm_margin")),
    "even_median": (gettext_lazy("Median of an even count"), lambda p: str(MEDIANS[p.even_median])),
    "dif_group": (gettext_lazy("Group in focus"), lambda p: ": ".join(p.dif_group)),
    "target_years": (gettext_lazy("Years in which the gap closes"), _count("target_years")),
    "target_minimum": (gettext_lazy("Fewest students for a target"), _count("target_minimum")),
    "attendance_levels": (
        gettext_lazy("At risk and warned below, percent attended"),
        lambda p: _levels(p.attendance_levels),
    ),
    "conduct_levels": (
        gettext_lazy("Warned and at risk from, incidents"),
        lambda p: _levels(p.conduct_levels),
    ),
    "ks4_version": (gettext_lazy("Version of the definition"), lambda p: p.ks4_version),
    "ks4_pupil_sd": (
        gettext_lazy("National standard deviation of pupils"),
        lambda p: numbers.decimal(p.ks4_pupil_sd),
    ),
    "ebacc_pass": (gettext_lazy("Pass grade"), _count("ebacc_pass")),
    "novice_years": (gettext_lazy("New with fewer years than"), _count("novice_years")),
}
