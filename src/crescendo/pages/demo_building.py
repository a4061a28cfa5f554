"""Build the demo district: files written by `edmeasures.synth`, in through the same door as anybody's, then measured.

Runs as the worker, in an empty database. The last thing written is "finished, and made by the demo", in one
transaction; whatever is found without it was interrupted and is thrown away.
"""

import datetime as dt
import json
import shutil
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from crescendo.accounts.models import Site
from crescendo.core import school_time
from crescendo.imports import actions as imports
from crescendo.imports import models as imported
from crescendo.imports import queries as import_queries
from crescendo.indicators import actions as indicators
from edmeasures import synth

from . import demo, demo_people
from .demo_progress import Steps
from .models import DemoBuild

ROSTER, EXTRACTS = demo_people.ROSTER, "extracts"
TITLES = {ROSTER: "Student information system", EXTRACTS: "District extracts"}


class DemoRefused(Exception):
    """The demo's own files were refused: a fault of ours, said with the findings."""


def build(*, students: int, seed: int, folder: Path) -> None:
    """Everything, in order, with progress. Safe to kill anywhere."""
    today = synth.DEMO_TODAY
    at = dt.datetime.combine(today, dt.time(6, 0), tzinfo=school_time.zone())
    _begin(students=students, seed=seed, today=today)
    with Steps() as steps:
        with steps.step("Inventing a district and writing its files"):
            truths = _write_files(folder, students=students, seed=seed)
        with steps.step("Bringing in the roster and the grade book") as report:
            _bring_in(ROSTER, "oneroster", folder / "oneroster", on=today, at=at, report=report)
        with steps.step("Bringing in calendars, attendance, assessments") as report:
            _bring_in(EXTRACTS, "table", folder / "extracts", on=today, at=at, report=report)
        with steps.step("Giving the cast their sign-ins, posts and rights"):
            demo_people.introduce(today=today, at=at)
        for school_year in sorted(truths["school_years"]):
            with steps.step(f"Measuring {school_time.school_year_name(school_year)}") as report:
                _measure(school_year, today, report)
    _finish()


def _begin(*, students: int, seed: int, today: dt.date) -> None:
    with transaction.atomic():
        DemoBuild.objects.create(
            version=demo.VERSION, students=students, seed=seed, started_at=timezone.now()
        )
        Site.objects.update_or_create(pk=1, defaults={"demo_today": today})


def _finish() -> None:
    """Only now one-click sign-in opens."""
    with transaction.atomic():
        Site.objects.filter(pk=1).update(made_by_demo=True)
        DemoBuild.objects.update(finished_at=timezone.now())


def _write_files(folder: Path, *, students: int, seed: int) -> dict:
    shutil.rmtree(folder, ignore_errors=True)
    synth.write(synth.demo_district(students=students, seed=seed), folder)
    return json.loads((folder / "truths.json").read_text())


def _bring_in(slug: str, kind: str, path: Path, *, on: dt.date, at: dt.datetime, report: object) -> None:
    settings = {"mapping": "district-extracts"} if kind == "table" else {}
    source = imports.create_source(
        slug=slug, title=TITLES[slug], kind=kind, settings=settings, by=None, at=at
    )
    run = imports.start_import(source=source, path=path, by=None, on=on, at=at, on_progress=report)
    if run.state == imported.ImportRun.State.WAITING:
        run = imports.approve(run, by=None, on=on, at=at, on_progress=report)
    if run.state != imported.ImportRun.State.APPLIED:
        findings = "\n".join(str(finding) for finding in import_queries.list_findings(run)[:20])
        raise DemoRefused(f"The demo's {path.name} ended as '{run.state}':\n{findings}")


def _measure(school_year: int, today: dt.date, report: object) -> None:
    last_day = school_time.school_year_days(school_year)[1]
    indicators.run_measurement(as_of=min(today, last_day), school_year=school_year, progress=report)
