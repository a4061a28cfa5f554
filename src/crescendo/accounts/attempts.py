"""How often somebody may get a password wrong. Counted in the database, so that every process counts the same.

Kept for a day, as digests: neither the name that was typed nor the address can be read back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.crypto import salted_hmac

from .models import SignInFailure

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)

# Wrong passwords within the window, after which one has to wait. One person on one machine; one name from anywhere
# (somebody guesses at a person); one machine for any name (a school shares an address, so this one is generous).
MOST_BY_PAIR = 5
MOST_BY_NAME = 30
MOST_BY_ADDRESS = 60


@dataclass(frozen=True)
class Attempt:
    """Who is trying, as digests."""

    name: str
    address: str


def attempt_by(*, username: str, address: str) -> Attempt:
    return Attempt(_digest("name", username.strip().casefold()), _digest("address", address))


def _digest(what: str, text: str) -> str:
    return salted_hmac(f"crescendo.accounts.attempts.{what}", text).hexdigest()


def wait_for(attempt: Attempt, *, at: datetime) -> timedelta | None:
    """How long this attempt has to wait; None: it may go on."""
    recent = SignInFailure.objects.filter(at__gt=at - WINDOW)
    by_name, by_address = (
        recent.filter(name_digest=attempt.name),
        recent.filter(address_digest=attempt.address),
    )
    waits = [
        _wait(by_name.filter(address_digest=attempt.address), MOST_BY_PAIR, at),
        _wait(by_name, MOST_BY_NAME, at),
        _wait(by_address, MOST_BY_ADDRESS, at),
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def _wait(failures: models.QuerySet[SignInFailure], most: int, at: datetime) -> timedelta | None:
    """Until so many of them have left the window that one more is allowed."""
    newest = list(failures.order_by("-at", "-id").values_list("at", flat=True)[:most])
    return newest[-1] + WINDOW - at if len(newest) == most else None


def note_failure(attempt: Attempt, *, at: datetime) -> None:
    """Count one wrong password, and forget what is older than a day."""
    SignInFailure.objects.filter(at__lt=at - KEPT).delete()
    SignInFailure.objects.create(name_digest=attempt.name, address_digest=attempt.address, at=at)
