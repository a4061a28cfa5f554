from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "crescendo.plans"
    web_may_only_append = ("plans_review", "plans_goalrevision")

    def ready(self) -> None:
        from crescendo.comms import registry  # noqa: PLC0415  (apps are loaded only now)
        from crescendo.roster import erasure  # noqa: PLC0415

        from . import forgetting, telling, turning  # noqa: PLC0415

        for kind in (
            telling.SHARED,
            telling.GIVEN,
            telling.ACTION_GIVEN,
            telling.ACTION_DUE,
            telling.REVIEW_DUE,
        ):
            registry.register_kind(kind, telling.words, by_email=True)
        for kind in (turning.TURNED, turning.TURNED_BACK):
            registry.register_kind(kind, turning.words, by_email=True)
        registry.register_visibility("plan", telling.may_hear_of_plan)
        erasure.register(forgetting.forget_student)
