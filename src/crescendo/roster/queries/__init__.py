"""Every read of the roster. What belongs to a student is asked for with `viewer=`."""

from .families import list_children, list_family, list_family_rights
from .organisations import active, list_ancestor_ids, list_classes, list_schools, list_staff, list_subtree_ids
from .students import (
    Reason,
    find_enrolment,
    get_class,
    get_student,
    list_class_students,
    list_enrolments,
    list_students,
    reason_codes,
    search_students,
    why_may_see,
)
from .viewers import get_viewer, list_user_ids_with_permission

__all__ = [
    "Reason",
    "active",
    "find_enrolment",
    "get_class",
    "get_student",
    "get_viewer",
    "list_ancestor_ids",
    "list_children",
    "list_class_students",
    "list_classes",
    "list_enrolments",
    "list_family",
    "list_family_rights",
    "list_schools",
    "list_staff",
    "list_students",
    "list_subtree_ids",
    "list_user_ids_with_permission",
    "reason_codes",
    "search_students",
    "why_may_see",
]
