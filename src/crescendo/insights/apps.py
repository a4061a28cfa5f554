from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from crescendo.indicators.models import MeasurementRun


class InsightsConfig(AppConfig):
    name = "crescendo.insights"

    # Computed by the worker after a measurement, never by a page.
    web_may_only_read = ["insights_association"]

    def ready(self) -> None:
        from crescendo.indicators import published  # noqa: PLC0415  (models need the app registry)

        autodiscover_modules("next_steps")
        published.listen(_publish_associations)


def _publish_associations(run: "MeasurementRun") -> None:
    """Brings SciPy, which every process would otherwise pay for at its start."""
    from .actions import publish_associations  # noqa: PLC0415

    publish_associations(run)
