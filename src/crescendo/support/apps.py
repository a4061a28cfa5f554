from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "crescendo.support"

    def ready(self) -> None:
        from crescendo.comms import registry  # noqa: PLC0415  (apps are loaded only now)
        from crescendo.roster import erasure  # noqa: PLC0415

        from . import actions, telling  # noqa: PLC0415

        registry.register_kind(telling.ASSIGNED, telling.words, by_email=True)
        erasure.register(actions.forget_student)
