"""What is known about the data: checks, rows, history, freshness; and the worst problem behind an indicator."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.accounts.models import User
from crescendo.core import numbers
from crescendo.imports import permissions as imports
from crescendo.roster import queries as roster
from crescendo.roster.models import Post
from crescendo.roster.viewer import Viewer

from . import catalogue, permissions, rules
from .models import Check, CheckDay, FoundRow


def list_checks(*, viewer: Viewer) -> QuerySet[Check]:
    """Every check of the viewer's schools, and of the feeds if these concern them."""
    permissions.check_may_see(viewer)
    seen = Q(school_id__in=permissions.school_ids(viewer))
    if permissions.may_see_feeds(viewer):
        seen |= Q(school_id=None)
    return Check.objects.filter(seen, rule__in=catalogue.BY_CODE)


def list_rows(*, viewer: Viewer, checks: Iterable[Check]) -> QuerySet[FoundRow]:
    """The work-list: rows of these checks that row-level security shows to the viewer."""
    permissions.check_may_see(viewer)
    return FoundRow.objects.filter(check_of__in=list(checks)).order_by("-on", "student_id", "object_id", "id")


def list_history(checks: Iterable[Check]) -> list[tuple[date, int, int]]:
    """Day by day, newest first: how many things there were to look at, and how many failed."""
    days = CheckDay.objects.filter(check_of__in=list(checks)).values("on").order_by("-on")
    return list(days.annotate(all_checked=Sum("checked"), all_failing=Sum("failing")).values_list(
        "on", "all_checked", "all_failing"
    ))  # fmt: skip


def list_possible_owners(school_id: int | None, *, on: date) -> list[User]:
    """Who may be asked to look after a problem: everybody who watches over the data of the school today."""
    where = Q() if school_id is None else Q(organisation_id__in=roster.list_ancestor_ids(school_id))
    posts = Post.objects.filter(
        where,
        roster.active(on),
        role__permissions__in=["quality.see", "imports.run"],
        staff__user__isnull=False,
    )
    ids = set(posts.values_list("staff__user_id", flat=True))
    return list(User.objects.filter(pk__in=ids, is_active=True).order_by("display_name", "pk"))


@dataclass(frozen=True)
class Line:
    """The worst open problem behind a number, in one sentence, and where to see it."""

    sentence: str
    href: str
    rule: str


def find_worst(*, viewer: Viewer, tables: Iterable[str], organisation_ids: Iterable[int]) -> Line | None:
    """The worst serious problem that is open in these tables at these schools, or in a feed that all of them share.

    The reader of a number may know that it stands on gaps, whoever they are: what is told is a count of schools.
    """
    wanted = set(tables)
    codes = [
        rule.code for rule in catalogue.RULES if rule.severity == rules.HIGH and wanted & set(rule.tables)
    ]
    if not codes:
        return None
    here = Q(school_id__in=list(organisation_ids)) | Q(school_id=None)
    by_rule: dict[str, list[Check]] = defaultdict(list)
    for check in Check.objects.filter(here, rule__in=codes, failing__gt=0):
        by_rule[check.rule].append(check)
    if not by_rule:
        return None
    worst = max(by_rule, key=lambda code: (len({one.school_id for one in by_rule[code]}), -codes.index(code)))
    href = reverse("quality:rule_detail", args=[worst]) if imports.may_see_imports(viewer) else ""
    return Line(sentence(worst, by_rule[worst]), href, worst)


def sentence(code: str, checks: list[Check]) -> str:
    """'2 schools have sent no attendance since March 3.'"""
    if code == "attendance_not_sent":
        return _not_sent(checks)
    title = catalogue.BY_CODE[code].title
    schools = _count_schools(checks)
    if not schools:
        return _("%(problem)s.") % {"problem": title}
    words = ngettext("%(problem)s: %(n)s school.", "%(problem)s: %(n)s schools.", schools)
    return words % {"problem": title, "n": numbers.count(schools)}


def _not_sent(checks: list[Check]) -> str:
    """Schools that went silent, and since when; else schools with days in between that were never sent."""
    silent = [one for one in checks if _is_silent(one)]
    n = _count_schools(silent or checks)
    since = min((one.last_good_on for one in silent if one.last_good_on), default=None)
    if not silent:
        words = ngettext(
            "%(n)s school did not send attendance for some of the last twenty school days.",
            "%(n)s schools did not send attendance for some of the last twenty school days.",
            n,
        )
    elif since is None:
        words = ngettext(
            "%(n)s school has not sent attendance for twenty school days.",
            "%(n)s schools have not sent attendance for twenty school days.",
            n,
        )
    else:
        words = ngettext(
            "%(n)s school has sent no attendance since %(day)s.",
            "%(n)s schools have sent no attendance since %(day)s or later.",
            n,
        )
    day = formats.date_format(since, "DATE_FORMAT") if since else ""
    return words % {"n": numbers.count(n), "day": day}


def _count_schools(checks: Iterable[Check]) -> int:
    return len({one.school_id for one in checks if one.school_id is not None})


def _is_silent(check: Check) -> bool:
    """The last school days are missing, not only one in between."""
    return check.last_good_on is None or (check.last_on is not None and check.last_on > check.last_good_on)
