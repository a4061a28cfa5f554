"""A site that is being set up."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from crescendo.indicators.models import MeasurementRun
from crescendo.roster.viewer import Viewer
from crescendo.setup import queries as setup

from .thing import Thing


def set_up(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For an administrator, until the set-up is finished: its next step."""
    step = setup.find_open_step(viewer=viewer)
    if step is not None:
        yield Thing(step.sentence, _("Go on setting up"), step.href, detail=step.detail)
