from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    """One sentence, one button, and (small) the reason or detail behind it."""

    sentence: str
    action: str
    href: str
    detail: str = ""
