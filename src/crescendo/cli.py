"""The `crescendo` command. Starting it imports no Django: each command sets up only the part it plays."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crescendo.cli_verbs import Verbs, play

if TYPE_CHECKING:
    from crescendo.supervising import Child

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help=(
        "**Crescendo**: collect, measure, understand, act, learn.\n\n"
        "Try it with a district that does not exist:\n\n"
        "    crescendo demo\n\n"
        "Run it for a real one:\n\n"
        "    crescendo migrate          make or update the tables\n\n"
        "    crescendo administrator    the first person who can sign in\n\n"
        "    crescendo serve            the pages, on port 8000\n\n"
        "    crescendo worker           imports, measurement and messages, in a second terminal\n\n"
        "    crescendo import oneroster roster.zip --dry-run\n\n"
        "    crescendo measure\n\n"
        "Data live in ./var unless CRESCENDO_DATA says otherwise; a PostgreSQL starts there by itself unless "
        "DATABASE_URL names yours."
    ),
)


def set_up(part: str) -> None:
    """Play a part and start Django."""
    play(part)
    import django  # noqa: PLC0415

    django.setup()


Port = Annotated[int, typer.Option(help="Where browsers find the site.")]
Host = Annotated[
    str, typer.Option(help="The address to listen on; 0.0.0.0 for every network of this machine.")
]


@app.command()
def demo(
    port: Port = 8000,
    host: Host = "127.0.0.1",
    students: Annotated[int | None, typer.Option(help="How many students the district has.", min=200)] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, another district.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Build it again, even if it is there.")] = False,
    only_build: Annotated[bool, typer.Option("--only-build", help="Build, but do not serve.")] = False,
) -> None:
    """Build a district that does not exist and serve it, with one-click sign-in for its people.

    The first time takes a minute or two; afterwards it starts in seconds. A database that holds anything
    but a demo is left alone.

        crescendo demo
        crescendo demo --students 5000 --port 8080
    """
    from crescendo.pages import demo as district  # noqa: PLC0415

    if not only_build:
        _refuse_busy_port(host, port)
    try:
        district.prepare(students=students, seed=seed, fresh=fresh)
    except district.NotOurs as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    if not only_build:
        _serve(host, port, with_worker=True, note="Sign in with one click as any of its people.")


@app.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True}, add_help_option=False
)
def convert(context: typer.Context) -> None:
    """Turn a vendor's file into plain records by its mapping; needs no site."""
    from crescendo.imports import cli_convert  # noqa: PLC0415

    raise typer.Exit(cli_convert.main(context.args))


@app.command()
def serve(
    port: Port = 8000,
    host: Host = "127.0.0.1",
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Run the worker beside it.")] = False,
    processes: Annotated[
        int | None,
        typer.Option(help="How many processes answer; one for each core, up to four, unless said.", min=1),
    ] = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
    door: Annotated[int | None, typer.Option(hidden=True, help="The socket that was handed down.")] = None,
    quietly: Annotated[bool, typer.Option("--quietly", hidden=True)] = False,
) -> None:
    """Serve the pages, as the database role that row-level security binds. What ends by accident is started again.

    crescendo serve --host 0.0.0.0 --port 8000
    crescendo serve --with-worker          (a small site: one command runs everything)
    """
    if not with_parent:
        _serve(host, port, with_worker=with_worker, processes=processes)
        return
    from crescendo import serving  # noqa: PLC0415
    from crescendo import worker as working  # noqa: PLC0415

    working.end_with(os.getppid())
    play("web")
    if not quietly:
        _say_how_to_begin(f"http://{_shown(host)}:{port}/")
    serving.serve(host=host, port=port, door=door)


def _refuse_busy_port(host: str, port: int) -> None:
    """Say so before minutes of building, not after."""
    from crescendo import serving  # noqa: PLC0415

    try:
        serving.open_address(host, port).close()
    except OSError:
        typer.echo(f"Port {port} is taken by another program. Choose another: --port {port + 1}", err=True)
        raise typer.Exit(1) from None


def _serve(host: str, port: int, *, with_worker: bool, note: str = "", processes: int | None = None) -> None:
    _refuse_busy_port(host, port)
    play("web")
    typer.echo(f"Crescendo is at http://{_shown(host)}:{port}/  {note}  Stop with Ctrl-C.")
    from crescendo import serving, supervising  # noqa: PLC0415

    pages = serving.children(host, port, processes or serving.default_processes())
    beside = _children_of_the_worker() if with_worker else []
    supervising.run([*pages, *beside])


def _children_of_the_worker() -> "list[Child]":
    """Its lanes, so that no import waits for a measurement, and the count of marks."""
    from crescendo import supervising, worker  # noqa: PLC0415

    return [
        *(supervising.Child(["worker", "--lane", lane]) for lane in worker.LANES),
        supervising.Child(["live"]),
    ]


def _shown(host: str) -> str:
    return "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host


def _say_how_to_begin(address: str) -> None:
    """On a new site: the set-up code on the terminal. Where the output goes into a log, only where the code lies."""
    import django  # noqa: PLC0415

    django.setup()
    from django.db import DatabaseError, connection  # noqa: PLC0415

    from crescendo.setup import opening  # noqa: PLC0415

    try:
        words = opening.how_to_begin(address, to_person=sys.stdout.isatty())
    except DatabaseError:
        words = "The tables are missing or old. Run: crescendo migrate"
    finally:
        connection.close()
    if words:
        typer.echo(words)


@app.command()
def worker(
    until_idle: Annotated[bool, typer.Option("--until-idle", help="Stop when no job is left.")] = False,
    lane: Annotated[str, typer.Option(hidden=True, help="everyday or measuring.")] = "",
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Run the jobs: imports started from pages, measurement, messages, and what runs by the clock.

    Start one beside the site. It measures in a process of its own, so that no import waits for a measurement.
    Killing it loses nothing: the next one takes up what it left.
    """
    from crescendo import supervising  # noqa: PLC0415
    from crescendo import worker as working  # noqa: PLC0415

    if not (until_idle or lane):
        supervising.run(_children_of_the_worker())
        return
    if with_parent:
        working.end_with(os.getppid())
    set_up("worker")
    working.run(lane=lane)


@app.command(hidden=True)
def live(with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False) -> None:
    """Count marks as they come. `crescendo worker` and `serve --with-worker` run it by themselves."""
    from crescendo import live_worker  # noqa: PLC0415
    from crescendo import worker as working  # noqa: PLC0415

    if with_parent:
        working.end_with(os.getppid())
    set_up("worker")
    live_worker.run()


@app.command()
def migrate() -> None:
    """Make or update the tables, as the role that owns them. Run it after every new version."""
    set_up("owner")
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=1)


@app.command()
def doctor(
    send_to: Annotated[
        str, typer.Option(help="A user's sign-in name: send them a message to try the post.")
    ] = "",
) -> None:
    """Say what works and what does not: data folder, database and its roles, tables, scripts, worker, messages.

    Exit code 0: all is well. 1: something needs you; the line says what to do.

        crescendo doctor
        crescendo doctor --send-to dina
    """
    set_up("owner")
    from crescendo import doctoring  # noqa: PLC0415

    if send_to:
        doctoring.send_greeting(send_to)
    wrong = 0
    for check in doctoring.examine():
        typer.echo(f"{'ok ' if check.is_well else 'NO '} {check.what}: {check.found}")
        if not check.is_well:
            wrong += 1
            typer.echo(f"    {check.what_to_do}")
    raise typer.Exit(1 if wrong else 0)


@app.command()
def token(
    source: Annotated[str, typer.Argument(help="The system that will send, as imports name it.")] = "",
    by: Annotated[str, typer.Option(help="The administrator who answers for what it sends.")] = "",
    end: Annotated[int, typer.Option(help="The number of a key that shall open nothing any more.")] = 0,
) -> None:
    """Make a key with which another system sends marks, or end one. The key is shown once (docs/api.md).

    crescendo token sis --by ada
    crescendo token --end 3
    """
    set_up("owner")
    from crescendo.accounts.models import User  # noqa: PLC0415
    from crescendo.core import school_time  # noqa: PLC0415
    from crescendo.core.errors import NotFound  # noqa: PLC0415
    from crescendo.records import actions  # noqa: PLC0415
    from crescendo.roster import queries as roster  # noqa: PLC0415

    try:
        if end:
            actions.end_sending_key(key_id=end, at=school_time.now())
            typer.echo(f"Key {end} opens nothing any more.")
            return
        maker = User.objects.filter(username__iexact=by, is_active=True).first()
        viewer = roster.get_viewer(user=maker, on=school_time.today()) if maker else None
        if not source or viewer is None or not viewer.may("site.set_up"):
            raise NotFound("Say which system sends, and (--by) an administrator's sign-in name.")
        typer.echo(actions.make_sending_key(source=source, by=maker, at=school_time.now()))
    except NotFound as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None


@app.command()
def administrator(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    name: Annotated[str, typer.Option(prompt=True, help="The person's name.")],
    email: Annotated[str, typer.Option(help="Where messages go.")] = "",
    organisation: Annotated[str, typer.Option(help="The district or trust; made if it is not there.")] = "",
) -> None:
    """Make the first person who can sign in to a new site. Asks for the password.

    crescendo administrator ada --name "Ada Abbott" --organisation "Northfield Public Schools"
    """
    password = typer.prompt("Password (twelve characters or more)", hide_input=True, confirmation_prompt=True)
    set_up("owner")
    from crescendo import first_administrator  # noqa: PLC0415
    from crescendo.core import school_time  # noqa: PLC0415

    now, today = school_time.now(), school_time.today()
    try:
        first_administrator.appoint(
            username=username,
            name=name,
            email=email,
            password=password,
            organisation=organisation,
            on=today,
            at=now,
        )
    except first_administrator.CannotAppoint as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{name} can sign in as '{username}'.")


@app.command(hidden=True)
def build_demo(students: int, seed: int, folder: Path) -> None:
    """The part of `demo` that runs as the worker: files in through the door, people linked, measured."""
    set_up("worker")
    from crescendo.pages import demo_building  # noqa: PLC0415

    demo_building.build(students=students, seed=seed, folder=folder)


if __name__ == "__main__":
    app()
