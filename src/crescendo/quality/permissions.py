"""Who sees what is wrong with the data: whoever brings files in or watches over them, at their organisations.

Row-level security hides the rows of students whom the viewer may not see; the counts of a school are for all who may be here.
"""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed, NotFound
from crescendo.imports import permissions as imports
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer


def check_may_see(viewer: Viewer) -> None:
    """The district, principals, analysts, administrators."""
    if not imports.may_see_imports(viewer):
        raise NotAllowed(_("Data quality is open to people who bring files in or watch over the data."))


def school_ids(viewer: Viewer) -> list[int]:
    """The organisations at and below the viewer's posts."""
    return roster.list_subtree_ids({post.organisation_id for post in viewer.posts})


def may_see_feeds(viewer: Viewer) -> bool:
    """What concerns a whole feed concerns every school: for posts above a school, and whoever brings files in."""
    return imports.may_run_imports(viewer) or any(post.organisation_kind != "school" for post in viewer.posts)


def check_may_see_school(viewer: Viewer, school_id: int | None) -> None:
    check_may_see(viewer)
    if school_id is None and may_see_feeds(viewer):
        return
    if school_id not in school_ids(viewer):
        raise NotFound
