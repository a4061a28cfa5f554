"""Small values that many apps share."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Days:
    """From one day to another, both included; without a last day it goes on."""

    begins_on: date
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.begins_on:
            raise ValueError(f"The last day, {self.ends_on}, lies before the first, {self.begins_on}.")

    def __contains__(self, on: date) -> bool:
        return self.begins_on <= on and (self.ends_on is None or on <= self.ends_on)

    def overlaps(self, other: "Days") -> bool:
        return (self.ends_on is None or other.begins_on <= self.ends_on) and (
            other.ends_on is None or self.begins_on <= other.ends_on
        )
