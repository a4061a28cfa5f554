from django.apps import AppConfig


class CoachingConfig(AppConfig):
    name = "crescendo.coaching"
    web_may_only_append = ("coaching_feedback",)

    def ready(self) -> None:
        from crescendo.comms import registry  # noqa: PLC0415  (apps are loaded only now)

        from . import telling  # noqa: PLC0415

        registry.register_audience("coaching.pair", telling.list_pair)
        registry.register_visibility("coaching_agreement", telling.may_hear)
        for code, words in telling.KINDS.items():
            registry.register_kind(code, words, by_email=code in telling.BY_EMAIL)
