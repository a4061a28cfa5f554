"""Who makes clients, and what a client may."""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed
from crescendo.roster.viewer import Viewer

from . import scopes


def may_make_clients(viewer: Viewer) -> bool:
    """Whoever answers for what imports change: the district's leaders and administrators."""
    return viewer.may("imports.approve")


def check_may_make_clients(viewer: Viewer) -> None:
    if not may_make_clients(viewer):
        raise NotAllowed(_("Connections are made by the district's leaders and its administrators."))


def scopes_to_give(viewer: Viewer) -> list[str]:
    """Nobody gives away what they may not do themselves."""
    return [scope for scope in scopes.SCOPES if _may(viewer, scope)]


def _may(viewer: Viewer, scope: str) -> bool:
    if scope == scopes.DEMOGRAPHICS:
        return viewer.may("demographics.see")
    if scope == scopes.ATTENDANCE:
        return viewer.may("attendance.record")
    if scope in {scopes.SCORES, scopes.PUT, scopes.DELETE}:
        return viewer.may("scores.record") or viewer.may("records.correct")
    return viewer.may("students.see")
