from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    name = "crescendo.quality"
    # What the checks found comes from the worker; a page says only who looks after it.
    web_may_only_read = ("quality_check", "quality_checkday", "quality_foundrow", "quality_arrival")

    def ready(self) -> None:
        from crescendo.imports import beside, permissions  # noqa: PLC0415  (apps are ready only now)
        from crescendo.records import changes  # noqa: PLC0415
        from crescendo.roster import erasure  # noqa: PLC0415

        from . import forgetting, tasks  # noqa: PLC0415

        changes.listen(tasks.check_when_changed)
        erasure.register(forgetting.forget_student)
        beside.register(_("How good are our data?"), "quality:school_list", permissions.may_see_imports)
