"""The shape of what somebody types to connect another system."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from crescendo.imports import queries as imports
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
    source = forms.ChoiceField(
        label=_("Whose student ids does it use?"),
        help_text=_("What it sends is then of the same students as that system's files."),
        required=False,
    )
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
        self.fields["source"].choices = [*imports.list_sources(), ("", _("Ids of its own"))]
        self.fields["scopes"].choices = [
            (scope, SCOPES[scope]) for scope in permissions.scopes_to_give(viewer)
        ]

    def clean(self) -> dict[str, Any]:
        """A system with ids of its own is a source of its own, named after itself."""
        said = super().clean()
        if not said.get("source"):
            said["source"] = slugify(said.get("title", ""))[:60] or "connection"
            if said["source"] in dict(self.fields["source"].choices):
                self.add_error(
                    "title", _("A system of that name sends files. Choose its ids below, or another name.")
                )
        return said
