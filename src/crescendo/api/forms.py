"""The shape of what somebody types to connect another system."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer

from . import permissions
from .scopes import SCOPES


class ClientForm(forms.Form):
    """What it is called, whose ids it uses, how far it reaches, and what it may do."""

    title = forms.CharField(
        max_length=120, label=_("What do you call it?"), help_text=_("Such as: Grade book of Lincoln School.")
    )
    source = forms.SlugField(
        max_length=60,
        label=_("Short name of the system whose ids it uses"),
        help_text=_("As on the page of imports, so that its marks and the nightly files are one: letters, digits, - and _."),
    )  # fmt: skip
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("How far does it reach?"), empty_label=None
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody can give away what they may not do themselves."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **named: Any) -> None:
        super().__init__(*args, **named)
        reached = roster.list_subtree_ids([post.organisation_id for post in viewer.posts])
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=reached).order_by(
            "name", "id"
        )
        self.fields["scopes"].choices = [
            (scope, SCOPES[scope]) for scope in permissions.scopes_to_give(viewer)
        ]
