"""PostgreSQL knows what an import has filled before anybody asks: the planner does not take a full table for an empty one."""

from pathlib import Path

import pytest
from django.db import connection

import packages
from crescendo.imports import working
from crescendo.imports.models import ImportRun
from crescendo.roster.models import Student

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 200


def _known_rows(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return float(cursor.fetchone()[0])


def _share_of_nulls(table: str, column: str) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT null_frac FROM pg_stats WHERE tablename = %s AND attname = %s", [table, column]
        )
        found = cursor.fetchone()
        return found and found[0]


def test_tables_that_were_filled_are_known_to_the_planner(tmp_path: Path) -> None:
    rows = packages.district()
    user, role = rows["users"][0], rows["roles"][0]
    assert role["role"] == "student"
    for n in range(MANY):
        rows["users"].append(
            {**user, "sourcedId": f"many-{n}", "username": f"many-{n}", "identifier": f"M{n}"}
        )
        rows["roles"].append({**role, "sourcedId": f"role-many-{n}", "userSourcedId": f"many-{n}"})
    before = _times_read("roster_student")
    run = packages.bring_in(packages.write(tmp_path, rows))
    assert run.state == run.State.APPLIED
    assert _times_read("roster_student") == before + 1
    assert _known_rows("roster_student") == Student.objects.count() > MANY
    assert _share_of_nulls("roster_student", "erased_at") == 1.0
    assert _known_rows("roster_externalid") > MANY


def _times_read(table: str) -> int:
    """How often somebody asked for it; what autovacuum does by itself is counted elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_analyze_count(%s::regclass)", [table])
        return int(cursor.fetchone()[0])


def test_a_small_delivery_has_no_table_read_again(tmp_path: Path) -> None:
    """Whatever was known before stays: a few new rows change no plan."""
    packages.bring_in(packages.write(tmp_path, packages.district()))
    before = _times_read("roster_student")
    rows = packages.district()
    rows["users"].append(
        {**rows["users"][0], "sourcedId": "one-more", "username": "one-more", "identifier": "X1"}
    )
    rows["roles"].append({**rows["roles"][0], "sourcedId": "role-one-more", "userSourcedId": "one-more"})
    packages.bring_in(packages.write(tmp_path, rows))
    assert Student.objects.filter(identifier="X1").exists()
    assert _times_read("roster_student") == before


def test_an_import_that_is_stopped_behind_its_commit_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(filled: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(working, "_refresh_statistics", stopped)
    with pytest.raises(KeyboardInterrupt):
        packages.bring_in(packages.write(tmp_path, packages.district()))
    run = ImportRun.objects.get()
    assert run.state == ImportRun.State.APPLIED
    assert Student.objects.count() == 3
