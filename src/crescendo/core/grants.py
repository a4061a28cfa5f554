"""What the web and worker roles may do with each table; applied after every `migrate`, here and in tests.

The web role reads and writes rows, never deletes and never defines. An app that needs more or less says so on its
`AppConfig`:

- `web_may_delete`      tables of which pages may delete rows (sessions, many-to-many rows)
- `web_may_only_read`   tables that only imports, jobs and migrations write
- `web_may_only_append` tables that nobody changes afterwards: rows are added and read, by the worker too
- `web_may_only_change` columns by table: pages change these alone, and add no row
- `web_may_not_read`    tables that no page has business with
"""

from collections.abc import Iterable

from django.apps import AppConfig, apps
from django.db import connections

WEB = "crescendo_web"
WORKER = "crescendo_worker"

# Django's own apps cannot carry our attributes.
MAY_DELETE = {"django_session"}
MAY_NOT_READ = {"django_migrations"}

BASE = f"""
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {WEB}, {WORKER};
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {WEB};
REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {WEB};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WORKER};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {WEB}, {WORKER};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO {WEB};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {WORKER};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {WEB}, {WORKER};
"""

# A page that asked a partition by name would walk past the policy on its parent.
CLOSE_PARTITIONS = f"""
DO $$
DECLARE partition regclass;
BEGIN
    FOR partition IN
        SELECT oid::regclass FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')
        AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM {WEB}', partition);
    END LOOP;
END $$;
"""


def declared(attribute: str) -> set[str]:
    """The tables that any app named under this attribute."""
    found: set[str] = set()
    for config in apps.get_app_configs():
        found.update(getattr(config, attribute, ()))
    return found


def declared_columns() -> dict[str, tuple[str, ...]]:
    """The columns that pages may change, of the tables that any app narrowed so."""
    found: dict[str, tuple[str, ...]] = {}
    for config in apps.get_app_configs():
        found.update(getattr(config, "web_may_only_change", {}))
    return found


def statements(tables: set[str]) -> Iterable[str]:
    """The grants, in order: the rule first, then each app's exceptions (for the tables that exist)."""
    yield BASE
    for table in sorted(tables & (MAY_DELETE | declared("web_may_delete"))):
        yield f"GRANT DELETE ON {table} TO {WEB}"
    for table in sorted(tables & declared("web_may_only_read")):
        yield f"REVOKE INSERT, UPDATE ON {table} FROM {WEB}"
    for table, columns in sorted(declared_columns().items()):
        if table in tables:
            yield f"REVOKE INSERT, UPDATE ON {table} FROM {WEB}"
            yield f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {WEB}"
    for table in sorted(tables & declared("web_may_only_append")):
        yield f"REVOKE UPDATE, DELETE ON {table} FROM {WEB}, {WORKER}"
    for table in sorted(tables & (MAY_NOT_READ | declared("web_may_not_read"))):
        yield f"REVOKE ALL ON {table} FROM {WEB}"
    yield CLOSE_PARTITIONS


def apply_grants(sender: AppConfig, *, using: str, **_: object) -> None:
    """Runs once after `migrate`, as the owner. Safe to run again."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
        )
        tables = {row[0] for row in cursor.fetchall()}
        if "django_migrations" not in tables:
            return  # not the owner's database (a plan that only printed, another role)
        for statement in statements(tables):
            cursor.execute(statement)
