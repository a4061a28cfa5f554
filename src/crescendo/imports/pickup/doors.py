"""Places in which files lie. A door lists them, copies one out, and clears it away afterwards; it never follows a link."""

import os
import stat
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

from django.conf import settings

from crescendo.imports.models import PickUp

UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")
TAKEN = "taken"  # the folder below the watched one to which a file goes once it is brought in
MOST_FILES = 10_000
LARGEST_FILE = 16 << 30
CHUNK_BYTES = 1 << 20


class DoorClosed(Exception):
    """A place cannot be looked into: a code for the page's words, and what was met, without any secret."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(f"{code}: {said}")
        self.code, self.said = code, said


@dataclass(frozen=True)
class Lying:
    """A file as it lies there."""

    name: str
    bytes: int
    changed: float

    @property
    def marks(self) -> list[float]:
        return [self.bytes, self.changed]


class Door(Protocol):
    def list_files(self) -> list[Lying]: ...
    def copy(self, one: Lying, to: Path) -> None: ...
    def move(self, one: Lying, name: str) -> None: ...
    def delete(self, one: Lying) -> None: ...


def open_door(pick_up: PickUp) -> AbstractContextManager[Door]:
    """The place of a source."""
    if pick_up.way == PickUp.Way.SFTP:
        from .sftp import SftpDoor  # noqa: PLC0415  (paramiko takes its time to load)

        return SftpDoor(pick_up)
    return FolderDoor(pick_up.place)


def is_wanted(name: str, pattern: str) -> bool:
    """A plain name that fits the pattern and does not say that its file is still being written."""
    lower = name.lower()
    plain = not any(sign in name for sign in ("/", "\\", "\0")) and not name.startswith(".")
    return plain and not lower.endswith(UNFINISHED) and fnmatch(lower, (pattern or "*").lower())


def name_when_taken(name: str, at: datetime) -> str:
    """Two deliveries of one name both stay: the instant stands before the name."""
    return f"{at:%Y%m%d-%H%M%S}-{name}"


def find_inbox() -> Path | None:
    """The folder below which watched folders lie (CRESCENDO_INBOX); None where the site names none."""
    return Path(settings.INBOX).resolve() if settings.INBOX else None


def find_folder(place: str) -> Path:
    """A watched folder. Whatever is not below the inbox is refused, also by way of `..` or a link."""
    inbox = find_inbox()
    if inbox is None:
        raise DoorClosed("folder.no_inbox")
    found = (inbox / place).resolve()
    if not found.is_relative_to(inbox):
        raise DoorClosed("folder.outside", place)
    if not found.is_dir():
        raise DoorClosed("folder.missing", place)
    return found


class FolderDoor(AbstractContextManager["FolderDoor"]):
    """A watched folder on this server."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __enter__(self) -> "FolderDoor":
        self.folder = find_folder(self.place)
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def list_files(self) -> list[Lying]:
        found = []
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        known = entry.stat(follow_symlinks=False)
                        found.append(Lying(entry.name, known.st_size, known.st_mtime))
                    if len(found) > MOST_FILES:
                        raise DoorClosed("place.too_many", str(MOST_FILES))
        except OSError as problem:
            raise DoorClosed("folder.unreadable", type(problem).__name__) from problem
        return found

    def copy(self, one: Lying, to: Path) -> None:
        """The bytes as they were listed: a file that changes while it is read is not taken."""
        try:
            handle = os.open(self.folder / one.name, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "rb") as origin, to.open("wb") as copy:
                while chunk := origin.read(CHUNK_BYTES):
                    copy.write(chunk)
                known = os.fstat(origin.fileno())
        except OSError as problem:
            raise DoorClosed("folder.unreadable", type(problem).__name__) from problem
        if not stat.S_ISREG(known.st_mode) or [known.st_size, known.st_mtime] != one.marks:
            raise DoorClosed("file.changed", one.name)

    def move(self, one: Lying, name: str) -> None:
        target = self.folder / TAKEN
        if target.is_symlink():
            raise DoorClosed("folder.outside", TAKEN)
        try:
            target.mkdir(exist_ok=True, mode=0o700)
            os.replace(self.folder / one.name, target / name)
        except OSError as problem:
            raise DoorClosed("folder.not_moved", type(problem).__name__) from problem

    def delete(self, one: Lying) -> None:
        try:
            (self.folder / one.name).unlink(missing_ok=True)
        except OSError as problem:
            raise DoorClosed("folder.not_moved", type(problem).__name__) from problem
