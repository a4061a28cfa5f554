"""Live intake on a site of its own: 5,000 marks a second for a minute, then 500 a second.

    python -m benchmarks.intake_site [--students 5000] [--seconds 60]

Makes a district, brings it in, serves it with its worker, connects a system and sends it attendance (benchmarks/intake.py).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import psutil

from . import intake, live, pages
from .loop import fresh_folder, stop_server
from .metering import run
from .product import crescendo

DAYS = 20  # school days on which marks are sent
#: Rate, marks in a batch: a whole district's registers at once, and a school day as it goes.
LOOKS_PER_MINUTE = 60_000
RATES = ((5000, 5000), (500, 50))


def connect(as_of: date) -> None:
    """Print what another system needs: a token, its students' ids, and school days of the past."""
    from crescendo import cli  # noqa: PLC0415

    cli.set_up("worker")
    from django.db.models import Count, Q  # noqa: PLC0415

    from crescendo.accounts.models import Site, User  # noqa: PLC0415
    from crescendo.api import actions, scopes, secrets_of  # noqa: PLC0415
    from crescendo.api.models import AccessToken, Client  # noqa: PLC0415
    from crescendo.api.signing_in import LIFETIME  # noqa: PLC0415
    from crescendo.core import school_time  # noqa: PLC0415
    from crescendo.pages import demo_people  # noqa: PLC0415
    from crescendo.roster import queries as roster  # noqa: PLC0415
    from crescendo.roster.models import CalendarDay, Enrolment, ExternalId  # noqa: PLC0415

    at = datetime.combine(as_of, time(6), tzinfo=school_time.zone())
    Site.objects.update_or_create(pk=1, defaults={"demo_today": as_of, "made_by_demo": True})
    demo_people.introduce(today=as_of, at=at)
    adam = roster.get_viewer(user=User.objects.get(username="adam"), on=as_of)
    client, _secret = actions.make_client(
        title="Benchmark", source="sis", scopes=[scopes.ATTENDANCE],
        organisation_id=adam.posts[0].organisation_id, by=adam, at=at,
    )  # fmt: skip
    # The two followers look thirty times a second each, which no system would: that is no part of what is measured.
    Client.objects.filter(pk=client.pk).update(per_minute=LOOKS_PER_MINUTE)
    token = secrets_of.make_token()
    AccessToken.objects.create(
        digest=secrets_of.digest_of(token), client=client, scopes=[scopes.ATTENDANCE],
        expires_at=school_time.now() + LIFETIME,
    )  # fmt: skip
    taught = CalendarDay.objects.filter(is_instructional=True, on__lt=as_of).values("on")
    days = taught.annotate(calendars=Count("id")).order_by("-calendars", "-on").values_list("on", flat=True)
    days = list(days[:DAYS])
    here = Enrolment.objects.filter(
        Q(exit_on=None) | Q(exit_on__gte=as_of), is_primary=True, entry_on__lte=min(days)
    )
    students = ExternalId.objects.filter(
        source="sis", entity="student", object_id__in=here.values("student_id")
    ).order_by("external_id")
    told = {
        "token": token,
        "students": list(students.values_list("external_id", flat=True)),
        "days": [day.isoformat() for day in days],
    }
    sys.stdout.write(json.dumps(told))


@contextmanager
def _served(folder: Path, students: int) -> Iterator[tuple[intake.Site, dict[str, Any]]]:
    """The site with its worker, and what a connected system knows."""
    data, files = folder / "data", folder / "files"
    environment = {"CRESCENDO_DATA": str(data), "CRESCENDO_PROCESS": "worker"}
    run(
        "generate",
        [sys.executable, "-m", "edmeasures.synth", "--students", str(students), "--seed", "1", str(files)],
    )
    as_of = json.loads((files / "truths.json").read_text())["as_of"]
    try:
        for command in (
            ["migrate"],
            ["import", "oneroster", str(files / "oneroster"), "--source", "sis", "--yes", "--json"],
            ["import", "table", str(files / "extracts"), "--mapping", "district-extracts", "--yes", "--json"],
        ):
            run(" ".join(command[:2]), [*crescendo(), *command], data=data, environment=environment)
        told = run(
            "connect",
            [sys.executable, "-m", "benchmarks.intake_site", "--connect", as_of],
            environment=environment,
        )
        known = json.loads(told.output[told.output.index("{") :])
        port = pages.free_port()
        surroundings = {**os.environ, **environment}
        surroundings.pop("CRESCENDO_PROCESS", None)
        serve = [*crescendo(), "serve", "--with-worker", "--port", str(port)]
        site = psutil.Popen(serve, env=surroundings, stdout=subprocess.DEVNULL)
        try:
            pages.wait_for(port)
            yield intake.Site(f"http://127.0.0.1:{port}", known["token"]), known
        finally:
            live.end(site)
    finally:
        stop_server(data)


def measure(students: int, seconds: float, work: Path) -> list[str]:
    """Both rates, one after the other. Returns the report's lines."""
    folder = fresh_folder(work)
    lines = [
        f"| asked for, marks a second, {seconds:.0f} s | accepted a second | accepting, p95 s | drained after s | mark to page, p95 s "
        "| not written | load |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    found = {}
    with _served(folder, students) as (site, known):
        for rate, size in RATES:
            sent = intake.measure(
                site, known["students"], known["days"], rate=rate, size=size, seconds=seconds
            )
            of = found[rate] = intake.describe(sent, rate)
            lines.append(
                f"| {rate:,} | {of['accepted_per_second']:,} | {of['accept_p95_seconds']} | {of['backlog_drained_after_seconds']} "
                f"| {of['mark_to_page_p95_seconds']} | {of['marks_not_written']:,} | {of['load']:.1f} |"
            )
    shutil.rmtree(folder)
    full, usual = (found[rate] for rate, _size in RATES)
    is_accepted = (
        full["accepted_per_second"] >= 0.99 * RATES[0][0] and full["backlog_drained_after_seconds"] <= seconds
    )
    is_quick = (usual["mark_to_page_p95_seconds"] or 99) < intake.AIM_P95_SECONDS
    return [
        *lines,
        "",
        f"- {RATES[0][0]:,} a second accepted, drained within as long again: {'met' if is_accepted else 'missed'}.",
        f"- {RATES[1][0]} a second, from mark to page p95 under {intake.AIM_P95_SECONDS:.0f} s: {'met' if is_quick else 'missed'}.",
        *(f"- not written at {rate:,} a second: {of['why']}" for rate, of in found.items() if of["why"]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--connect", type=date.fromisoformat, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.connect:
        connect(asked.connect)
        return
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as scratch:
        sys.stdout.write("\n".join(measure(asked.students, asked.seconds, Path(scratch) / "work")) + "\n")


if __name__ == "__main__":
    main()
