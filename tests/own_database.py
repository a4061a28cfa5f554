"""A database of its own on the tests' server, for tests that run the product as processes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crescendo import database

if TYPE_CHECKING:
    import psycopg


@contextmanager
def own_database(name: str, data: Path, *, like: str = "template1") -> Iterator[dict[str, str]]:
    """An empty database, or a copy of a prepared one; yields the environment in which the product's processes use it.

    Dropped afterwards.
    """
    with database.connect("owner", to="postgres") as connection:
        drop(connection, name)
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    try:
        yield environment_for(name, data)
    finally:
        with database.connect("owner", to="postgres") as connection:
            drop(connection, name)


def environment_for(name: str, data: Path) -> dict[str, str]:
    """What the product's processes are told: this database in all three roles, and this folder."""
    where = database.settings_for("owner")
    address = f"postgresql://{{role}}@/{name}?host={where['HOST']}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CRESCENDO_", "DJANGO_"))}
    roles = zip(database.ADDRESSES.values(), database.ROLES.values(), strict=True)
    return (
        kept
        | {variable: address.format(role=role) for variable, role in roles}
        | {"CRESCENDO_DATA": str(data)}
    )


def drop(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """Whoever is connected has to go. The server's own cleaning cannot be told so by us, but gives way when asked."""
    import psycopg  # noqa: PLC0415

    try:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    except psycopg.errors.InsufficientPrivilege:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
