"""The shapes of what people send on these pages. What it means, and whether it may be, is for `records.actions`."""

import math

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.ui.days import DayInput


class CourseworkForm(forms.Form):
    """A piece of work: what it is called, when it is due, how much it can earn."""

    title = forms.CharField(label=gettext_lazy("What is it called?"), max_length=255)
    due_on = forms.DateField(label=gettext_lazy("Due day"), widget=DayInput())
    score_max = forms.FloatField(
        label=gettext_lazy("Highest score"),
        initial=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "6"}),
    )

    def clean_score_max(self) -> float:
        """More than nothing, and a number that a mark can have."""
        most = self.cleaned_data["score_max"]
        if not (math.isfinite(most) and 0 < most <= 1_000_000):
            raise forms.ValidationError(_("The highest score is more than 0, and at most a million."))
        return most
