"""Signing in and changing a password: their shape."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import User


class SignInForm(forms.Form):
    """A sign-in name and a password. Whether they fit is the view's question."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=255,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class StepForm(forms.Form):
    """The code after the password."""

    code = forms.CharField(
        max_length=20,
        label=_("Code"),
        help_text=_("The six digits that your phone shows now, or a code that you wrote down."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}
        ),
    )


class EndFactorForm(forms.Form):
    """The password, before anything about the code changes."""

    password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: object, user: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        said = self.cleaned_data["password"]
        if not self.user.check_password(said):
            raise forms.ValidationError(
                _("That is not your present password. Check capital letters and try again.")
            )
        return said


class OwnPasswordForm(forms.Form):
    """A password of one's own, twice. Whoever inherits says whose it will be, because it may not be their name."""

    password = forms.CharField(
        strip=False,
        label=_("Password"),
        help_text=_(
            "At least 12 characters. Three or four words that only you would put together are easy to remember."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        strip=False,
        label=_("Password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def whose(self, data: dict[str, Any]) -> User:
        """Who will sign in with it: a password that resembles their name is refused. Each form knows its person."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        password = data.get("password")
        if password and data.get("again") and password != data["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one in both boxes."))
        if password:
            try:
                validate_password(password, self.whose(data))
            except ValidationError as error:
                self.add_error("password", error)
        return data


class NewPasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    error_messages = {
        "password_mismatch": _("The two new passwords differ. Type the same one in both boxes."),
        "password_incorrect": _("That is not your present password. Check capital letters and try again."),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Present password")
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = _(
            "At least 12 characters. Three or four words that only you would put together are easy to remember."
        )
        self.fields["new_password2"].label = _("New password again")
        self.fields["new_password2"].help_text = ""
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
