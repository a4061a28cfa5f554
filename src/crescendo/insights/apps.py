from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InsightsConfig(AppConfig):
    name = "crescendo.insights"

    # Computed by the worker after a measurement, never by a page.
    web_may_only_read = ["insights_association"]

    def ready(self) -> None:
        from crescendo.indicators import published  # noqa: PLC0415  (models need the app registry)

        from . import actions  # noqa: PLC0415

        autodiscover_modules("next_steps")
        published.listen(actions.publish_associations)
