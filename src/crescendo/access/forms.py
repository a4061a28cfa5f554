"""The shapes of what people type on their way in."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.accounts.models import User


class CodeForm(forms.Form):
    """The code on the sheet."""

    code = forms.CharField(
        max_length=40,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("As it stands on your sheet, such as 1042-K7QF9-3MDXW."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class PasswordForm(forms.Form):
    """A password of one's own, twice."""

    password = forms.CharField(
        strip=False,
        label=gettext_lazy("Password"),
        help_text=gettext_lazy(
            "At least 12 characters. Three or four words that only you would put together are easy to remember."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        strip=False,
        label=gettext_lazy("Password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one in both boxes."))
        if data.get("password"):
            try:
                validate_password(data["password"], self.person)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class ForgottenForm(forms.Form):
    """Which sign-in it is about."""

    said = forms.CharField(
        max_length=255,
        label=gettext_lazy("Sign-in name or e-mail"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
