"""A connection beside Django's: same database, same role, outside Django's transaction."""

import psycopg
from django.db import connection

NAMED = ("dbname", "host", "port", "user", "password")


def address() -> dict[str, str]:
    """How Django's own role reaches the database, as psycopg takes it."""
    wanted = connection.get_connection_params()
    return {key: str(wanted[key]) for key in NAMED if wanted.get(key)}


def open_second_connection() -> psycopg.Connection:
    """Whoever opens it closes it. What it writes is seen at once, and its locks go when the process dies."""
    return psycopg.connect(**address(), autocommit=True)
