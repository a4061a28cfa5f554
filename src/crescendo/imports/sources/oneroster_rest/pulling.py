"""From the other system's service to an import: fetch, land, work. For the command line and the clock."""

import tempfile
from datetime import date, datetime
from pathlib import Path

from crescendo.accounts.models import User
from crescendo.imports import actions
from crescendo.imports.models import ImportRun, Source

from . import fetching


def pull(
    source: Source, *, by: User | None, on: date, at: datetime, since: str = "", always_ask: bool = False
) -> ImportRun:
    """Everything that the service has, or what changed since. Nothing is landed where the fetch did not end well."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / f"{source.slug}-{at:%Y-%m-%d-%H%M}"
        folder.mkdir()
        fetching.fetch(source.settings, fetching.secret_of(source.slug), folder, since=since)
        return actions.start_import(source=source, path=folder, by=by, on=on, at=at, always_ask=always_ask)
