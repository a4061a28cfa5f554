"""Who may say that two records are one person: whoever answers for what imports change, and sees both students."""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed
from crescendo.imports import permissions as imports
from crescendo.roster.viewer import Viewer


def may_decide(viewer: Viewer) -> bool:
    """The district and administrators."""
    return imports.may_approve_imports(viewer)


def check_may_decide(viewer: Viewer) -> None:
    if not may_decide(viewer):
        raise NotAllowed(_("The district or an administrator says which records are one person."))
