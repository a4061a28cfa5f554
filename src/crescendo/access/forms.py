"""The shapes of what people type on their way in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from crescendo.accounts.forms import OwnPasswordForm
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


class PasswordForm(OwnPasswordForm):
    """The password of somebody whose code is right."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def whose(self, data: dict[str, Any]) -> User:
        return self.person


class ForgottenForm(forms.Form):
    """Which sign-in it is about."""

    said = forms.CharField(
        max_length=255,
        label=gettext_lazy("Sign-in name or e-mail"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
