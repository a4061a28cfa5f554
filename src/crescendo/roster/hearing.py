"""Who may hear about a student, and groups of people who are told things together: the roster's answers for `comms`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crescendo.accounts.models import User
from crescendo.core import school_time

from . import queries
from .scope import looking_as
from .viewer import Viewer


def may_hear_of_student(user: User, student_id: int, on: date) -> bool:
    """Whoever may open the student's page on this day, and nobody else: a barred adult never, even when named."""
    viewer = Viewer(user_id=user.pk, on=on, school_year=school_time.school_year_of(on))
    with looking_as(user.pk, on):
        return queries.list_students(viewer=viewer).filter(pk=student_id).exists()


def list_holders(arguments: Mapping[str, Any], on: date) -> list[int]:
    """The users whose posts of the day carry a permission, without the one who caused the message."""
    found = queries.list_user_ids_with_permission(permission=arguments["permission"], on=on)
    return [user_id for user_id in found if user_id != arguments.get("except")]
