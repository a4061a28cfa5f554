"""What is switched on here, and why something is not: `why_hidden("similar_schools")` is '' where it is shown.

A page that has nothing to say at this size asks, and shows the sentence instead of an empty table.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.areas import AREAS, BY_CODE, SMALL_SCHOOL_BELOW, Area
from crescendo.core.errors import NotAllowed, Refused
from crescendo.core.once import once_a_page

from .models import AreaSwitch
from .viewer import Viewer

SMALL_SCHOOL = "small_school"


@dataclass(frozen=True)
class Size:
    """How large the site is; counted to at most the numbers that matter, so that asking costs nothing."""

    schools: int
    students: int

    @property
    def is_small(self) -> bool:
        return self.schools <= 1 and self.students < SMALL_SCHOOL_BELOW


@dataclass(frozen=True)
class Shown:
    """One area as the page of switches shows it."""

    area: Area
    is_on: bool
    is_chosen: bool
    why: str


@once_a_page
def get_size() -> Size:
    """Schools and enrolled students of the whole site, whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schools, students FROM crescendo_size(%s)", [SMALL_SCHOOL_BELOW])
        return Size(*cursor.fetchone())


def is_small_school() -> bool:
    """One school under 600 students; or what an administrator said."""
    said = AreaSwitch.objects.filter(pk=SMALL_SCHOOL).values_list("is_on", flat=True).first()
    return get_size().is_small if said is None else said


def is_on(code: str) -> bool:
    return not why_hidden(code)


def why_hidden(code: str) -> str:
    """One sentence: why this area is not shown here; '' where it is."""
    return next(shown.why for shown in list_areas() if shown.area.code == code)


def list_areas() -> list[Shown]:
    """Every area and whether it is shown."""
    said = _said()
    size = get_size()
    small = said.get(SMALL_SCHOOL, size.is_small)
    return [_shown(area, said.get(area.code), small=small, size=size) for area in AREAS]


@once_a_page
def _said() -> dict[str, bool]:
    return dict(AreaSwitch.objects.values_list("code", "is_on"))


def _shown(area: Area, said: bool | None, *, small: bool, size: Size) -> Shown:
    too_small = size.schools < area.needs_schools or size.students < area.needs_students
    wanted = (area.in_small_school or not small) if said is None else said
    why = "" if wanted else str(area.why_hidden)
    return Shown(
        area, wanted and not too_small, said is not None, str(area.why_too_small) if too_small else why
    )


@transaction.atomic
def switch_area(*, code: str, is_on: bool, by: Viewer, at: datetime) -> None:
    """Switch an area on or off for everybody; or say that this is (not) a small school."""
    if not by.may("site.set_up"):
        raise NotAllowed(_("What is switched on is for the administrators who set up the site."))
    if code != SMALL_SCHOOL and code not in BY_CODE:
        raise Refused(_("There is nothing of this name to switch on."))
    AreaSwitch.objects.update_or_create(code=code, defaults={"is_on": is_on})
    accounts.record_audit(
        verb="area.switched", object_type="roster.AreaSwitch", object_id=None, by=by.user_id, at=at,
        detail={"code": code, "on": is_on},
    )  # fmt: skip


__all__ = ["Shown", "Size", "get_size", "is_on", "is_small_school", "list_areas", "switch_area", "why_hidden"]
