"""When the catalogue was last read against its sources. A definition that was read on another day says so itself."""

from datetime import date
from functools import partial

from ..indicator import Indicator

REVIEWED_ON = date(2026, 11, 22)
NEXT_REVIEW_ON = date(2027, 11, 22)
AUTHOR = "Crescendo measurement group"

#: An Indicator with this author and these dates.
reviewed = partial(Indicator, author=AUTHOR, reviewed_on=REVIEWED_ON, next_review_on=NEXT_REVIEW_ON)
