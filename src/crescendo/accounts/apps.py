from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "crescendo.accounts"
    web_may_only_append = ("accounts_auditentry",)
    web_may_only_read = (
        "accounts_permission",
        "accounts_role",
        "accounts_role_permissions",
        "accounts_site",
    )

    def ready(self) -> None:
        from crescendo.core import school_time  # noqa: PLC0415  (apps are loaded only now)

        from . import queries  # noqa: PLC0415

        school_time.freeze_by(queries.find_frozen_day)
