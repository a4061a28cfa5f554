from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "crescendo.access"

    def ready(self) -> None:
        from crescendo.comms import registry  # noqa: PLC0415  (apps are loaded only now)
        from crescendo.roster import erasure  # noqa: PLC0415

        from . import actions, forgetting, letters  # noqa: PLC0415

        registry.register_letter(actions.INVITED, letters.invited)
        registry.register_letter(actions.NEW_PASSWORD, letters.new_password)
        registry.register_kind(actions.NEW_WAY_IN, letters.new_way_in, by_email=True)
        erasure.register(forgetting.forget_student)
