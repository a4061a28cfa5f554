"""The code after the password: from an app on a phone (TOTP, RFC 6238), or one of eight written down for a bad day.

A code fits once: the half minute of the last one is kept, and the row is locked while it is compared.

The secret lies readable in its row, behind row-level security: codes cannot be computed from a digest. Encrypting it with
a key from SECRET_KEY would guard a stolen dump and nothing else, and needs a cipher that Python's own library has not.
"""

import hmac
import secrets
from datetime import datetime

import pyotp
import segno
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe

from . import actions
from .models import RecoveryCode, SecondFactor, User

STEP_SECONDS = 30
STEPS_AROUND = 1  # a phone's clock may be half a minute off
RECOVERY_CODES = 8
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def find(user: User) -> SecondFactor | None:
    """The factor that counts: one whose first code has fitted."""
    return SecondFactor.objects.filter(pk=user.pk, confirmed_at__isnull=False).first()


@transaction.atomic
def begin(*, user: User, at: datetime) -> SecondFactor:
    """A secret to put on a phone. Until its first code fits it can be looked at again, and counts for nothing."""
    found, _made = SecondFactor.objects.get_or_create(
        user=user, defaults={"secret": pyotp.random_base32(), "made_at": at}
    )
    return found


def address(factor: SecondFactor, user: User, site_name: str) -> str:
    """What the QR code says: the secret, whose it is, and of which site."""
    issuer = f"Crescendo {site_name}".replace(":", " ").strip()
    return pyotp.TOTP(factor.secret).provisioning_uri(name=user.username, issuer_name=issuer)


def picture(text: str) -> SafeString:
    """The QR code as SVG inside the page: nobody else is asked to draw a secret. Its markup is ours alone."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", omitsize=False
    )
    return mark_safe(drawn)


def _fits(factor: SecondFactor, code: str, at: datetime) -> bool:
    """Compared in constant time with the codes around now; one that was used, or an older one, does not fit."""
    now = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(factor.secret)
    typed = "".join(letter for letter in code if letter.isdigit())
    for step in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()) and step > factor.last_step:
            factor.last_step = step
            return True
    return False


@transaction.atomic
def confirm(*, user: User, code: str, at: datetime, clock: datetime) -> list[str]:
    """The first code fits: from now on the factor counts. Returns the recovery codes, shown this once; [] if not.

    `clock`: the real hour, which codes follow; a demo's stands still.
    """
    factor = SecondFactor.objects.select_for_update().filter(pk=user.pk, confirmed_at=None).first()
    if factor is None or not _fits(factor, code, clock):
        return []
    factor.confirmed_at = at
    factor.save(update_fields=["confirmed_at", "last_step"])
    _note("second_factor.begun", user, at)
    return make_recovery_codes(user=user, at=at)


@transaction.atomic
def make_recovery_codes(*, user: User, at: datetime) -> list[str]:
    """Eight new ones; the older ones open nothing any more."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    _note("recovery_codes.made", user, at)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user: User, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("crescendo.accounts.recovery", f"{user.pk}:{plain}", algorithm="sha256").hexdigest()


@transaction.atomic
def pass_with(*, user: User, code: str, at: datetime, clock: datetime) -> str:
    """'code' or 'recovery' where it fits, once; '' where it does not."""
    factor = SecondFactor.objects.select_for_update().filter(pk=user.pk, confirmed_at__isnull=False).first()
    if factor is None:
        return ""
    if _fits(factor, code, clock):
        factor.save(update_fields=["last_step"])
        return "code"
    typed = _digest(user, code)
    for kept in RecoveryCode.objects.filter(user=user, used_at=None).order_by("id"):
        if hmac.compare_digest(kept.digest, typed):
            kept.used_at = at
            kept.save(update_fields=["used_at"])
            return "recovery"
    return ""


def count_recovery_codes(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


@transaction.atomic
def end(*, user: User, at: datetime) -> None:
    """The password alone again."""
    RecoveryCode.objects.filter(user=user).delete()
    if SecondFactor.objects.filter(pk=user.pk).delete()[0]:
        _note("second_factor.ended", user, at)


def _note(verb: str, user: User, at: datetime) -> None:
    actions.record_audit(verb=verb, object_type="user", object_id=user.pk, by=user.pk, at=at)
