from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "crescendo.accounts"
    web_may_delete = ("accounts_signinfailure", "accounts_secondfactor", "accounts_recoverycode")
    web_may_only_append = ("accounts_auditentry",)
    # Sign-ins are made and ended by commands and imports; a page changes what its own reader may change.
    web_may_only_change = {"accounts_user": ("password", "last_login", "language")}
    web_may_only_read = (
        "accounts_permission",
        "accounts_role",
        "accounts_role_permissions",
        "accounts_site",
    )

    def ready(self) -> None:
        from crescendo.core import school_time  # noqa: PLC0415  (apps are loaded only now)

        from . import queries, roles  # noqa: PLC0415

        school_time.read_site_by(queries.find_day_and_zone)
        post_migrate.connect(roles.seed_where_empty, sender=self, dispatch_uid="crescendo.accounts.roles")
