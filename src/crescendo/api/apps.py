from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "crescendo.api"

    def ready(self) -> None:
        from crescendo.roster import erasure  # noqa: PLC0415  (apps are loaded only now)

        from . import forgetting  # noqa: PLC0415

        erasure.register(forgetting.forget_student)
