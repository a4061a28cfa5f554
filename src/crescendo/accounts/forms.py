"""Signing in and changing a password: their shape."""

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.utils.translation import gettext_lazy as _


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
