"""`crescendo import pick-up`: look for one system's files now, or for all whose time has come."""

from datetime import timedelta
from typing import Annotated, Any

import typer


def mount(app: typer.Typer) -> None:
    """Add the command to `crescendo import`."""
    app.command("pick-up")(pick_up)


def pick_up(
    source: Annotated[
        str, typer.Argument(help="The name of the system; none: all whose time has come.")
    ] = "",
    whole: Annotated[
        bool, typer.Option("--whole", help="What lies there is whole: do not wait until it has stood still.")
    ] = False,
) -> None:
    """Look for files where a system's page says that they come from, and bring them in.

    Ends with 1 when a look could not be done. The worker does the same by its clock.
    """
    from . import cli  # noqa: PLC0415  (it mounts this module)

    cli.start_django()
    from .models import PickUp  # noqa: PLC0415  (needs Django)
    from .pickup import looking  # noqa: PLC0415

    at, failed = cli.read_clock(), False
    places = PickUp.objects.exclude(way=PickUp.Way.HAND).select_related("source").order_by("pk")
    asked = [one for one in places if one.source.slug == source or not source]
    if source and not asked:
        raise typer.BadParameter(f"Nobody said where the files of '{source}' come from. Say it on its page.")
    for one in asked:
        if source or looking.is_due(one, at=at):
            failed |= _look(one, at, whole=whole)
    raise typer.Exit(1 if failed else 0)


def _look(one: Any, at: Any, *, whole: bool) -> bool:
    """One source. What breaks on one stops no other."""
    from .models import Look  # noqa: PLC0415
    from .pickup import looking, words  # noqa: PLC0415

    try:
        found = looking.look(one.source, at=at, still=timedelta() if whole else looking.STILL)
    except Exception as error:
        typer.echo(f"{one.source.slug}: {type(error).__name__}", err=True)
        return True
    if found is None:
        typer.echo(f"{one.source.slug}: somebody else is looking.")
        return False
    said = f"{found.get_outcome_display()} {found.file_name} {words.problem_words(found.code, found.said)}"
    typer.echo(f"{one.source.slug}: {said.strip()}")
    return bool(found.outcome == Look.Outcome.FAILED)
