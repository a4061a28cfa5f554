"""A folder on another server, over SFTP. The server's key is pinned: nothing is said to a server that shows another one.

Sign-in: a key file (CRESCENDO_SFTP_KEY_FILE_<SOURCE>, for its owner alone) or a password (CRESCENDO_SFTP_PASSWORD_<SOURCE>,
with a key file: its passphrase). Neither stands in the database, and the names are made from the source's: nobody can have
another secret of the worker's sent somewhere.
"""

import os
import posixpath
import stat
from contextlib import AbstractContextManager, suppress
from itertools import pairwise
from pathlib import Path

import paramiko

from crescendo.imports.models import PickUp

from . import sftp_names
from .doors import LARGEST_FILE, MOST_FILES, TAKEN, DoorClosed, Lying

CODES: tuple[tuple[type[Exception], str], ...] = (
    (paramiko.AuthenticationException, "sftp.refused"),
    (FileNotFoundError, "folder.missing"),
    (PermissionError, "folder.unreadable"),
)
SECONDS = 30.0  # to connect, to sign in, and for each answer


def parse_host_key(line: str) -> tuple[str, paramiko.PKey]:
    """'ssh-ed25519 AAAA...', as ssh-keyscan prints it (a host's name before it is left out)."""
    words = line.split()
    for kind, body in pairwise(words):
        if kind.startswith(("ssh-", "ecdsa-")):
            try:
                entry = paramiko.hostkeys.HostKeyEntry.from_line(f"host {kind} {body}")
            except Exception as problem:  # whatever is wrong with it, it is no key
                raise ValueError(kind) from problem
            if entry is not None and entry.key is not None:
                return kind, entry.key
    raise ValueError(line)


def _sign_in_with(slug: str) -> tuple[paramiko.PKey | None, str | None]:
    secret = os.environ.get(sftp_names.password_name(slug)) or None
    named = os.environ.get(sftp_names.key_file_name(slug))
    if not named:
        if secret is None:
            raise DoorClosed(
                "sftp.no_sign_in", f"{sftp_names.password_name(slug)}, {sftp_names.key_file_name(slug)}"
            )
        return None, secret
    path = Path(named)
    if not path.is_file():
        raise DoorClosed("sftp.no_key_file", sftp_names.key_file_name(slug))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise DoorClosed("sftp.key_file_open", sftp_names.key_file_name(slug))
    try:
        return paramiko.PKey.from_path(path, secret.encode() if secret else None), None
    except Exception as problem:
        raise DoorClosed("sftp.key_file_unreadable", type(problem).__name__) from problem


class SftpDoor(AbstractContextManager["SftpDoor"]):
    """The folder while it is looked into."""

    def __init__(self, pick_up: PickUp) -> None:
        self.pick_up, self.place = pick_up, pick_up.place or "."

    def __enter__(self) -> "SftpDoor":
        asked = self.pick_up
        try:
            kind, key = parse_host_key(asked.host_key)
        except ValueError:
            raise DoorClosed("sftp.no_host_key") from None
        own_key, password = _sign_in_with(asked.source.slug)
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        host = asked.host if asked.port == paramiko.config.SSH_PORT else f"[{asked.host}]:{asked.port}"
        self.client.get_host_keys().add(host, kind, key)
        try:
            self.client.connect(
                asked.host, port=asked.port, username=asked.user_name, password=password, pkey=own_key,
                timeout=SECONDS, banner_timeout=SECONDS, auth_timeout=SECONDS, channel_timeout=SECONDS,
                allow_agent=False, look_for_keys=False,
            )  # fmt: skip
            self.sftp = self.client.open_sftp()
            self.sftp.get_channel().settimeout(SECONDS)
        except BaseException as problem:
            self.client.close()
            raise _closed(problem) from problem
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):
            self.sftp.close()
        self.client.close()

    def list_files(self) -> list[Lying]:
        try:
            found = [
                Lying(one.filename, one.st_size or 0, float(one.st_mtime or 0))
                for one in self.sftp.listdir_iter(self.place)
                if one.st_mode is not None and stat.S_ISREG(one.st_mode)
            ]
        except (OSError, paramiko.SSHException, EOFError) as problem:
            raise _closed(problem) from problem
        if len(found) > MOST_FILES:
            raise DoorClosed("place.too_many", str(MOST_FILES))
        return found

    def copy(self, one: Lying, to: Path) -> None:
        if one.bytes > LARGEST_FILE:
            raise DoorClosed("file.too_large", one.name)

        def no_more_than_listed(done: int, _size: int) -> None:
            if done > one.bytes:
                raise DoorClosed("file.changed", one.name)

        path = self._path(one.name)
        try:
            with to.open("wb") as copy:
                self.sftp.getfo(path, copy, callback=no_more_than_listed)
            known = self.sftp.lstat(path)
        except (OSError, paramiko.SSHException, EOFError) as problem:
            raise _closed(problem) from problem
        if [known.st_size, float(known.st_mtime or 0)] != one.marks or to.stat().st_size != one.bytes:
            raise DoorClosed("file.changed", one.name)

    def move(self, one: Lying, name: str) -> None:
        folder = posixpath.join(self.place, TAKEN)
        try:
            with suppress(OSError):  # it is there already; where it is not, the renaming says so
                self.sftp.mkdir(folder, 0o700)
            self.sftp.rename(self._path(one.name), posixpath.join(folder, name))
        except (OSError, paramiko.SSHException, EOFError) as problem:
            raise DoorClosed("folder.not_moved", type(problem).__name__) from problem

    def delete(self, one: Lying) -> None:
        try:
            self.sftp.remove(self._path(one.name))
        except (OSError, paramiko.SSHException, EOFError) as problem:
            raise DoorClosed("folder.not_moved", type(problem).__name__) from problem

    def _path(self, name: str) -> str:
        return posixpath.join(self.place, name)


def _closed(problem: BaseException) -> BaseException:
    """What went wrong in a word that the page explains. The server's own sentences are not repeated."""
    if not isinstance(problem, Exception) or isinstance(problem, DoorClosed):
        return problem
    if isinstance(problem, paramiko.BadHostKeyException):
        return DoorClosed("sftp.other_host_key", f"{problem.key.get_name()} {problem.key.fingerprint}")
    if isinstance(problem, paramiko.SSHException) and "no acceptable" in str(problem).lower():
        return DoorClosed("sftp.other_host_key")  # it has no key of the pinned kind at all
    code = next((code for kind, code in CODES if isinstance(problem, kind)), "sftp.not_reached")
    return DoorClosed(code, type(problem).__name__)
