"""The rail: at most seven places in the users' words, and who sees which. Places are data; pages are elsewhere.

A place without a page yet (its address is not known) is not shown, so that later releases fill the rail by adding
their page. A teacher sees four, a parent two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crescendo.accounts import queries as accounts
from crescendo.coaching import permissions as coaching
from crescendo.comms import queries as comms
from crescendo.core import school_time
from crescendo.roster import areas
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

EVERYONE = "everyone"
FAMILY = "family"
STUDENT = "student"
STAFF = "staff"
COLLEAGUES = "colleagues"
ON_PHONE = 4  # the bottom bar of a phone holds four, the rest stands under "More"


@dataclass(frozen=True)
class Place:
    """One entry of the rail. `opens_to` are permissions, or everyone, family, student, colleagues (who work
    with colleagues, not students); one of them is enough.

    `short` is the label on a phone.
    """

    label: Promise
    url_name: str
    opens_to: frozenset[str]
    short: Promise | None = None
    area: str = ""  # shown where this area of the product is switched on
    spares_teachers: bool = False  # who takes part in lessons and leads nobody finds it under another place


def _to(*codes: str) -> frozenset[str]:
    return frozenset(codes)


PLACES = (
    Place(_("Today"), "pages:today", _to(EVERYONE)),
    Place(_("Students"), "pages:student_list", _to("students.see")),
    Place(_("My children"), "pages:student_list", _to(FAMILY)),
    Place(_("My record"), "pages:my_record", _to(STUDENT)),
    Place(_("Classes"), "pages:class_list", _to("participation.record")),
    Place(
        _("Goals & plans"),
        "plans:goal_list",
        _to(STAFF),
        pgettext_lazy("short", "Goals"),
    ),
    Place(_("My coaching"), "coaching:coaching_list", _to(COLLEAGUES), pgettext_lazy("short", "Coaching")),
    Place(_("Staff"), "pages:staff_list", _to("staff.see"), area="staff_list"),
    Place(_("Reports"), "pages:report_list", _to("results.see"), spares_teachers=True),
    Place(
        _("Imports & checks"),
        "imports:import_list",
        _to("imports.run", "quality.see"),
        pgettext_lazy("short", "Imports"),
    ),
)


@dataclass(frozen=True)
class Entry:
    """A place as this reader sees it."""

    label: str
    short: str
    href: str
    current: str

    @property
    def is_current(self) -> bool:
        return bool(self.current)


@dataclass(frozen=True)
class Rail:
    """Everything the frame around a page shows about its reader."""

    places: tuple[Entry, ...] = ()
    school: str = ""
    year: str = ""
    today: object = None
    person: str = ""
    is_demo: bool = False
    unread: int = 0
    inbox_href: str = ""
    search_href: str = ""
    coaching_href: str = ""
    on_phone: int = ON_PHONE

    @property
    def later(self) -> tuple[Entry, ...]:
        return self.places[self.on_phone :]


@cache
def _address(url_name: str) -> str:
    """The place's address, or '' while no app has it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _opens(place: Place, viewer: Viewer) -> bool:
    may = set(viewer.permission_codes) | {EVERYONE}
    if viewer.is_family:
        may.add(FAMILY)
    if viewer.is_student:
        may.add(STUDENT)
    if viewer.is_staff:
        may.add(STAFF)
    if place.spares_teachers and viewer.may("participation.record") and not viewer.may("staff.see"):
        return False
    if coaching.works_with_colleagues(viewer):
        may.add(COLLEAGUES)
    return not place.opens_to.isdisjoint(may)


def places_for(viewer: Viewer, path: str) -> Iterator[Entry]:
    """The places of this reader, each address once, in the order of the school day."""
    shown: set[str] = set()
    for place in PLACES:
        href = _address(place.url_name)
        if not href or href in shown or not _opens(place, viewer):
            continue
        if place.area and not areas.is_on(place.area):
            continue
        shown.add(href)
        current = "page" if path == href else "true" if href != "/" and path.startswith(href) else ""
        yield Entry(str(place.label), str(place.short or place.label), href, current)


def _schools(viewer: Viewer) -> str:
    """Where this reader works, or where their children go to school."""
    if viewer.is_staff:
        return " · ".join(dict.fromkeys(post.organisation_name for post in viewer.posts))
    children = roster.list_children(viewer=viewer) if viewer.is_family else ()
    ids = [child.pk for child in children] + ([viewer.student_id] if viewer.student_id else [])
    found = (roster.find_enrolment(viewer=viewer, student_id=student_id) for student_id in ids)
    return " · ".join(dict.fromkeys(enrolment.school.name for enrolment in found if enrolment))


def page_frame(request: HttpRequest) -> dict[str, Rail]:
    """Context processor: `rail`. For somebody who has not signed in it is empty."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.is_signed_in:
        return {"rail": Rail()}
    return {
        "rail": Rail(
            places=tuple(places_for(viewer, request.path)),
            school=_schools(viewer),
            year=school_time.school_year_name(viewer.school_year),
            today=viewer.on,
            person=viewer.display_name,
            is_demo=(getattr(request, "site", None) or accounts.get_site()).made_by_demo,
            unread=comms.count_unread(viewer=request.user),
            inbox_href=_address("comms:inbox_list"),
            search_href=_address("pages:search"),
            coaching_href=_address("coaching:coaching_list") if coaching.may_take_part(viewer) else "",
        )
    }
