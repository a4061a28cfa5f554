from typing import Any

from django.apps import AppConfig, apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from crescendo import database


class CoreConfig(AppConfig):
    name = "crescendo.core"

    def ready(self) -> None:
        from . import grants  # noqa: PLC0415  (apps are loaded only now)

        # Django sends the signal once per app with models; core has none, so it listens to one that always has.
        sender = apps.get_app_config("contenttypes")
        connection_created.connect(_keep_plans, dispatch_uid="crescendo.core.plans")
        post_migrate.connect(grants.apply_grants, sender=sender, dispatch_uid="crescendo.core.grants")


def _keep_plans(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """A connection remembers the plans of all statements that pages ask; psycopg's own limit is 100."""
    if connection.vendor == "postgresql":
        connection.connection.prepared_max = database.PREPARED_AT_MOST
