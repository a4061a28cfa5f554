"""The verbs of `crescendo` that live with their app: each is imported when it is called, and sets up the part it plays."""

import os
from typing import Any

import typer
from typer.core import TyperGroup

# (module, its Typer app, what it is for, the part it plays).
FROM_APPS = {
    "import": (
        "crescendo.imports.cli",
        "Bring files in: OneRoster packages and tables by mapping.",
        "worker",
    ),
    "export": (
        "crescendo.exports.cli",
        "Hand the data over: a OneRoster package.",
        "worker",
    ),
    "setup": (
        "crescendo.setup.cli",
        "Begin with a real school: site, roster, calendar, first numbers.",
        "worker",
    ),
    "measure": (
        "crescendo.indicators.cli",
        "Snapshot the facts, evaluate the indicators, publish.",
        "worker",
    ),
}


class Verbs(TyperGroup):
    """Shows every verb, but imports an app's commands only when that verb is called."""

    _resolving = False

    def list_commands(self, ctx: Any) -> list[str]:
        order = [
            "demo",
            "setup",
            "serve",
            "worker",
            "migrate",
            "administrator",
            "import",
            "convert",
            "export",
            "measure",
            "doctor",
        ]
        return sorted(
            {*super().list_commands(ctx), *FROM_APPS},
            key=lambda verb: (verb not in order, order.index(verb) if verb in order else 0),
        )

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        self._resolving = True
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """A person who forgot to make the tables hears that, not two hundred lines of Python."""
        try:
            return super().invoke(ctx)
        except Exception as problem:
            if type(problem.__cause__).__name__ not in {"UndefinedTable", "UndefinedColumn"}:
                raise
            told = str(problem).partition("\n")[0]
            typer.echo(f"The tables are missing or old ({told}). Run: crescendo migrate", err=True)
            raise typer.Exit(1) from None

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in FROM_APPS:
            return super().get_command(ctx, cmd_name)
        module, purpose, part = FROM_APPS[cmd_name]
        if not self._resolving:
            return typer.main.get_command(_only_named(cmd_name, purpose))
        return _load(cmd_name, module, part)


def _only_named(name: str, purpose: str) -> typer.Typer:
    """A verb as the list of verbs shows it, without importing what does it."""
    shown = typer.Typer(help=purpose)
    shown.command(name, help=purpose)(lambda: None)
    return shown


def _load(name: str, module: str, part: str) -> Any:
    import importlib  # noqa: PLC0415

    play(part)
    loaded = typer.main.get_command(importlib.import_module(module).app)
    loaded.name = name
    return loaded


def play(part: str) -> None:
    """Say which part this process plays (owner, worker, web), before any setting is read."""
    os.environ["CRESCENDO_PROCESS"] = part
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crescendo.settings")
