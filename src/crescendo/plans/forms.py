"""The shapes of what people write about goals. Three things open one; the rest is folded away."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.ui.days import DayInput
from edmeasures import catalog

from .aims import Measure
from .models import Plan, Review

UP_BY, DOWN_BY = "up_by", "down_by"
HOW_FAR = [
    (UP_BY, gettext_lazy("up by percent")),
    (DOWN_BY, gettext_lazy("down by percent")),
    ("up", gettext_lazy("up to")),
    ("down", gettext_lazy("down to")),
    ("hold", gettext_lazy("hold at")),
]
OWN = "own"


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DayInput())


def text_box(label: Any, *, required: bool = False, rows: int = 3, help_text: Any = "") -> forms.CharField:
    box = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=4000, widget=box, help_text=help_text)


class OpenForm(forms.Form):
    """What, measured by what, how far, by when; and what else somebody wants to say."""

    title = forms.CharField(
        max_length=200,
        label=gettext_lazy("What do you want to reach?"),
        help_text=gettext_lazy("In a few words, such as: average reading comprehension up by 10 percent."),
    )
    measure = forms.ChoiceField(label=gettext_lazy("How will you see it?"))
    how_far = forms.ChoiceField(label=gettext_lazy("How far?"), choices=HOW_FAR, initial="up")
    amount = forms.FloatField(
        label=gettext_lazy("Number"),
        required=False,
        help_text=gettext_lazy("94 means 94%. Empty: there is no number."),
    )
    due_on = day(gettext_lazy("By when?"))

    now = forms.FloatField(
        label=gettext_lazy("Where are you now?"),
        required=False,
        help_text=gettext_lazy(
            "Only for a value that you write down yourself. The others are read from the records."
        ),
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=40, required=False)
    margin = forms.FloatField(
        label=gettext_lazy("To hold a value: how far from it still counts?"), required=False, min_value=0
    )
    begins_on = day(gettext_lazy("Begins on"), required=False)
    why = text_box(gettext_lazy("Why does it matter?"))
    owner = forms.TypedChoiceField(
        label=gettext_lazy("Who owns it?"), coerce=int, required=False, empty_value=None
    )
    visibility = forms.ChoiceField(label=gettext_lazy("Who may see it?"), required=False)

    def __init__(
        self,
        *args: Any,
        measures: list[tuple[str, Any]],
        owners: list[tuple[int, str]],
        visibilities: list[tuple[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = measures
        self.fields["owner"].choices = owners
        self.fields["visibility"].choices = visibilities

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("how_far") == "hold" and cleaned.get("amount") is None:
            self.add_error("amount", _("Say which value to hold."))
        if cleaned.get("measure") not in (None, OWN) and cleaned.get("now") is not None:
            self.add_error("now", _("This is read from the records. Leave it empty."))
        return cleaned

    def opened(self) -> dict[str, Any]:
        """What `open_plan` is told."""
        said = self.cleaned_data
        measure = measure_of(said["measure"], said["title"], said["unit"])
        by_percent = said["how_far"] in (UP_BY, DOWN_BY)
        direction = {UP_BY: "up", DOWN_BY: "down"}.get(said["how_far"], said["how_far"])
        amount, margin = said["amount"], said["margin"]
        if _is_share(measure):
            margin = None if margin is None else margin / 100
            amount = amount if by_percent or amount is None else amount / 100
        given: dict[str, Any] = {
            "title": said["title"],
            "measure": measure,
            "direction": direction,
            "due_on": said["due_on"],
            "begins_on": said["begins_on"],
            "why": said["why"],
            "margin": margin if direction == "hold" else None,
            "baseline": said["now"],
            "owner_id": said["owner"] or None,
            "visibility": said["visibility"],
        }
        return given | {"target_percent" if by_percent else "target": amount}


def measure_of(code: str, title: str, unit: str) -> Measure:
    """`indicator:attendance_rate`, `assessment:Screener|reading`, or `own`."""
    kind, _colon, rest = code.partition(":")
    if kind == Plan.MeasureKind.INDICATOR:
        return Measure.of_indicator(rest)
    if kind == Plan.MeasureKind.ASSESSMENT:
        family, _bar, subject = rest.partition("|")
        return Measure.of_assessment(family, subject)
    return Measure.own(title, unit)


def _is_share(measure: Measure) -> bool:
    return bool(measure.indicator) and catalog.get(measure.indicator).unit == "share"


class CheckInForm(forms.Form):
    on = day(gettext_lazy("Day"))
    value = forms.FloatField(label=gettext_lazy("Value"), required=False)
    confidence = forms.TypedChoiceField(
        label=gettext_lazy("How sure are you that you will reach it?"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[
            ("", gettext_lazy("rather not say")),
            (1, gettext_lazy("1: we will miss it")),
            (2, gettext_lazy("2: unlikely")),
            (3, gettext_lazy("3: could go either way")),
            (4, gettext_lazy("4: likely")),
            (5, gettext_lazy("5: sure")),
        ],
    )
    comment = text_box(gettext_lazy("What do you see?"))

    def __init__(self, *args: Any, plan: Plan, on: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": on}, **kwargs)
        if plan.measure_kind != Plan.MeasureKind.OWN:
            del self.fields["value"]


class ActionForm(forms.Form):
    what = forms.CharField(label=gettext_lazy("What will be done?"), max_length=300)
    accountable = forms.TypedChoiceField(label=gettext_lazy("Who answers for it?"), coerce=int)
    due_on = day(gettext_lazy("By when?"))
    hours = forms.FloatField(
        label=gettext_lazy("Hours it takes"), required=False, min_value=0, max_value=10_000
    )
    cost = forms.DecimalField(
        label=gettext_lazy("What it costs"),
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
    )
    resources = forms.CharField(label=gettext_lazy("What it needs"), max_length=300, required=False)

    def __init__(
        self, *args: Any, colleagues: list[tuple[int, str]], me: int | None, on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"accountable": me, "due_on": on + timedelta(days=14)}, **kwargs)
        self.fields["accountable"].choices = colleagues


class FinishForm(forms.Form):
    done_on = day(gettext_lazy("Done on"))
    evidence = text_box(gettext_lazy("How can one tell?"))


class ReviewForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("What follows?"), choices=Review.Decision.choices, widget=forms.RadioSelect
    )
    reason = text_box(gettext_lazy("What did you see that led to this?"), required=True)
    next_review_on = day(gettext_lazy("Look again on"), required=False)


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"), choices=Plan.Outcome.choices, widget=forms.RadioSelect
    )
    what_happened = text_box(gettext_lazy("What happened?"), required=True)
    learned = text_box(
        gettext_lazy("What did you learn?"),
        help_text=gettext_lazy("Only a withdrawn goal may leave this empty."),
    )


class ChangeForm(forms.Form):
    title = forms.CharField(max_length=200, label=gettext_lazy("What do you want to reach?"))
    statement = text_box(gettext_lazy("The goal at length"))
    why = text_box(gettext_lazy("Why does it matter?"))
    target = forms.FloatField(label=gettext_lazy("Target"), required=False)
    due_on = day(gettext_lazy("By when?"))
    visibility = forms.ChoiceField(label=gettext_lazy("Who may see it?"))
    reason = forms.CharField(label=gettext_lazy("Why does the goal change?"), max_length=300)

    def __init__(self, *args: Any, visibilities: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visibility"].choices = visibilities


class ShareForm(forms.Form):
    colleague = forms.TypedChoiceField(label=gettext_lazy("Colleague"), coerce=int)

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].choices = colleagues


class TeamForm(forms.Form):
    organisation = forms.TypedChoiceField(label=gettext_lazy("Where"), coerce=int)
    name = forms.CharField(label=gettext_lazy("Name of the team"), max_length=120)
    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who is in it, beside you?"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, places: list[tuple[int, str]], colleagues: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = places
        self.fields["people"].choices = colleagues
