"""`crescendo setup`: the same set-up in the terminal. Asks one thing after the other; stop and start as you like."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from crescendo.roster.viewer import Viewer

app = typer.Typer(add_completion=False)


@app.command()
def setup(
    roster: Annotated[
        Path | None, typer.Option(help="The roster file: a OneRoster ZIP or folder.", exists=True)
    ] = None,
    holidays: Annotated[
        Path | None,
        typer.Option(help="Days without school, one a line: 2026-11-26 Thanksgiving.", exists=True),
    ] = None,
    only_code: Annotated[
        bool, typer.Option("--code", help="Only make and print the code for setting up in the browser.")
    ] = False,
) -> None:
    """Set up a real school: the site, its administrator, the roster, the school days, the first numbers.

    Begin here and go on in the browser, or the other way round: each finds what the other did.

        crescendo setup
        crescendo setup --roster roster.zip --holidays holidays.txt
        crescendo setup --code
    """
    _start()
    from crescendo.core import school_time  # noqa: PLC0415
    from crescendo.core.errors import Refused  # noqa: PLC0415

    from . import opening  # noqa: PLC0415

    if only_code:
        words = opening.how_to_begin("http://localhost:8000/", to_person=True)
        typer.echo(words or "This site is set up: somebody can sign in.")
        return
    at = school_time.now()
    try:
        _begin(at=at)
        _bring_roster(roster)
        _make_calendar(holidays)
        _measure()
    except Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None
    _say_what_is_left()


def _start() -> None:
    """The tables first, as their owner, where they are missing or old; the rest as the worker."""
    done = subprocess.run(
        [sys.executable, "-m", "crescendo", "migrate"], check=False, capture_output=True, text=True
    )
    if done.returncode:
        typer.echo(done.stderr or done.stdout, err=True)
        raise typer.Exit(1)
    import django  # noqa: PLC0415

    django.setup()


def _begin(*, at: datetime) -> None:
    from crescendo.accounts import queries as accounts  # noqa: PLC0415

    from . import actions, code  # noqa: PLC0415
    from .forms import BeginForm  # noqa: PLC0415

    if not accounts.is_new_site():
        typer.echo("The site has its first administrator.")
        return
    said = {
        "code": "-",
        "name": typer.prompt("Name of the school or district"),
        "kind": "school" if typer.confirm("Is it one school?", default=False) else "district",
        "country": typer.prompt("Country (us, england, other)", default="us"),
        "time_zone": typer.prompt("Time zone", default="America/New_York"),
        "language": "",
        "person": typer.prompt("Your name"),
        "email": typer.prompt("Your e-mail (empty: none)", default="", show_default=False),
        "username": typer.prompt("Sign-in name (empty: your e-mail)", default="", show_default=False),
        "password": (
            password := typer.prompt(
                "Password (twelve characters or more)", hide_input=True, confirmation_prompt=True
            )
        ),
        "again": password,
    }
    form = BeginForm(said)
    if not form.is_valid():
        for field, errors in form.errors.items():
            typer.echo(f"{field}: {' '.join(errors)}", err=True)
        raise typer.Exit(1)
    given = form.cleaned_data
    words = actions.SiteWords(given["name"], given["country"], given["time_zone"], kind=given["kind"])
    person = actions.FirstPerson(given["person"], given["username"], given["email"], given["password"])
    actions.begin_site(site=words, person=person, at=at)
    code.throw_away()
    typer.echo(f"{given['person']} can sign in as '{given['username']}'.")


@contextmanager
def _as_administrator() -> "Iterator[tuple[Viewer, datetime]]":
    """Look and write as the first administrator, at this hour of the schools."""
    from crescendo.accounts.models import User  # noqa: PLC0415
    from crescendo.core import school_time  # noqa: PLC0415
    from crescendo.core.errors import Refused  # noqa: PLC0415
    from crescendo.roster import queries, scope  # noqa: PLC0415

    at = school_time.now()
    holders = queries.list_user_ids_with_permission(permission="site.set_up", on=at.date())
    if not holders:
        raise Refused("Nobody holds the post of administrator today. Make one: crescendo administrator")
    user = User.objects.get(pk=holders[0])
    with scope.looking_as(user.pk, at.date()):
        yield queries.get_viewer(user=user, on=at.date()), at


def _bring_roster(path: Path | None) -> None:
    from . import actions, queries  # noqa: PLC0415

    progress = queries.find_progress()
    if progress is None or progress.adopted_at:
        return
    if not queries.get_roster_so_far().brought.get("students"):
        said = path or typer.prompt(
            "Roster file (OneRoster ZIP; empty: later)", default="", show_default=False
        )
        if not said:
            return
        _import(Path(said))
    found = queries.get_roster_so_far()
    typer.echo("Schools: " + ", ".join(school.name for school in found.schools[:12]))
    if typer.confirm("Are these yours?", default=True):
        with _as_administrator() as (viewer, at):
            actions.adopt_schools(by=viewer, on=viewer.on, at=at)


def _import(path: Path) -> None:
    from crescendo.core import school_time  # noqa: PLC0415
    from crescendo.core.errors import Refused  # noqa: PLC0415
    from crescendo.imports import actions as imports  # noqa: PLC0415
    from crescendo.imports import queries as imported  # noqa: PLC0415

    at = school_time.now()
    source = imported.find_source("student-information-system") or imports.create_source(
        slug="student-information-system",
        title="Student information system",
        kind="oneroster",
        by=None,
        at=at,
    )
    run = imports.start_import(source=source, path=path, by=None, on=at.date(), at=at, always_ask=True)
    if run.state == run.State.WAITING:
        for target, counts in run.preview.items():
            if counts["created"]:
                typer.echo(f"  {counts['created']:>7,} {target.replace('_', ' ')}")
        if not typer.confirm("Bring this in?", default=True):
            imports.reject(run, by=None, at=at)
            return
        run = imports.approve(run, by=None, on=at.date(), at=at)
    if run.state != run.State.APPLIED:
        for finding in imported.list_findings(run)[:10]:
            typer.echo(f"  {finding.file} row {finding.row or '-'}: {finding.what_to_do}", err=True)
        raise Refused("The file was not used. Nothing has changed.")


def _make_calendar(path: Path | None) -> None:
    from . import queries, screens  # noqa: PLC0415

    with _as_administrator() as (viewer, at):
        if next(one for one in queries.list_steps(viewer=viewer) if one.code == "calendar").is_done:
            return
        page: dict[str, Any] = screens.describe_calendar(None, viewer=viewer)
        if not page["schools"]:
            screens.save_calendar(page, {"confirm": "yes"}, by=viewer, at=at)
            return
        said = page["form"].initial | {"holidays": path.read_text() if path else ""}
        said |= {name: str(said[name]) for name in ("begins_on", "ends_on")}
        page = screens.describe_calendar(said, viewer=viewer)
        for errors in page["form"].errors.values():
            typer.echo(" ".join(errors), err=True)
        if page["form"].errors:
            raise typer.Exit(1)
        typer.echo(f"{len(page['days'])} school days from {said['begins_on']} to {said['ends_on']}:")
        for month in page["months"]:
            typer.echo(f"  {month.name}: {month.days}")
        if typer.confirm("Keep these days? (No: write them in the browser)", default=True):
            screens.save_calendar(page, said | {"confirm": "yes"}, by=viewer, at=at)


def _measure() -> None:
    from crescendo.indicators import actions as indicators  # noqa: PLC0415

    from . import queries  # noqa: PLC0415

    with _as_administrator() as (viewer, _at):
        steps = {step.code: step for step in queries.list_steps(viewer=viewer)}
    if steps["measurement"].is_done or not steps["roster"].is_done:
        return
    if typer.confirm("Count the first numbers now?", default=True):
        run = indicators.run_measurement(as_of=viewer.on, school_year=viewer.school_year)
        typer.echo(f"Counted: {run.counts['results']['groupvalue']} numbers of groups are published.")


def _say_what_is_left() -> None:
    from . import queries  # noqa: PLC0415

    with _as_administrator() as (viewer, _at):
        steps = queries.list_steps(viewer=viewer)
    for step in steps:
        typer.echo(f"{'done ' if step.is_done else 'open '} {step.number}. {step.title}")
    if not all(step.is_done for step in steps):
        typer.echo(
            "Go on in the browser: crescendo serve --with-worker, then sign in. It knows where you are."
        )
