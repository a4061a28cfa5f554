"""What the gallery shows: every component in every state, with made-up values and no person's data."""

import datetime

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from . import charts
from .days import DayInput
from .tables import Column, Table

FIRST_WEEK = datetime.date(2025, 9, 8)
MISTAKES = {"title": "", "note": "", "kind": "c", "size": ""}


class ExampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=_("Title"), help_text=_("A few words that you will recognise in a month."))
    note = forms.CharField(label=_("What did you see?"), widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", _("Visit")), ("b", _("Conversation"))])
    on = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    size = forms.ChoiceField(
        label=_("For whom"),
        choices=[("one", _("One person")), ("all", _("A group"))],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label=_("We agreed on this together"), required=False)
    file = forms.FileField(label=_("File"), required=False)


def weeks(values: list[float | None], begins_on: datetime.date = FIRST_WEEK) -> list[charts.Point]:
    return [
        charts.Point(begins_on + datetime.timedelta(weeks=week), value) for week, value in enumerate(values)
    ]


THIS_YEAR = [
    0.951,
    0.948,
    0.946,
    0.941,
    0.938,
    0.936,
    None,
    None,
    0.931,
    0.929,
    0.927,
    0.931,
    0.934,
    0.939,
    0.943,
    0.946,
]
LAST_YEAR = [
    0.944,
    0.943,
    0.939,
    0.937,
    0.936,
    0.932,
    0.934,
    0.931,
    0.926,
    0.921,
    0.923,
    0.925,
    0.922,
    0.926,
    0.924,
    0.927,
]


def example_line() -> charts.Chart:
    return charts.line(
        _("Is attendance holding up this year?"),
        weeks(THIS_YEAR),
        measure=_("Days attended"),
        last_year=weeks(LAST_YEAR),
        target=0.95,
        notes=[charts.Note(FIRST_WEEK + datetime.timedelta(weeks=10), _("Breakfast club began"))],
        summary=_("Higher than last year since the breakfast club began; two weeks were not submitted."),
    )


def example_bars() -> charts.Chart:
    rows = [
        {"label": _("Grade %(n)s") % {"n": 6}, "value": 0.084, "lower": 0.061, "upper": 0.114, "n": 412},
        {"label": _("Grade %(n)s") % {"n": 7}, "value": 0.127, "lower": 0.099, "upper": 0.161, "n": 431},
        {"label": _("Grade %(n)s") % {"n": 8}, "value": 0.171, "lower": 0.139, "upper": 0.209, "n": 440},
        {"label": _("Grade %(n)s") % {"n": 9}, "value": None, "reason": "below_minimum_n", "n": None},
    ]
    return charts.bars(
        _("In which grades are students missing a tenth of their days?"),
        rows,
        measure=_("Chronically absent"),
        group=_("Grade"),
        reference=(_("District"), 0.14),
        longest=0.25,
    )


def example_strip() -> charts.Chart:
    others = [0.871, 0.884, 0.897, 0.902, 0.905, 0.911, 0.914, 0.921, 0.922, 0.926, 0.933, 0.941, 0.948]
    return charts.strip(
        _("Where does this school stand in the district?"),
        others,
        measure=_("Days attended"),
        name=_("This school"),
        value=0.929,
        others_are=_("schools"),
        middle=0.914,
    )


def example_multiples() -> charts.SmallMultiples:
    groups = {
        _("Grade %(n)s") % {"n": grade}: weeks([v - shift if v is not None else None for v in THIS_YEAR])
        for grade, shift in ((6, 0.0), (7, 0.012), (8, 0.027))
    }
    return charts.small_multiples(
        _("Does every grade move the same way?"), groups, measure=_("Days attended")
    )


def example_table() -> Table:
    columns = [
        Column("school", _("School")),
        Column("students", _("Students"), "count"),
        Column("attended", _("Days attended"), "percent"),
        Column("mean", _("Mean score"), "decimal"),
    ]
    rows = [
        {"school": "Harbor Elementary", "students": 412, "attended": 0.9345, "mean": 212.35},
        {"school": "Lincoln Middle", "students": 1204, "attended": 0.9121, "mean": None},
        {"school": "Riverside High", "students": 1866, "attended": None, "mean": 208.1},
    ]
    return Table(_("Schools of the district this year"), columns, rows)


def everything() -> dict[str, object]:
    """The context of the gallery page."""
    return {
        "form": ExampleForm(),
        "wrong_form": ExampleForm({f"wrong-{k}": v for k, v in MISTAKES.items()}, prefix="wrong"),
        "line": example_line(),
        "bars": example_bars(),
        "strip": example_strip(),
        "multiples": example_multiples(),
        "table": example_table(),
        "page": Paginator(range(237), 25).page(3),
    }
