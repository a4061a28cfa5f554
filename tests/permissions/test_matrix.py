"""The permission matrix: a row per address, a column per person, and what each of them gets.

`matrix.csv` is the whole truth. An address without a row fails; so does a row whose address is gone. Pages are asked
for as the database role that serves them, so both locks are tried: the page's own and PostgreSQL's.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cast import EVERYBODY

FILE = Path(__file__).with_name("matrix.csv")
with FILE.open(newline="") as file:
    ROWS = list(csv.DictReader(file))
PEOPLE = [name for name in ROWS[0] if name not in {"page", "with", "method", "data"}]


def addresses(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}:{entry.name}"


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert {row["page"] for row in ROWS} == set(addresses())


def test_every_person_of_the_cast_has_a_column() -> None:
    assert [*EVERYBODY, "signed_out"] == PEOPLE


def test_no_cell_is_empty_and_none_expects_a_broken_page() -> None:
    for row in ROWS:
        for name in PEOPLE:
            assert row[name] in {"200", "204", "302", "400", "401", "403", "404", "405"}, (
                f"{row['page']} for {name}"
            )


def pairs(cell: str) -> list[list[str]]:
    """`student_id=sam class_id=mathematics`, taken apart."""
    return [pair.split("=", 1) for pair in cell.split()]


def ask(client: Client, row: dict[str, str], name: str, cast: object, arguments: dict[str, object]) -> str:
    """The status that this person gets. Whatever the request changed is undone."""
    with transaction.atomic():
        if name != "signed_out":
            client.force_login(cast.users[name])
        path = reverse(row["page"], kwargs=arguments)
        response = (
            client.post(path, dict(pairs(row["data"]))) if row["method"] == "POST" else client.get(path)
        )
        transaction.set_rollback(True)
    if response.status_code == 302 and name == "signed_out":
        where = response.headers["Location"]
        assert where.startswith(reverse(settings.LOGIN_URL)) or where == "/", where
    return str(response.status_code)


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['method']} {row['page']} {row['with']}".strip())
def test_each_person_gets_what_the_matrix_says(row: dict[str, str], client: Client, cast: object) -> None:
    from objects import value  # noqa: PLC0415

    arguments = {key: value(name, cast) for key, name in pairs(row["with"])}
    got = {name: ask(type(client)(), row, name, cast, arguments) for name in PEOPLE}
    expected = {name: row[name] for name in PEOPLE}
    assert got == expected
