"""Bring in what an Ed-Fi API has, or what changed there since the last time. Which version was read stands with the run.

The newest version of the last *applied* run is where the next one begins: a run that was refused, waits, or was undone
does not count, so nothing is skipped.
"""

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx

from crescendo.accounts.models import User
from crescendo.imports import actions
from crescendo.imports.models import ImportRun, Source

from .client import ApiError, Client, Connection, Window

KEY = "edfi_window"


def bring_in(
    source: Source, *, by: User | None, on: date, at: datetime, everything: bool = False, dry_run: bool = False,
    transport: httpx.BaseTransport | None = None, on_progress: Callable[[str, int, int | None], None] | None = None,
    **more: Any,
) -> ImportRun:  # fmt: skip
    """Fetch and import. `everything` reads the whole API again, to find what change queries missed."""
    step = on_progress or (lambda *_: None)
    _refuse_while_one_waits(source)
    with tempfile.TemporaryDirectory(prefix="edfi-") as scratch:
        folder = Path(scratch)
        with Client(Connection.from_settings(source.settings), transport=transport, **more) as client:
            newest = client.find_newest()
            after = None if everything else last_version(source)
            window = Window(after, newest) if newest is not None else None
            if window and after is not None and newest is not None and newest < after:
                raise ApiError(
                    f"The host's newest change version is {newest}, older than {after} that was read: it was rebuilt. "
                    "Fetch everything once (--everything)."
                )
            # A first load has no upper bound: what changes while it is read comes again with the next one.
            counts = client.fetch(folder, window if after is not None else None, step)
            options = {
                KEY: {"after": after, "newest": newest, "counts": counts, "not_granted": sorted(client.not_granted),
                      "everything": everything}
            }  # fmt: skip
        run = actions.land_files(
            source=source, paths=[folder], by=by, at=at, dry_run=dry_run, options=options
        )
    return actions.run_import(run, on=on, at=at, on_progress=on_progress)


def last_version(source: Source) -> int | None:
    """The newest change version of the last applied run; None before the first."""
    runs = ImportRun.objects.filter(
        source=source, state=ImportRun.State.APPLIED, options__has_key=KEY
    ).order_by("-pk")
    found = runs.values_list("options", flat=True).first()
    return found[KEY]["newest"] if found else None


def _refuse_while_one_waits(source: Source) -> None:
    if ImportRun.objects.filter(source=source, state=ImportRun.State.WAITING).exists():
        raise ApiError(
            "An import of this source waits for an OK. Approve or reject it first: the next one builds on it."
        )
