"""The shapes of what people send on the support pages. What it means, and whether it may be, is for `actions`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.roster.models import StaffMember, Student
from crescendo.ui.days import DayInput

from .models import Delivery, SupportPlan
from .starting import Chosen, Start

HEADLINE = 120
REASON = 2000
SURE = {
    5: gettext_lazy("Surely"),
    4: gettext_lazy("Probably"),
    3: gettext_lazy("Hard to say"),
    2: gettext_lazy("Probably not"),
    1: gettext_lazy("Surely not"),
}
NEEDED = gettext_lazy("Needed, so that you can see later whether it helped.")


def _new_key() -> str:
    return str(uuid4())


class KeyedForm(forms.Form):
    """A form that carries a key of its own, so that sending it twice changes nothing twice."""

    key = forms.UUIDField(initial=_new_key, widget=forms.HiddenInput)


class OpenForm(KeyedForm):
    """What is done, how often, by whom. The goal is proposed from the number; three fields suffice."""

    concern = forms.CharField(
        label=gettext_lazy("What worries you"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
    strategy = forms.CharField(
        label=gettext_lazy("What will be done"),
        max_length=REASON,
        help_text=gettext_lazy("In words that the family can read: they see this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sessions_per_week = forms.IntegerField(
        label=gettext_lazy("Sessions a week"), min_value=1, max_value=20, initial=2
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes of a session"), min_value=1, max_value=480, required=False
    )
    delivered_by = forms.ModelChoiceField(
        label=gettext_lazy("Who gives it"), queryset=StaffMember.objects.none(), empty_label=None
    )
    tier = forms.TypedChoiceField(
        label=gettext_lazy("How intensive"), choices=SupportPlan.Tier.choices, coerce=int, initial=2
    )
    target = forms.FloatField(label=gettext_lazy("Wanted"), error_messages={"required": NEEDED})
    own_measure = forms.CharField(
        label=gettext_lazy("What you will measure"),
        max_length=HEADLINE,
        required=False,
        help_text=gettext_lazy("Such as: words read correctly in a minute."),
    )
    baseline = forms.FloatField(label=gettext_lazy("Now"), required=False)
    begins_on = forms.DateField(label=gettext_lazy("From"), widget=DayInput)
    due_on = forms.DateField(label=gettext_lazy("Look back on"), widget=DayInput)
    family_told_on = forms.DateField(label=gettext_lazy("Family told on"), widget=DayInput, required=False)

    def __init__(self, *args: Any, start: Start, staff: Sequence[StaffMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.start = start
        who = self.fields["delivered_by"]
        who.queryset = StaffMember.objects.filter(pk__in=[person.pk for person in staff])
        who.label_from_instance = lambda person: person.name
        for name, value in start.initial().items():
            self.fields[name].initial = value
        for name in ("own_measure", "baseline"):
            if start.is_own:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = NEEDED
            else:
                del self.fields[name]
        if start.in_percent:
            self.fields["target"].label = _("Wanted, in percent")
            self.fields["target"].min_value, self.fields["target"].max_value = 0, 100

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        begins_on, due_on = data.get("begins_on"), data.get("due_on")
        if begins_on and due_on and due_on <= begins_on:
            self.add_error("due_on", _("This lies before the first day. Choose a later one."))
        return data

    def chosen(self) -> Chosen:
        """What was filled in, as the action takes it; percent becomes a share again."""
        data = self.cleaned_data
        target = data["target"]
        return Chosen(
            key=data["key"],
            concern=data["concern"],
            strategy=data["strategy"],
            sessions_per_week=data["sessions_per_week"],
            minutes=data["minutes"],
            delivered_by_id=data["delivered_by"].pk,
            tier=data["tier"],
            target=target / 100 if target is not None and self.start.in_percent else target,
            own_measure=data.get("own_measure", ""),
            baseline=data.get("baseline"),
            begins_on=data["begins_on"],
            due_on=data["due_on"],
            family_told_on=data.get("family_told_on"),
        )


class DeliveryForm(KeyedForm):
    """One session: when, whether it took place, how long."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    happened = forms.TypedChoiceField(
        label=gettext_lazy("Did it take place?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    why_not = forms.ChoiceField(
        label=gettext_lazy("If not, why"),
        choices=[("", "–"), *Delivery.WhyNot.choices],
        required=False,
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=480, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ProgressForm(forms.Form):
    """How it goes on a day: a score where the plan's measure is its own, how sure one is, a sentence."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    value = forms.FloatField(label=gettext_lazy("Score"), required=False)
    confidence = forms.TypedChoiceField(
        label=gettext_lazy("Will the goal be reached?"),
        choices=[("", "–"), *SURE.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    comment = forms.CharField(
        label=gettext_lazy("In a sentence"),
        max_length=REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReviewForm(forms.Form):
    """What the next step is, and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            ("continue", gettext_lazy("Go on as planned")),
            ("change", gettext_lazy("Change something")),
            ("stop", gettext_lazy("Stop")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
    sessions_per_week = forms.IntegerField(
        label=gettext_lazy("Sessions a week from now on"), min_value=1, max_value=20, required=False
    )


class CloseForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Was the goal reached?"),
        choices=[
            ("achieved", gettext_lazy("Yes")),
            ("partly", gettext_lazy("In part")),
            ("missed", gettext_lazy("No")),
            ("withdrawn", gettext_lazy("It was stopped before it could be seen")),
        ],
        widget=forms.RadioSelect,
    )
    what_happened = forms.CharField(
        label=gettext_lazy("What happened"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
    learned = forms.CharField(
        label=gettext_lazy("What you learned"),
        max_length=REASON,
        required=False,
        help_text=gettext_lazy("What you would do again, or not. Not needed where it was stopped early."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FamilyToldForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Family told on"), widget=DayInput)


class ClassForm(OpenForm):
    """Support for a whole class. No family reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["family_told_on"]
        self.fields["strategy"].help_text = ""
        self.fields["tier"].initial = SupportPlan.Tier.EVERYONE


class SeveralForm(OpenForm):
    """The same support for several students: each gets a plan of their own."""

    students = forms.ModelMultipleChoiceField(
        label=gettext_lazy("For whom"),
        queryset=Student.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )

    def __init__(
        self, *args: Any, students: Sequence[Student], why: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["students"]
        choice.queryset = Student.objects.filter(pk__in=[student.pk for student in students])
        choice.label_from_instance = lambda student: ": ".join(
            part for part in (student.name, why.get(student.pk, "")) if part
        )
        if self.start.is_own:
            del self.fields["baseline"]  # each one's first score is where they start
        elif self.start.target is None:
            self.fields["target"].required = False
            self.fields["target"].help_text = _("Left empty: each one's benchmark.")
