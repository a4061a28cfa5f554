from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "crescendo.api"

    def ready(self) -> None:
        from crescendo.imports import beside  # noqa: PLC0415  (apps are loaded only now)
        from crescendo.roster import erasure  # noqa: PLC0415

        from . import forgetting, permissions  # noqa: PLC0415

        beside.register(_("Which systems may come in?"), "api:client_list", permissions.may_make_clients)
        erasure.register(forgetting.forget_student)
