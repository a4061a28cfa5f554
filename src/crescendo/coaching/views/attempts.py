"""Trying a write for a form: what is refused stands in the form, and everything typed stays where it was."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from crescendo.coaching.conflicts import ChangedMeanwhile
from crescendo.coaching.models import Agreement
from crescendo.core.errors import Refused

Made = TypeVar("Made")


def nothing_to_fill_in(request: HttpRequest, agreement: Agreement) -> HttpResponse | None:
    """Before both have agreed, or after the end, a form would be refused: back to the page that says so.

    What somebody has already typed is not thrown away: a form that was sent is answered in its place.
    """
    if request.method == "POST" or agreement.has_begun:
        return None
    return redirect("coaching:agreement_page", agreement.pk)


def attempt(form: forms.Form, write: Callable[[], Made]) -> Made | None:
    """What the write made; None where it was refused, and the form says why.

    Where somebody else saved first, the form takes up their version: saving once more is then a decision.
    """
    try:
        return write()
    except ChangedMeanwhile as meanwhile:
        form.data = form.data.copy()
        form.data["version"] = str(meanwhile.current.version)
        form.meanwhile = meanwhile.current
        form.add_error(None, str(meanwhile))
    except Refused as refused:
        form.add_error(None, str(refused))
    return None
