"""Keeping raw bytes: by content, so that the same file is kept once and none is ever changed."""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from .scrubbing import scrub

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Landed:
    """A raw file that was kept: what it was called, its content's hash, and its size."""

    name: str
    sha256: str
    bytes: int

    @property
    def path(self) -> Path:
        return folder() / self.sha256[:2] / self.sha256


def folder() -> Path:
    """Where a database's raw files lie. Two databases of one server (two test processes) share nothing."""
    return Path(settings.DATA) / "landing" / connection.settings_dict["NAME"]


def work_folder() -> Path:
    """Where a database's runs spill what they work on."""
    return Path(settings.DATA) / "work" / connection.settings_dict["NAME"]


def keep(path: Path, name: str = "") -> Landed:
    """Copy a file's bytes, without passwords, into the landing folder.

    The last step is a rename: never half a file under its name.
    """
    folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        return _keep(scrub(path, name or path.name, Path(scratch)), name or path.name)


def _keep(path: Path, name: str) -> Landed:
    digest, size = hashlib.sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=folder(), prefix="arriving-")
    try:
        with os.fdopen(handle, "wb") as target, path.open("rb") as origin:
            while chunk := origin.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        landed = Landed(name, digest.hexdigest(), size)
        landed.path.parent.mkdir(exist_ok=True)
        os.replace(temporary, landed.path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return landed


def keep_all(path: Path) -> list[Landed]:
    """Keep a file, or each file of a folder and its sub-folders under its name relative to the folder."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
        return [keep(file, file.relative_to(path).as_posix()) for file in files]
    return [keep(path)]


def left_work_folders() -> dict[int, Path]:
    """The work folders that are there, by run: those of living runs, and what killed ones left."""
    return {int(one.name.removeprefix("import-")): one for one in work_folder().glob("import-[0-9]*")}


def make_work_folder(run_id: int) -> Path:
    """A private folder for what a run spills while it works; what a killed run left there is cleared away."""
    work = work_folder() / f"import-{run_id}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, mode=0o700)
    return work
