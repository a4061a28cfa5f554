"""Who may look at imports, bring files in, and say yes to what waits."""

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed
from crescendo.roster.viewer import Viewer

from .models import ImportRun


def may_see_imports(viewer: Viewer) -> bool:
    """Whoever brings files in or watches over the quality of the data: district, principal, analyst, administrator."""
    return viewer.may("imports.run") or viewer.may("quality.see")


def may_run_imports(viewer: Viewer) -> bool:
    """Whoever brings files in: district, analyst, administrator."""
    return viewer.may("imports.run")


def may_have_rows(run: ImportRun, viewer: Viewer) -> bool:
    """Rows as they came are for whoever brings tables in, while their bytes are kept."""
    return run.source.kind == "table" and run.raw_removed_at is None and may_run_imports(viewer)


def may_approve_imports(viewer: Viewer) -> bool:
    """Whoever answers for what an import would end: district, administrator."""
    return viewer.may("imports.approve")


def check_may_see(viewer: Viewer) -> None:
    if not may_see_imports(viewer):
        raise NotAllowed(_("Imports are open to people who bring files in or watch over the data."))


def check_may_run(viewer: Viewer) -> None:
    if not may_run_imports(viewer):
        raise NotAllowed(_("Files may be brought in by the district, its analysts and administrators."))


def check_may_approve(viewer: Viewer) -> None:
    if not may_approve_imports(viewer):
        raise NotAllowed(_("The district or an administrator has to agree to this."))
