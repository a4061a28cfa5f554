from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class IndicatorsConfig(AppConfig):
    name = "crescendo.indicators"
    verbose_name = "Indicators"

    # Numbers come from measurement runs, never from a page.
    web_may_only_read = [
        "indicators_measurementrun",
        "indicators_studentvalue",
        "indicators_groupvalue",
        "indicators_series",
        "indicators_countingrules",
    ]
    web_may_not_read = ["indicators_snapshotpart", "indicators_factchange", "indicators_livebase"]

    def ready(self) -> None:
        from crescendo.indicators import tasks  # noqa: PLC0415  (tasks need the app registry)
        from crescendo.records import changes  # noqa: PLC0415

        autodiscover_modules("datasets")
        changes.listen(tasks.measure_when_changed)
        changes.listen_to_marks(tasks.count_marks)
