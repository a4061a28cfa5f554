"""kill -9 at random moments leaves what was or what was to be, nothing between, and the next run finishes the work."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

import packages
from crescendo.imports import actions, landing
from crescendo.imports.models import ImportRun
from thorough import few_or_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]
DYING = Path(__file__).with_name("dying.py")
# 2 packages x batches x kills: 30 in `make test`, whose time is short, 1,000 in `make test-long`.
BATCHES = few_or_all((1,), tuple(range(1, 11)))
KILLS = few_or_all(15, 50)
FINISHED_EVERY = 5  # so many are killed one after the other before one is let live
LONGEST_DELAY = 20_000  # microseconds; most statements on a small package take less

Killer = subprocess.Popen[str]
Dump = dict[str, list[str]]
Ids = set[tuple[str, str, str | None, int | None]]
Plain = dict[str, Counter[str]]


def _nightly(folder: Path) -> Path:
    """The next night's package: changed, new, ended and retracted rows."""
    rows = packages.district()
    rows["users"][0]["givenName"] = "Samuel"
    rows["enrollments"][1]["endDate"] = "2026-03-01"
    rows["results"].append(rows["results"][0] | {"sourcedId": "x3"})
    rows["results"][1]["score"] = "3"
    del rows["users"][2], rows["roles"][2]
    return packages.write(folder / "next", rows)


@contextmanager
def _dying(path: Path) -> Iterator[Killer]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "crescendo.settings"}
    name = settings.DATABASES["default"]["NAME"]
    with subprocess.Popen(
        [sys.executable, str(DYING), name, str(path)], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield process
        assert process.stdin
        process.stdin.close()


def _one_life(killer: Killer, statement: int = 0, delay: int = 0) -> dict[str, object]:
    assert killer.stdin
    assert killer.stdout
    print(statement, delay, file=killer.stdin, flush=True)
    answer = json.loads(killer.stdout.readline())
    _wait_until_alone()
    return answer


def _wait_until_alone() -> None:
    """The server notices a little later that a client is dead: what was on its way to it is done until then."""
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the connection of a dead process was never closed")


def _ids(dump: Dump) -> Ids:
    """Each id with its place: the same number may well be another thing's, and a later run's, elsewhere."""
    return {
        (table, key, row.get("entity"), value)
        for table, rows in dump.items()
        for row in map(json.loads, rows)
        for key, value in row.items()
        if key == "id" or key.endswith("_id")
    }


def _without_new_ids(dump: Dump, known: Ids) -> Plain:
    """A dump in which each id that was given since stands as `new`: how often, so that a doubled row shows."""

    def plain(table: str, row: dict[str, Any]) -> str:
        for key, value in row.items():
            if (key == "id" or key.endswith("_id")) and (table, key, row.get("entity"), value) not in known:
                row[key] = "new"
        return json.dumps(row, sort_keys=True)

    return {table: Counter(plain(table, json.loads(row)) for row in rows) for table, rows in dump.items()}


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("delivery", ["first", "nightly"])
def test_a_killed_import_or_undo_leaves_one_state_or_the_other(
    delivery: str, batch: int, tmp_path: Path
) -> None:
    path = packages.write(tmp_path, packages.district())
    if delivery == "nightly":
        packages.bring_in(path)
        path = _nightly(tmp_path)
    before = packages.dump()
    known = _ids(before)
    run = packages.bring_in(path)
    after = _without_new_ids(packages.dump(), known)
    actions.undo(run, by=None, at=packages.AT)
    assert packages.dump() == before
    dead = set(ImportRun.objects.values_list("pk", flat=True))
    pick = random.Random(f"{delivery} {batch}")
    with _dying(path) as killer:
        life = _one_life(killer)
        assert life["signal"] == 0, life["said"]
        statements = json.loads(str(life["said"]))[1]
        assert packages.dump() == before
        for number in range(KILLS):
            statement, delay = pick.randint(1, statements), pick.randrange(LONGEST_DELAY)
            where = f"{delivery} {batch}.{number}: statement {statement} of {statements} + {delay} us"
            end = _one_life(killer, statement, delay)
            # It may outlive its moment, or end with fewer statements than the first life and never come to it.
            assert end["signal"] == 9 or json.loads(str(end["said"]).removeprefix("x")), (where, end["said"])
            _check(before, after, known, where)
            if (number + 1) % FINISHED_EVERY == 0:
                _finish(path, before, after, known, where)
    _nothing_is_left(dead)


def _check(before: dict[str, list[str]], after: dict[str, Counter[str]], known: set[str], where: str) -> None:
    """Either nothing was applied, or all: as the newest run says of itself. An applied one is undone."""
    run = ImportRun.objects.latest("pk")
    found = packages.dump()
    if run.state == "applied":
        assert _without_new_ids(found, known) == after, where
        actions.undo(run, by=None, at=packages.AT)
        found = packages.dump()
    assert found == before, where


def _finish(path: Path, before: Dump, after: Plain, known: Ids, where: str) -> None:
    run = packages.bring_in(path)
    assert run.state == "applied", where
    assert all(read == a + u + s for read, a, u, s in packages.totals(run).values()), where
    assert _without_new_ids(packages.dump(), known) == after, where
    actions.undo(run, by=None, at=packages.AT)
    assert packages.dump() == before, where


def _nothing_is_left(known: set[int]) -> None:
    """Dead runs are marked, and their folders cleared away."""
    assert not ImportRun.objects.filter(state__in=ImportRun.WORKING, progress__isnull=False).exists()
    assert ImportRun.objects.exclude(pk__in=known).filter(state="failed").exists()
    left = {f"import-{pk}" for pk in ImportRun.objects.values_list("pk", flat=True)}
    assert not left & {folder.name for folder in landing.work_folder().iterdir()}


def test_what_a_run_spilled_goes_also_where_it_died_after_its_commit() -> None:
    """Found by the kills above: such a run is applied, and nobody asked for its folder again."""
    source = actions.create_source(slug="sis", title="sis", kind="oneroster", by=None, at=packages.AT)
    run = ImportRun.objects.create(source=source, state="applied", started_at=packages.AT)
    folder = landing.make_work_folder(run.pk)
    (folder / "raw-0.parquet").write_bytes(b"rows of students")
    actions.sweep_killed_runs(at=packages.AT)
    assert not folder.exists()
    run.refresh_from_db()
    assert run.state == "applied"
