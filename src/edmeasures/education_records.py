"""When giving out a student's record has to be written down (United States, 34 CFR 99.32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Recipient = Literal[
    "parent",
    "eligible_student",
    "official_with_legitimate_interest",
    "consented",
    "directory_information",
    "other",
]

#: 99.32(d): of these no record has to be kept. A court's order not to disclose is the fifth, and an `other` here.
EXEMPT: frozenset[str] = frozenset(
    ("parent", "eligible_student", "official_with_legitimate_interest", "consented", "directory_information")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What must be written down: who received or asked for the record, the legitimate interest, and when.

    The entry lives as long as the education record it belongs to.
    """

    party: str
    purpose: str
    on: date


def must_be_recorded(recipient: Recipient) -> bool:
    """Whether 34 CFR 99.32 asks for an entry in the student's record of disclosures.

    A product may write down more. The duty is the least.

    Examples
    --------
    >>> must_be_recorded("other"), must_be_recorded("parent")
    (True, False)
    """
    return recipient not in EXEMPT
