from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "crescendo.imports"

    def ready(self) -> None:
        from crescendo.comms import registry  # noqa: PLC0415  (apps are loaded only now)

        from . import telling  # noqa: PLC0415

        registry.register_kind(telling.WAITING, telling.words, by_email=True)
