"""What the pages show, put together from the domains' own queries, always through the eyes of a viewer."""

from .classes import count_students, describe_class, list_classes, search_classes
from .search import search
from .staff import list_staff
from .students import STUDENT_NEEDS, Pages, describe_students, list_students

__all__ = [
    "STUDENT_NEEDS",
    "Pages",
    "count_students",
    "describe_class",
    "describe_students",
    "list_classes",
    "list_staff",
    "list_students",
    "search",
    "search_classes",
]
