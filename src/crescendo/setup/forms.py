"""The shapes of what people say while they set up a site."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.accounts.forms import OwnPasswordForm
from crescendo.accounts.models import User
from crescendo.ui.days import DayInput

from .countries import COUNTRIES


def time_zones() -> list[tuple[str, str]]:
    """Every place with a clock of its own, by continent."""
    names = sorted(
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class SiteForm(forms.Form):
    """The school or district: a name, a country, a clock, a language."""

    name = forms.CharField(max_length=255, label=gettext_lazy("Name of the school or district"))
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("It decides how absence is counted and which words the pages use."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language for people who have not chosen one"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [
            (one.code, f"{one.title}: {one.rules_words}") for one in COUNTRIES.values()
        ]
        self.fields["time_zone"].choices = time_zones()
        self.fields["time_zone"].initial = self.initial.get("time_zone") or settings.TIME_ZONE
        others = [(code, name) for code, name in settings.LANGUAGES if not code.startswith("en")]
        self.fields["language"].choices = [("", "English"), *others]


class KnownSiteForm(SiteForm):
    """The same later, with what protects the site."""

    needs_second_factor = forms.BooleanField(
        required=False,
        label=gettext_lazy(
            "Whoever manages families' rights, posts or the site signs in with a code as well"
        ),
        help_text=gettext_lazy("A code from an app on their phone, after the password."),
    )


class BeginForm(OwnPasswordForm, SiteForm):
    """The first page of a new site: the set-up code, the school, the first person."""

    field_order = [
        "code", "name", "kind", "country", "time_zone", "language",
        "person", "email", "username", "password", "again",
    ]  # fmt: skip

    code = forms.CharField(
        max_length=40,
        label=gettext_lazy("Set-up code"),
        help_text=gettext_lazy(
            "Crescendo printed it in the terminal where it was started: three groups of four."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("It is"),
        choices=[
            ("school", gettext_lazy("one school")),
            ("district", gettext_lazy("a district or trust with several schools")),
        ],
        initial="district",
    )
    person = forms.CharField(
        max_length=255,
        label=gettext_lazy("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        required=False,
        label=gettext_lazy("Your e-mail"),
        help_text=gettext_lazy("Messages go there, and a new password when you need one."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    username = forms.CharField(
        required=False,
        max_length=150,
        label=gettext_lazy("Sign-in name"),
        help_text=gettext_lazy("Empty: your e-mail."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def whose(self, data: dict[str, Any]) -> User:
        return User(
            username=_sign_in_name(data), email=data.get("email", ""), display_name=data.get("person", "")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["username"] = _sign_in_name(data)
        if not data["username"] and "email" not in self.errors:
            self.add_error("username", _("Give a sign-in name, or an e-mail that can be one."))
        return data


def _sign_in_name(data: dict[str, Any]) -> str:
    return (data.get("username") or data.get("email") or "").strip()


class CalendarForm(forms.Form):
    """The school year, its free days, its terms."""

    begins_on = forms.DateField(
        label=gettext_lazy("First school day"),
        widget=DayInput(),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last school day"),
        widget=DayInput(),
    )
    weekdays_off = forms.MultipleChoiceField(
        required=False, label=gettext_lazy("Weekdays without school"), widget=forms.CheckboxSelectMultiple
    )
    holidays = forms.CharField(
        required=False,
        max_length=20_000,
        label=gettext_lazy("Holidays and other days without school, one a line"),
        help_text=gettext_lazy("2026-11-26 Thanksgiving, or 2026-12-21 to 2027-01-01 Winter break."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    terms = forms.CharField(
        required=False,
        max_length=5_000,
        label=gettext_lazy("Terms, one a line"),
        help_text=gettext_lazy("We divided the year evenly. Write the days as they are at your school."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, ask_terms: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekdays_off"].choices = [(str(day), name) for day, name in WEEKDAYS.items()]
        if not ask_terms:
            del self.fields["terms"]

    def weekdays(self) -> list[int]:
        return [int(day) for day in self.cleaned_data["weekdays_off"]]
