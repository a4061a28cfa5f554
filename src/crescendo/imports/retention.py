"""Raw files go: when their time is over, and when somebody was erased whom they may hold. Rows, counts and undo stay.

A run that has landed, works or waits for an OK keeps its bytes; those of everybody else with the same content then stay,
too. Where a folder of our own keeps what was taken, the same holds for it. Another system's folder is its keeper's.
"""

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from . import delivered, landing
from .models import Finding, ImportRun, PickUp
from .pickup.doors import TAKEN, DoorClosed, find_folder

State = ImportRun.State
OF_NOBODY = timedelta(days=2)  # an upload of which nothing was made: sign-ins end long before
ERASED_AGAIN = "person.erased"  # the finding of rows of somebody who was erased before


def remove_raw_files(*, at: datetime) -> int:
    """Delete the raw bytes whose last use is over. How many runs have none any more."""
    _mark_those_of_erased_people()
    over = at - timedelta(days=settings.KEEP_RAW_DAYS)
    needed = ImportRun.objects.filter(
        Q(state=State.WAITING) | Q(state__in=ImportRun.WORKING, started_at__gte=over, is_dry_run=False)
        | Q(state=State.LANDED, started_at__gte=over)
    )  # fmt: skip
    keep = _hashes(needed)
    have = ImportRun.objects.filter(raw_removed_at__isnull=True).exclude(pk__in=needed.values("pk"))
    of_erased = list(have.filter(raw_must_go=True).order_by("pk"))
    old = _hashes(have.filter(started_at__lt=over)) - _hashes(have.filter(started_at__gte=over))
    for sha256 in sorted((_hashes(of_erased) | old) - keep):
        landing.Landed("", sha256, 0).path.unlink(missing_ok=True)
    emptied = [run.pk for run in have.order_by("pk") if run.landed and not _has_bytes(run)]
    emptied += [run.pk for run in of_erased if not run.landed]
    removed = ImportRun.objects.filter(pk__in=emptied).update(raw_removed_at=at)
    _clear_taken(over, all_of_them=bool(of_erased))
    _clear_what_belongs_to_nobody()
    return removed


def mark_everything() -> None:
    """Somebody is erased: any delivery may hold them, also one whose rows were set aside. For the erasure's transaction."""
    ImportRun.objects.filter(raw_removed_at__isnull=True).update(raw_must_go=True)


def _mark_those_of_erased_people() -> None:
    """A system that still sends somebody who was erased: those bytes go as soon as the import is done."""
    again = Finding.objects.filter(code=ERASED_AGAIN).values("run_id")
    ImportRun.objects.filter(pk__in=again, raw_removed_at__isnull=True, raw_must_go=False).update(
        raw_must_go=True
    )


def _hashes(runs: Iterable[ImportRun]) -> set[str]:
    return {one["sha256"] for run in runs for one in run.landed}


def _has_bytes(run: ImportRun) -> bool:
    return all(landing.Landed(**one).path.exists() for one in run.landed)


def _clear_taken(over: datetime, *, all_of_them: bool) -> None:
    """What watched folders of this server keep below `taken`, and the memory of what was delivered line by line."""
    for pick_up in PickUp.objects.filter(way=PickUp.Way.FOLDER).order_by("pk"):
        try:
            folder = find_folder(pick_up.place) / TAKEN
        except DoorClosed:
            continue
        if folder.is_dir() and not folder.is_symlink():
            for file in _plain_files(folder):
                if all_of_them or file.lstat().st_mtime < over.timestamp():
                    file.unlink(missing_ok=True)
    if all_of_them:
        shutil.rmtree(delivered.folder(), ignore_errors=True)


def _clear_what_belongs_to_nobody() -> None:
    """Uploads of which no import was made, and copies that a killed process left half."""
    known = _hashes(ImportRun.objects.filter(raw_removed_at__isnull=True))
    for file in _plain_files(landing.folder()):
        if file.name not in known and _age(file) > OF_NOBODY:
            file.unlink(missing_ok=True)


def _plain_files(folder: Path) -> Iterator[Path]:
    for place, _folders, names in os.walk(folder):
        for name in names:
            file = Path(place) / name
            if file.is_file() and not file.is_symlink():
                yield file


def _age(file: Path) -> timedelta:
    """By the file system's own clock: a demo's day stands still."""
    return timedelta(seconds=time.time() - file.stat().st_mtime)
