"""Every write of the set-up. What a page may not write itself goes through a function of the database that asks
again whether it may; what only a person can say is a date in the one row of the set-up."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import Refused
from crescendo.core.names import sort_key
from crescendo.indicators import tasks as indicators
from crescendo.roster import actions as roster
from crescendo.roster import permissions as roster_permissions
from crescendo.roster.models import Organisation, Post
from crescendo.roster.viewer import Viewer

from . import permissions
from .countries import get_country
from .models import SetupProgress


@dataclass(frozen=True)
class SiteWords:
    """What a site says about itself. `kind`: school or district."""

    name: str
    country: str
    time_zone: str
    language: str = ""
    kind: str = "district"
    needs_second_factor: bool = False

    def as_json(self) -> str:
        english = get_country(self.country).english
        return json.dumps(vars(self) | {"term_pack": english, "language": self.language or english})


@dataclass(frozen=True)
class FirstPerson:
    """Who looks after the site. The password was checked by the form; None: a one-time code will set it."""

    name: str
    username: str
    email: str
    password: str | None

    def as_json(self, language: str) -> str:
        given, _space, family = self.name.strip().rpartition(" ")
        return json.dumps(
            {
                "name": self.name.strip(),
                "given_name": given,
                "family_name": family,
                "sort_key": sort_key(family, given),
                "username": self.username,
                "email": self.email,
                "password": make_password(self.password),
                "language": language,
            }
        )


@transaction.atomic
def begin_site(*, site: SiteWords, person: FirstPerson, at: datetime) -> int:
    """The site's words, its top organisation, the first sign-in and the post of administrator. Only on a new site.

    The post begins on the school's own day: further west it may still be yesterday, and a post of tomorrow opens nothing.
    """
    words = json.loads(site.as_json())
    on = at.astimezone(ZoneInfo(site.time_zone)).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT crescendo_begin_site(%s::jsonb, %s::jsonb, %s, %s)",
            [json.dumps(words), person.as_json(words["language"]), on, at],
        )
        (user_id,) = cursor.fetchone()
    if user_id is None:
        raise Refused(_("Somebody set this site up a moment ago. Sign in."))
    return user_id


@transaction.atomic
def describe_site(*, site: SiteWords, by: Viewer, at: datetime) -> None:
    """The name, the country with its counting rules, the time zone, the language."""
    permissions.require_may_set_up(by)
    rules = [get_country(site.country).rules]
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_describe_site(%s::jsonb, %s)", [site.as_json(), rules])
    accounts.record_audit(
        verb="site.described", object_type="accounts.Site", object_id=1, by=by.user_id, at=at
    )


@transaction.atomic
def adopt_schools(*, by: Viewer, on: date, at: datetime) -> None:
    """What the file brought are our schools: from now on the first administrator's post is at their top."""
    permissions.require_may_set_up(by)
    if not Organisation.objects.filter(kind=Organisation.Kind.SCHOOL, ended_on=None).exists():
        raise Refused(_("No school is here yet. Bring the roster file in first."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_adopt_tops(%s, %s)", [at, on])
    accounts.record_audit(
        verb="setup.adopted", object_type="setup.SetupProgress", object_id=1, by=by.user_id, at=at
    )


@dataclass(frozen=True)
class SessionWords:
    """A school year or term to be written: OneRoster's kind, a title, its days."""

    kind: str
    title: str
    begins_on: date
    ends_on: date


@transaction.atomic
def write_calendar(
    *,
    school_ids: list[int],
    school_year: int,
    days: list[date],
    sessions: list[SessionWords],
    by: Viewer,
    on: date,
    at: datetime,
) -> int:
    """The school days of these schools and, where no file brought them, the year and its terms. The same twice is
    the same once; a calendar that a file brought is left alone. Returns how many schools were written."""
    permissions.require_may_set_up(by)
    if not days:
        raise Refused(_("There would be no school day at all. Change the dates."))
    rows = [vars(one) | {"begins_on": str(one.begins_on), "ends_on": str(one.ends_on)} for one in sessions]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT crescendo_write_calendar(%s, %s, %s, %s::jsonb, %s)",
            [school_ids, school_year, days, json.dumps(rows), on],
        )
        (written,) = cursor.fetchone()
    mark("calendar_at", by=by, at=at)
    return written


@transaction.atomic
def confirm_roles(
    *, roles: dict[int, str], new_posts: dict[int, tuple[int, str]], by: Viewer, at: datetime
) -> int:
    """The roles as a person confirmed them: post -> role, and for staff without a post (organisation, role).

    What is decided here stays when the next file says otherwise. Returns how many changed.
    """
    permissions.require_may_set_up(by)
    changed = 0
    posts = Post.objects.select_for_update().filter(pk__in=roles).exclude(staff_id=by.staff_id)
    for post in posts.order_by("id"):
        changed += _decide(post, roles[post.pk], by=by, at=at)
    for staff_id, (organisation_id, role) in sorted(new_posts.items()):
        if Post.objects.filter(staff_id=staff_id, organisation_id=organisation_id, role_id=role).exists():
            continue
        roster.give_post(
            staff_id=staff_id, organisation_id=organisation_id, role_code=role, begins_on=by.on, by=by, at=at
        )
        changed += 1
    mark("roles_at", by=by, at=at)
    return changed


def _decide(post: Post, role: str, *, by: Viewer, at: datetime) -> int:
    if post.role_id == role:
        return 0
    for code in (post.role_id, role):
        roster_permissions.require_may_give_posts(by, post.organisation_id, post.staff_id, code)
    before, post.role_id = post.role_id, role
    post.owned_fields = sorted({*post.owned_fields, "role"})
    post.save(update_fields=["role_id", "owned_fields"])
    accounts.record_audit(
        verb="post.role_decided",
        object_type="roster.Post",
        object_id=post.pk,
        by=by.user_id,
        at=at,
        detail={"before": before, "after": role, "staff": post.staff_id},
    )
    return 1


def mark(step: str, *, by: Viewer, at: datetime) -> None:
    """A person said that this step is done. The first time counts."""
    permissions.require_may_set_up(by)
    if SetupProgress.objects.filter(**{"pk": 1, f"{step}__isnull": True}).update(**{step: at}):
        accounts.record_audit(
            verb=f"setup.{step.removesuffix('_at')}",
            object_type="setup.SetupProgress",
            object_id=1,
            by=by.user_id,
            at=at,
        )


def ask_for_measurement(*, school_year: int, by: Viewer) -> None:
    """Leave the first measurement to the worker, now. A second press while it waits changes nothing."""
    from procrastinate.exceptions import AlreadyEnqueued  # noqa: PLC0415  (with tasks: once apps are ready)

    permissions.require_may_set_up(by)
    try:
        with transaction.atomic():
            indicators.measure.configure(queueing_lock=f"first measure {school_year}").defer(
                school_year=school_year
            )
    except AlreadyEnqueued:
        pass
