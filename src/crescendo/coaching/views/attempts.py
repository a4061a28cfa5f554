"""Trying a write for a form: what is refused stands in the form, and everything typed stays where it was."""

from collections.abc import Callable
from typing import TypeVar

from django import forms

from crescendo.coaching.conflicts import ChangedMeanwhile
from crescendo.core.errors import Refused

Made = TypeVar("Made")


def attempt(form: forms.Form, write: Callable[[], Made]) -> Made | None:
    """What the write made; None where it was refused, and the form says why.

    Where somebody else saved first, the form takes up their version: saving once more is then a decision.
    """
    try:
        return write()
    except ChangedMeanwhile as meanwhile:
        form.data = form.data.copy()
        form.data["version"] = str(meanwhile.current.version)  # type: ignore[attr-defined]
        form.meanwhile = meanwhile.current  # type: ignore[attr-defined]
        form.add_error(None, str(meanwhile))
    except Refused as refused:
        form.add_error(None, str(refused))
    return None
