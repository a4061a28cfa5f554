"""The command, the job that follows a change of facts, and the datasets that apps offer."""

import json
import os
import subprocess
import sys
from datetime import date

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from school_term import AS_OF, YEAR
from typer.testing import CliRunner

from crescendo.accounts.models import Site
from crescendo.core import school_time
from crescendo.indicators import cli, registry, tasks
from crescendo.indicators.models import MeasurementRun
from crescendo.records import changes


def waiting() -> list[int]:
    jobs = ProcrastinateJob.objects.filter(task_name="crescendo.indicators.tasks.measure", status="todo")
    return sorted(job.args["school_year"] for job in jobs.order_by("id"))


@pytest.mark.django_db
def test_a_change_of_facts_asks_for_one_measurement_of_each_year(cast):
    changes.announce(school_years=[2025, 2026])
    changes.announce(school_years=[2026])
    assert waiting() == [2025, 2026]


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_asks_for_nothing(cast):
    with transaction.atomic():
        changes.announce(school_years=[2026])
        transaction.set_rollback(True)
    assert waiting() == []


@pytest.mark.django_db
def test_no_years_no_measurement(cast):
    changes.announce(school_years=[])
    assert waiting() == []


@pytest.mark.django_db(transaction=True)
def test_the_job_measures_as_of_today_or_the_years_last_day(term, monkeypatch):
    monkeypatch.setattr(school_time, "today", lambda: AS_OF)
    tasks.measure(school_year=YEAR)
    tasks.measure(school_year=YEAR - 1)
    tasks.measure(school_year=YEAR + 1)
    days = dict(MeasurementRun.objects.order_by("pk").values_list("school_year", "as_of"))
    assert days == {YEAR: AS_OF, YEAR - 1: date(2025, 6, 30)}


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_the_run_its_counts_and_its_timings_as_json(term):
    Site.objects.update_or_create(pk=1, defaults={"made_by_demo": True, "demo_today": AS_OF})
    answer = CliRunner().invoke(cli.app, ["--json"])
    assert answer.exit_code == 0, answer.output
    report = json.loads(answer.stdout)
    assert MeasurementRun.objects.get(pk=report["run"]).is_current
    assert (report["school_year"], report["as_of"]) == (YEAR, AS_OF.isoformat())
    assert report["counts"]["facts"]["attendance_events/2026"] == 5
    for phase in ("snapshot", "evaluate", "publish"):
        assert set(report["phases"][phase]) == {"wall", "cpu", "cpu_of_database"}
    assert report["peak_megabytes"] > 0


@pytest.mark.django_db(transaction=True)
def test_the_command_refuses_a_year_that_has_not_begun(term):
    answer = CliRunner().invoke(cli.app, ["--school-year", "2199"])
    assert answer.exit_code == 1
    assert "nothing to measure yet" in answer.stderr
    assert not MeasurementRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_does_when_it_takes_long(term, monkeypatch, capsys):
    ticker = cli.Ticker()
    ticker("snapshot", 0, 0)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(ticker, "began", ticker.began - 3)
    ticker("snapshot", 2, 15)
    ticker("snapshot", 2, 15)
    assert capsys.readouterr().err == "Copying the facts (2 of 15)\n"


def test_the_crescendo_command_knows_the_verb():
    environment = os.environ | {"CRESCENDO_DATA": str(settings.DATA)}
    program = [sys.executable, "-c", "from crescendo.cli import app; app()", "measure", "--help"]
    shown = subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout
    assert "--as-of" in shown
    assert "--json" in shown


def test_every_dataset_is_found_and_every_app_says_which_tables_it_reads():
    assert set(registry.datasets()) >= {"students", "enrolments", "attendance_events", "coursework_results"}
    known = {model._meta.db_table for model in apps.get_models()}
    for dataset in registry.datasets().values():
        assert set(dataset.reads) <= known


@pytest.mark.django_db
def test_every_table_a_dataset_reads_has_its_changes_counted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'indicators_inserted'")
        watched = {name for (name,) in cursor.fetchall()}
    assert {table for dataset in registry.datasets().values() for table in dataset.reads} <= watched


@pytest.mark.django_db
def test_a_dataset_reads_no_table_that_it_does_not_name():
    """PostgreSQL itself says which tables a SELECT reads: from its plan."""
    for dataset in registry.datasets().values():
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON, COSTS OFF) {dataset.select}")
            plan = cursor.fetchone()[0]
        relations = set(_relations(plan if isinstance(plan, list) else json.loads(plan)))
        parents = {
            max((table for table in dataset.reads if name.startswith(table)), key=len, default=name)
            for name in relations
        }
        assert parents == set(dataset.reads), dataset.name


def _relations(plan: object):
    if isinstance(plan, dict):
        if name := plan.get("Relation Name"):
            yield name
        plan = list(plan.values())
    if isinstance(plan, list):
        for part in plan:
            yield from _relations(part)
