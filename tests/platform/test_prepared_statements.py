"""A page's statement is planned once by a connection, not on every page: the second lock stands in each plan."""

import pytest
from django.db import connection

from crescendo import database
from crescendo.roster.models import Organisation

pytestmark = pytest.mark.django_db


def kept_plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements "
            "WHERE statement LIKE '%prepared-twice%' AND statement NOT LIKE '%pg_prepared%'"
        )
        return cursor.fetchone()[0]


def test_a_statement_that_comes_again_with_other_values_is_planned_once() -> None:
    for value in ("one", "two", "three"):
        asked = Organisation.objects.extra(where=["'prepared-twice' <> %s"], params=[value])
        assert not asked.order_by("id").exists()
    assert kept_plans() == 1


def test_tests_ask_as_pages_do() -> None:
    web = database.settings_for("web")["OPTIONS"]
    asked = connection.settings_dict["OPTIONS"]
    assert {name: web[name] for name in database.PREPARED} == {
        name: asked[name] for name in database.PREPARED
    }
    assert connection.connection.prepared_max == database.PREPARED_AT_MOST
