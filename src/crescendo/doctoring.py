"""What `crescendo doctor` looks at. Each check says what was found and, if that is not well, what to do."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crescendo import __version__, database


@dataclass(frozen=True)
class Check:
    what: str
    is_well: bool
    found: str
    what_to_do: str = ""


def examine() -> Iterator[Check]:
    """Every check, in the order in which one depends on the other."""
    yield Check("Crescendo", True, __version__)
    yield _data_folder()
    for role in database.ROLES:
        yield _or_problem(f"Database as {role}", lambda role=role: _role(role))
    yield _or_problem("Tables", _tables)
    yield _page_scripts()
    yield _or_problem("Worker", _worker)
    yield _or_problem("Messages", _messages)


def _or_problem(what: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:  # a check that fails is a finding, whatever it failed of
        return Check(what, False, type(error).__name__, "Run `crescendo migrate`; then see deploy/README.md.")


def _data_folder() -> Check:
    folder = database.data_directory()
    return Check(
        "Data folder", folder.is_dir(), str(folder), "Set CRESCENDO_DATA to a folder that you may write to."
    )


def _role(role: str) -> Check:
    with database.connect(role) as connection:
        row = connection.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    name, is_superuser, bypasses = row or ("", False, False)
    free = bool(is_superuser or bypasses)
    is_well = not free if role == "web" else not is_superuser
    return Check(
        f"Database as {role}",
        is_well,
        f"{name}, {'not bound' if free else 'bound'} by row-level security",
        "Make the roles with deploy/roles.sql: the web role must be neither superuser nor BYPASSRLS.",
    )


def _tables() -> Check:
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    found = f"{len(missing)} migrations wait" if missing else "up to date"
    return Check("Tables", not missing, found, "Run `crescendo migrate`.")


def _page_scripts() -> Check:
    built = Path(__file__).parent / "ui" / "static" / "ui" / "built"
    names = sorted(path.name for path in built.glob("*.js")) if built.is_dir() else []
    return Check("Page scripts", bool(names), ", ".join(names) or "none", "Run `python -m crescendo.build`.")


def _worker() -> Check:
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        (seen,) = cursor.fetchone()
    is_well = seen is not None and timezone.now() - seen < dt.timedelta(minutes=1)
    found = f"last seen {seen:%Y-%m-%d %H:%M:%S %Z}" if seen else "never seen, or stopped in good order"
    return Check("Worker", is_well, found, "Start `crescendo worker` beside the site.")


def _messages() -> Check:
    from crescendo.comms.models import Delivery  # noqa: PLC0415

    failed = Delivery.objects.filter(state=Delivery.State.FAILED).count()
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING).count()
    found = f"{waiting} wait, {failed} could not be sent"
    return Check(
        "Messages", not failed, found, "Check CRESCENDO_EMAIL_HOST and the addresses of those users."
    )


def send_greeting(username: str) -> None:
    """Write a message to one user into the outbox; the worker does the rest."""
    from crescendo.accounts.models import User  # noqa: PLC0415
    from crescendo.comms import actions  # noqa: PLC0415
    from crescendo.core import school_time  # noqa: PLC0415

    user = User.objects.get_by_natural_key(username)
    actions.tell(kind="comms.greeting", arguments={"users": [user.pk]}, by=user, at=school_time.now())
