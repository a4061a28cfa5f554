"""When the catalogue was last read against its sources. A definition that was read on another day says so itself."""

from datetime import date

REVIEWED_ON = date(2026, 11, 22)
NEXT_REVIEW_ON = date(2027, 11, 22)
AUTHOR = "Crescendo measurement group"
