"""Who sets the site up."""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed
from crescendo.roster.viewer import Viewer


def may_set_up(viewer: Viewer) -> bool:
    """Administrators: whoever holds a post whose role may set up the site."""
    return viewer.may("site.set_up")


def require_may_set_up(viewer: Viewer) -> None:
    if not may_set_up(viewer):
        raise NotAllowed(_("Only an administrator can set up the site."))
