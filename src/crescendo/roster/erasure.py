"""What happens elsewhere when a person is erased: apps that keep words about a student say how they forget them."""

from collections.abc import Callable

from django.utils.crypto import salted_hmac

Forget = Callable[..., None]  # called with student_id=
_forget: list[Forget] = []


def register(forget: Forget) -> None:
    """Called once, from `AppConfig.ready()`. The function runs inside the erasure's transaction."""
    if forget not in _forget:
        _forget.append(forget)


def forget_everywhere(*, student_id: int) -> None:
    for forget in _forget:
        forget(student_id=student_id)


def digest(source: str, entity: str, external_id: str) -> str:
    """An external id that cannot be read back, only recognised: the next import of an erased person is set aside."""
    return salted_hmac(
        "crescendo.roster.erasure", f"{source}\n{entity}\n{external_id}", algorithm="sha256"
    ).hexdigest()
