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
