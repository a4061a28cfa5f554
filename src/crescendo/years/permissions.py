"""Who may turn a year and switch parts of the site on."""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer


def may_set_up(viewer: Viewer) -> bool:
    """Whoever sets up the site: administrators."""
    return viewer.may("site.set_up")


def may_turn(viewer: Viewer) -> bool:
    """Administrators of the whole site: a post at an organisation with nothing above it. A turn moves every student."""
    here = [post.organisation_id for post in viewer.posts]
    return may_set_up(viewer) and Organisation.objects.filter(pk__in=here, parent=None).exists()


def check_may_set_up(viewer: Viewer) -> None:
    if not may_set_up(viewer):
        raise NotAllowed(_("This page is for the administrators who set up the site."))


def check_may_turn(viewer: Viewer) -> None:
    if not may_turn(viewer):
        raise NotAllowed(_("The school year is turned by an administrator of the whole site."))
