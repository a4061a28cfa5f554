"""The one-time set-up code: proof that whoever opens a new site can read this machine's terminal or its data folder.

It lies in a file that only the operator can read, never in a log, and is thrown away with the first administrator.
"""

import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another
GROUPS, LENGTH = 3, 4


def path() -> Path:
    return Path(settings.DATA) / "setup_code"


def read_or_make() -> str:
    """The code of this site; made once."""
    made = "-".join("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(GROUPS))
    path().parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
    except FileExistsError:
        return path().read_text()
    return made


def is_right(said: str) -> bool:
    """Compared in constant time; nothing is right where no code was made."""
    try:
        known = path().read_text()
    except FileNotFoundError:
        return False
    return bool(known) and hmac.compare_digest(_plain(said), _plain(known))


def _plain(text: str) -> bytes:
    return "".join(letter for letter in text.upper() if letter.isalnum()).encode()


def throw_away() -> None:
    path().unlink(missing_ok=True)
