"""Every read of support. What a page shows is asked for with `viewer=`; row-level security stands behind."""

from .due import Due, list_due
from .people import count_opened, list_candidates, list_deliverers, list_deliverers_of_class
from .supports import (
    WRITES,
    Described,
    Row,
    describe,
    describe_rows,
    get_goal,
    get_support,
    list_caseload,
    list_supports,
    list_supports_of_student,
    reads_plan,
)

__all__ = [
    "WRITES",
    "Described",
    "Due",
    "Row",
    "count_opened",
    "describe",
    "describe_rows",
    "get_goal",
    "get_support",
    "list_candidates",
    "list_caseload",
    "list_deliverers",
    "list_deliverers_of_class",
    "list_due",
    "list_supports",
    "list_supports_of_student",
    "reads_plan",
]
