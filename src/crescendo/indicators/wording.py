"""Definitions and counting rules in plain words, for their public pages."""

from collections.abc import Callable, Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from crescendo.core import numbers
from crescendo.indicators import parameter_words
from crescendo.ui.tables import Column, Table
from edmeasures.catalog import Indicator
from edmeasures.rulepacks import RulePack, Threshold

SUBJECTS: dict[str, Promise] = {
    "attendance": gettext_lazy("Attendance"),
    "participation": gettext_lazy("Taking part"),
    "assessment": gettext_lazy("Tests and results"),
    "coursework": gettext_lazy("Coursework"),
    "credits": gettext_lazy("Courses and credits"),
    "behaviour": gettext_lazy("Behavior"),
    "engagement": gettext_lazy("Engagement"),
    "growth": gettext_lazy("Growth"),
    "items": gettext_lazy("Quality of tests"),
    "accountability": gettext_lazy("Accountability"),
    "key_stage_4": gettext_lazy("Key stage 4 (England)"),
    "early_warning": gettext_lazy("Early warning"),
    "programmes": gettext_lazy("Programs"),
    "staff": gettext_lazy("Staff"),
    "quality": gettext_lazy("How complete the data are"),
}
DIRECTIONS: dict[str, Promise] = {
    "higher": gettext_lazy("Higher is better."),
    "lower": gettext_lazy("Lower is better."),
    "neutral": gettext_lazy("Neither higher nor lower is better in itself."),
}
# How students' numbers make a group's number: the sentence that a reader can recompute it by.
KINDS: dict[str, Promise] = {
    "ratio": gettext_lazy("For a group, all students' counts are added up first and divided once."),
    "share_of_students": gettext_lazy(
        "For a group, it is the students it is true of, out of all who were evaluated."
    ),
    "mean": gettext_lazy("For a group, it is the average of the students' values."),
    "average_daily": gettext_lazy("For several schools, the schools' numbers are added up."),
    "whole": gettext_lazy("A group's number is computed from all of its results at once."),
    "lag": gettext_lazy("For several schools, it is the largest of the schools' numbers."),
}
UNITS: dict[str, Promise] = {
    "share": gettext_lazy("percent"),
    "students": gettext_lazy("students"),
    "scale points": gettext_lazy("points on the test's scale"),
    "standard deviations": gettext_lazy("standard deviations"),
    "instructional days": gettext_lazy("school days"),
    "days": gettext_lazy("days"),
    "points": gettext_lazy("points"),
    "minutes": gettext_lazy("minutes"),
    "hours": gettext_lazy("hours"),
    "spells": gettext_lazy("separate absences"),
    "incidents per 100 student-days": gettext_lazy("incidents in 100 school days of a student"),
    "late days per 100 student-days": gettext_lazy("late arrivals in 100 school days of a student"),
    "days per 100 students": gettext_lazy("days per 100 students"),
    "scale points per week": gettext_lazy("points on the test's scale in a week"),
    "T points": gettext_lazy("T points: the norm's mean is 50, its standard deviation 10"),
    "NCE": gettext_lazy("normal curve equivalents, from 1 to 99"),
    "percentile": gettext_lazy("percentile, from 1 to 99"),
    "standard errors": gettext_lazy("standard errors"),
    "grade points": gettext_lazy("grade points"),
    "grades per slot": gettext_lazy("GCSE grades for each of the eight slots"),
    "level": gettext_lazy("level"),
    "alpha": gettext_lazy("Cronbach's alpha, at most 1"),
    "correlation": gettext_lazy("correlation, from -1 to 1"),
}
COUNTING: dict[str, Promise] = {
    "decimal": gettext_lazy("by the share of the day missed"),
    "full_day": gettext_lazy("by whole days: absent when less than half of the day was attended"),
    "sessions": gettext_lazy("by half-days, each attended or not"),
}
CATEGORIES: dict[str, Promise] = {
    "excused": gettext_lazy("excused"),
    "unexcused": gettext_lazy("unexcused"),
    "other": gettext_lazy("other"),
    "tardy": gettext_lazy("late arrival"),
    "present": gettext_lazy("present"),
}
WITHOUT_SUBMISSION: dict[str, Promise] = {
    "unknown": gettext_lazy("unknown: they are left out"),
    "recorded": gettext_lazy("taken as complete"),
}


def _listed(words: Iterable[object]) -> str:
    return ", ".join(str(word) for word in words)


def _threshold(threshold: Threshold) -> str:
    share = numbers.percent(numbers.share(threshold.part, threshold.whole), 0)
    pattern = _("%(share)s or more") if threshold.boundary == "at_or_above" else _("more than %(share)s")
    return pattern % {"share": share}


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count} if count else _("no minimum")


def _floor(floor: tuple[int, int] | None) -> str:
    if floor is None:
        return _("only students with a result count")
    share = numbers.percent(numbers.share(*floor), 0)
    return _("at least %(share)s of those who should have been tested") % {"share": share}


PARAMETERS: dict[str, tuple[Promise, Callable[[RulePack], str]]] = parameter_words.PARAMETERS | {
    "counting": (gettext_lazy("How absence is counted"), lambda p: str(COUNTING[p.counting])),
    "absence_categories": (
        gettext_lazy("What counts as absence"),
        lambda p: _listed(CATEGORIES.get(c, c) for c in p.absence_categories),
    ),
    "days_without_submission": (
        gettext_lazy("Days for which a school sent nothing"),
        lambda p: str(WITHOUT_SUBMISSION[p.days_without_submission]),
    ),
    "minimum_days": (gettext_lazy("Fewest days to be evaluated"), lambda p: _days(p.minimum_days)),
    "chronic": (gettext_lazy("Share of time absent"), lambda p: _threshold(p.chronic)),
    "severe": (gettext_lazy("Share of time absent"), lambda p: _threshold(p.severe)),
    "streak_days": (gettext_lazy("Days in a row"), lambda p: _days(p.streak_days)),
    "mobility_grace_days": (
        gettext_lazy("First days in which arriving is not a move"),
        lambda p: _days(p.mobility_grace_days),
    ),
    "participation_floor": (gettext_lazy("Whom the share is of"), lambda p: _floor(p.participation_floor)),
    "on_track_grades": (gettext_lazy("Grades"), lambda p: _listed(p.on_track_grades)),
    "credits_needed": (
        gettext_lazy("Credits by the end of the year"),
        lambda p: numbers.decimal(p.credits_needed),
    ),
    "core_failures_allowed": (
        gettext_lazy("Failed core courses allowed"),
        lambda p: numbers.count(p.core_failures_allowed),
    ),
}


def subject_title(subject: str) -> str:
    """A subject of the catalogue as a heading."""
    return str(SUBJECTS.get(subject, subject.capitalize()))


def unit_words(unit: str) -> str:
    """What the number is counted in."""
    return str(UNITS[unit])


def plain_sentence(indicator: Indicator) -> str:
    """The definition in one sentence: what over what."""
    if not indicator.denominator:
        return _("%(numerator)s.") % {"numerator": indicator.numerator[:1].upper() + indicator.numerator[1:]}
    return pgettext_lazy("definition", "%(numerator)s, out of %(denominator)s.") % {
        "numerator": indicator.numerator[:1].upper() + indicator.numerator[1:],
        "denominator": indicator.denominator,
    }


def parameter_table(indicator: Indicator, packs: Iterable[RulePack], used: Iterable[str]) -> Table | None:
    """What authorities set differently, side by side; None where there is nothing to set."""
    if not indicator.parameters:
        return None
    shown = list(packs)
    here = set(used)
    columns = [Column("parameter", _("Rule"))]
    columns += [
        Column(pack.name, pack.title + (_(" (used here)") if pack.name in here else "")) for pack in shown
    ]
    rows = []
    for parameter in indicator.parameters:
        label, words = PARAMETERS.get(parameter, (parameter.replace("_", " ").capitalize(), None))
        row = {"parameter": str(label)}
        row |= {pack.name: words(pack) if words else str(getattr(pack, parameter)) for pack in shown}
        rows.append(row)
    rows.append({"parameter": _("Authority"), **{pack.name: pack.authority for pack in shown}})
    return Table(_("What authorities set differently"), columns, rows)
