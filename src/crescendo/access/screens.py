"""What the pages of people and sign-ins show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from crescendo.accounts.models import Role
from crescendo.roster.viewer import Viewer
from crescendo.ui import vocabulary

from . import actions, queries


def describe_list(*, viewer: Viewer, group: queries.Group) -> dict[str, Any]:
    """What the list can be narrowed by."""
    roles = sorted((role.code, str(vocabulary.known_word(role.title))) for role in Role.objects.all())
    return {
        "group": group,
        "places": queries.list_places(viewer=viewer),
        "roles": sorted(roles, key=lambda one: one[1]) if group.kind == "staff" else [],
        "grades": queries.list_grades(viewer=viewer) if group.kind != "staff" else [],
    }


@dataclass(frozen=True)
class Plan:
    """What inviting these people would do."""

    letters: int = 0
    codes: int = 0
    have_one: int = 0
    invited: int = 0
    closed: int = 0
    too_many: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.letters and not self.codes


def plan_invitations(*, people: Sequence[queries.Person], way: str, on: date, at: datetime) -> Plan:
    """Counted before anything happens, by the rules by which it will happen."""
    too_many = len(people) > actions.MOST_AT_ONCE
    counted = dict.fromkeys(("letters", "codes", "have_one", "invited", "closed"), 0)
    for line in queries.describe_people(people=people[: actions.MOST_AT_ONCE], on=on, at=at):
        if line.person.user_id:
            counted["have_one"] += 1
        elif line.state == "closed":
            counted["closed"] += 1
        elif line.state == "invited" and way != "code":
            counted["invited"] += 1
        else:
            counted["letters" if line.by_letter and way != "code" else "codes"] += 1
    return Plan(**counted, too_many=too_many)


def describe_sheets(sheets: Sequence[actions.Sheet], *, back: str) -> dict[str, Any]:
    """The sheets to print, and where their readers type the code."""
    return {"sheets": sheets, "address": f"{settings.CRESCENDO_ADDRESS.rstrip('/')}/welcome/", "back": back}
