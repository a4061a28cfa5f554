from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    name = "crescendo.identity"
    # Whole rows as they were before a merge: for its splitting, which is the worker's.
    web_may_not_read = ("identity_change",)

    def ready(self) -> None:
        from crescendo.imports import beside  # noqa: PLC0415  (apps are ready only now)
        from crescendo.roster import erasure  # noqa: PLC0415

        from . import forgetting, permissions  # noqa: PLC0415

        erasure.register(forgetting.forget_student)
        beside.register(_("Which students may be here twice?"), "identity:pair_list", permissions.may_decide)
