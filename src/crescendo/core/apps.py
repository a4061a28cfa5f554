from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "crescendo.core"

    def ready(self) -> None:
        from . import grants  # noqa: PLC0415  (apps are loaded only now)

        # Django sends the signal once per app with models; core has none, so it listens to one that always has.
        sender = apps.get_app_config("contenttypes")
        post_migrate.connect(grants.apply_grants, sender=sender, dispatch_uid="crescendo.core.grants")
