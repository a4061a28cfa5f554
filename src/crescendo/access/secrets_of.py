"""The secrets of invitations: how they are made, written, read again and compared. Only digests are kept.

A letter's secret is made from a number kept with the invitation and the site's key, so that the worker can write the
letter again after a mail server was away; without the key, the number tells nothing. A code is drawn by chance, shown
once, and kept as a keyed digest alone.
"""

import hmac
import re
import secrets

from django.utils.crypto import salted_hmac

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another
CODE_LENGTH = 10
FIRST_NUMBER, NUMBERS = 100_000_000, 900_000_000  # nine digits, so that none can be counted up to
A_CODE = re.compile(r"^\s*(\d{1,12})[\s-]+([0-9A-Za-z\s-]{10,14})\s*$")
A_TOKEN = re.compile(r"^(\d{1,12})-([0-9a-f]{64})$")


def draw_nonce() -> str:
    return secrets.token_hex(16)


def secret_of_letter(nonce: str) -> str:
    """What the letter's link holds."""
    return salted_hmac("crescendo.access.letter", nonce, algorithm="sha256").hexdigest()


def draw_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def draw_number() -> int:
    """What stands before a code. The row's own number would tell a stranger which invitations there are."""
    return FIRST_NUMBER + secrets.randbelow(NUMBERS)


def digest(secret: str) -> str:
    return salted_hmac("crescendo.access.digest", secret, algorithm="sha256").hexdigest()


def is_same(secret: str, kept: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(digest(secret), kept)


def write_code(number: int, code: str) -> str:
    """As it is printed: the invitation's number, then two groups. 481730265-K7QF9-3MDXW"""
    return f"{number}-{code[:5]}-{code[5:]}"


def read_code(text: str) -> tuple[int, str] | None:
    """What somebody typed, whatever its case and spaces; None where it is no code."""
    found = A_CODE.match(text)
    if not found:
        return None
    code = re.sub(r"[\s-]", "", found[2]).upper()
    return (int(found[1]), code) if len(code) == CODE_LENGTH else None


def read_token(text: str) -> tuple[int, str] | None:
    """What stands in a letter's link."""
    found = A_TOKEN.match(text)
    return (int(found[1]), found[2]) if found else None
