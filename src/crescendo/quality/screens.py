"""What the pages about data quality show."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.accounts.models import User
from crescendo.core import numbers
from crescendo.core.errors import NotFound
from crescendo.imports import screens as imports
from crescendo.imports import wording
from crescendo.imports.models import Source
from crescendo.roster.models import ExternalId, Organisation, Student
from crescendo.roster.viewer import Viewer

from . import catalogue, permissions, queries, rules
from .catalogue import Rule
from .models import Arrival, Check, FoundRow

DAYS_SHOWN = 14
BADGES = {rules.HIGH: "bad", rules.MEDIUM: "attention", rules.LOW: "plain"}


@dataclass(frozen=True)
class Problem:
    """One rule that does not hold somewhere, all feeds together."""

    rule: Rule
    checked: int
    failing: int
    checks: list[Check]

    @property
    def severity(self) -> str:
        return str(catalogue.SEVERITIES[self.rule.severity])

    @property
    def badge(self) -> str:
        return BADGES[self.rule.severity]

    @property
    def dimension(self) -> str:
        return str(catalogue.DIMENSIONS[self.rule.dimension])

    @property
    def n_schools(self) -> int:
        return len({check.school_id for check in self.checks if check.failing and check.school_id})

    @property
    def since(self) -> date | None:
        return min(
            (check.found_at for check in self.checks if check.failing and check.found_at), default=None
        )


@dataclass(frozen=True)
class SchoolLine:
    """One school: its score, its worst problem and how fresh its facts are. Without a school: of whole feeds."""

    school: Organisation | None
    score: str
    worst: Problem | None
    n_open: int
    arrivals: list[tuple[str, date, str]] = field(default_factory=list)


def describe_schools(*, viewer: Viewer) -> dict[str, Any]:
    checks = list(queries.list_checks(viewer=viewer).select_related("school"))
    by_school: dict[int | None, list[Check]] = defaultdict(list)
    for check in checks:
        by_school[check.school_id].append(check)
    arrivals = _arrivals(permissions.school_ids(viewer), viewer.on)
    places = {check.school_id: check.school for check in checks if check.school_id}
    lines = [_line(place, by_school[pk], arrivals.get(pk, [])) for pk, place in places.items()]
    lines.sort(key=lambda line: line.school.name if line.school else "")
    problems = [one for one in _problems(checks) if one.failing]
    return {
        "lines": lines,
        "problems": problems,
        "looked_at": max((check.looked_at for check in checks), default=None),
        "feeds": imports.list_sources(on=viewer.on) if permissions.may_see_feeds(viewer) else [],
        "weights": [(catalogue.SEVERITIES[code], weight) for code, weight in rules.WEIGHTS.items()],
        "rules": catalogue.RULES,
        "severities": catalogue.SEVERITIES,
    }


def _line(school: Organisation, checks: list[Check], arrivals: list[tuple[str, date, str]]) -> SchoolLine:
    problems = _problems(checks)
    opened = [one for one in problems if one.failing]
    return SchoolLine(school, score_words(problems), opened[0] if opened else None, len(opened), arrivals)


def _problems(checks: Iterable[Check]) -> list[Problem]:
    """The checks of each rule together, the worst first."""
    by_rule: dict[str, list[Check]] = defaultdict(list)
    for check in checks:
        by_rule[check.rule].append(check)
    found = [
        Problem(
            catalogue.BY_CODE[code], sum(one.checked for one in some), sum(one.failing for one in some), some
        )
        for code, some in by_rule.items()
    ]
    return sorted(
        found,
        key=lambda one: (bool(one.failing), rules.badness(one.rule.severity, one.checked, one.failing)),
        reverse=True,
    )


def score_words(problems: Iterable[Problem]) -> str:
    """The score as percent. It never reads 100% while something is open; '' where nothing could be looked at."""
    counts = [rules.Counted(one.rule.severity, one.checked, one.failing) for one in problems]
    value = rules.score(counts)
    if value is None:
        return ""
    if value < 1 and numbers.half_up(value * 100, 1) == 100:
        return _("just under 100%")
    return numbers.percent(value if value < 1 else Fraction(1), 1)


def _arrivals(school_ids: list[int], on: date) -> dict[int, list[tuple[str, date, str]]]:
    """What came last, kind by kind: its words, the day, and the colour."""
    newest: dict[tuple[int, str], date] = {}
    for one in Arrival.objects.filter(school_id__in=school_ids):
        table = "attendance_submissions" if one.table == "school_attendance_counts" else one.table
        newest[one.school_id, table] = max(one.last_on, newest.get((one.school_id, table), one.last_on))
    found: dict[int, list[tuple[str, date, str]]] = defaultdict(list)
    for (school_id, table), day in sorted(newest.items()):
        found[school_id].append((wording.target_words(table), day, wording.freshness(day, on).words))
    return found


@dataclass(frozen=True)
class Asked:
    """Which rule, and at which school; None: everywhere that the viewer looks after."""

    rule: Rule
    school: Organisation | None
    checks: list[Check]

    @property
    def school_id(self) -> int | None:
        return self.school.pk if self.school else None


def read_asked(code: str, school: str, *, viewer: Viewer) -> Asked:
    permissions.check_may_see(viewer)
    rule = catalogue.BY_CODE.get(code)
    if rule is None:
        raise NotFound
    checks = queries.list_checks(viewer=viewer).filter(rule=code).select_related("school", "assignment__to")
    place = None
    if school:
        school_id = int(school) if school.isdecimal() and len(school) < 18 else 0
        permissions.check_may_see_school(viewer, school_id)
        place = Organisation.objects.filter(pk=school_id).first()
        checks = checks.filter(school_id=school_id)
    return Asked(rule, place, list(checks))


def list_rows(asked: Asked, *, viewer: Viewer) -> QuerySet[FoundRow]:
    return queries.list_rows(viewer=viewer, checks=[one for one in asked.checks if one.failing])


def describe_rule(asked: Asked, *, viewer: Viewer) -> dict[str, Any]:
    problems = _problems(asked.checks)
    owners = {
        school_id: queries.list_possible_owners(school_id, on=viewer.on)
        for school_id in {one.school_id for one in asked.checks if one.failing}
    }
    titles = _feed_titles()
    return {
        "asked": asked,
        "rule": asked.rule,
        "problem": problems[0] if problems else None,
        "severity": catalogue.SEVERITIES[asked.rule.severity],
        "badge": BADGES[asked.rule.severity],
        "dimension": catalogue.DIMENSIONS[asked.rule.dimension],
        "weight": rules.WEIGHTS[asked.rule.severity],
        "places": [_place(one, titles, owners) for one in asked.checks if one.failing],
        "history": [
            (day, checked, failing, numbers.percent(Fraction(checked - failing, checked)) if checked else "")
            for day, checked, failing in queries.list_history(asked.checks)[:DAYS_SHOWN]
        ],
        "select": asked.rule.select,
    }


def _feed_titles() -> dict[str, str]:
    return dict(Source.objects.values_list("slug", "title")) | {
        "": str(_("recorded here or not known")), "crescendo": str(_("recorded here"))
    }  # fmt: skip


def _place(check: Check, titles: dict[str, str], owners: dict[int | None, list[User]]) -> dict[str, Any]:
    assignment = getattr(check, "assignment", None)  # read with the checks
    return {
        "check": check,
        "school": check.school,
        "feed": titles.get(check.feed, check.feed),
        "owner": assignment.to if assignment else None,
        "owners": owners[check.school_id],
    }


@dataclass(frozen=True)
class RowLine:
    """One row of the work-list. The name comes through row-level security; elsewhere there are ids alone."""

    row: FoundRow
    school: str
    feed: str
    student: Student | None
    source_id: str
    href: str


def describe_rows(rows: list[FoundRow], asked: Asked) -> list[RowLine]:
    ids = {row.student_id for row in rows if row.student_id}
    students = Student.objects.in_bulk(ids)
    called: dict[tuple[str, int], str] = {
        (one.source, one.object_id): one.external_id
        for one in ExternalId.objects.filter(entity="student", object_id__in=ids).order_by("-pk")
    }
    checks = {check.pk: check for check in asked.checks}
    titles = _feed_titles()
    lines = []
    for row in rows:
        check = checks[row.check_of_id]
        lines.append(
            RowLine(
                row,
                check.school.name if check.school else "",
                titles.get(check.feed, check.feed),
                students.get(row.student_id) if row.student_id else None,
                called.get((check.feed, row.student_id or 0), ""),
                _href(row, asked.rule),
            )
        )
    return lines


def _href(row: FoundRow, rule: Rule) -> str:
    """Where the row can be looked at: of a delivery, its rows that were set aside."""
    if rule.code == "rows_set_aside" and row.object_id:
        return reverse("imports:set_aside_list", args=[row.object_id])
    if rule.code == "ids_unmatched" and row.object_id:
        return reverse("imports:import_detail", args=[row.object_id])
    return ""


def export_rows(asked: Asked, *, viewer: Viewer) -> Iterator[tuple[object, ...]]:
    """Ids and days without names: a list that leaves the product. The last column says what to do."""
    yield (
        _("problem"), _("school"), _("feed"), _("student's id in the feed"), _("student number here"), _("record"),
        _("day"), _("we hold (masked)"), _("what to do at the source"),
    )  # fmt: skip
    for line in describe_rows(list(list_rows(asked, viewer=viewer)), asked):
        row = line.row
        yield (
            str(asked.rule.title), line.school, line.feed, line.source_id, row.student_id or "", row.object_id or "",
            row.on.isoformat() if row.on else "", row.detail, str(asked.rule.fix),
        )  # fmt: skip


def address_of_check(check_id: int) -> str:
    check = Check.objects.filter(pk=check_id).first()
    if check is None:
        return ""
    where = f"?school={check.school_id}" if check.school_id else ""
    return reverse("quality:rule_detail", args=[check.rule]) + where
