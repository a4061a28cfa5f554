from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "crescendo.identity"
    # Whole rows as they were before a merge: for its splitting, which is the worker's.
    web_may_not_read = ("identity_change",)

    def ready(self) -> None:
        from crescendo.roster import erasure  # noqa: PLC0415  (apps are ready only now)

        from . import forgetting  # noqa: PLC0415

        erasure.register(forgetting.forget_student)
