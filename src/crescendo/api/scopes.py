"""What a client may be allowed, as short words; the OneRoster standard writes them as addresses."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ATTENDANCE, SCORES, ACTIVITY = "intake.attendance", "intake.scores", "intake.activity"
STATEMENTS = "intake.statements"
CORE, ROSTER, DEMOGRAPHICS = "roster-core.readonly", "roster.readonly", "roster-demographics.readonly"
GRADES_CORE, GRADES, PUT, DELETE = (
    "gradebook-core.readonly", "gradebook.readonly", "gradebook.createput", "gradebook.delete",
)  # fmt: skip

SCOPES: dict[str, Promise] = {
    CORE: _("Read schools, terms, courses, classes, people and who is in which class"),
    ROSTER: _("Read the same also by school, class, student and teacher"),
    DEMOGRAPHICS: _("Read birth dates and demographics"),
    GRADES_CORE: _("Read categories, line items and results"),
    GRADES: _("Read the same also by class and student"),
    PUT: _("Write line items and results"),
    DELETE: _("Take back line items and results that it wrote"),
    ATTENDANCE: _("Send attendance"),
    SCORES: _("Send scores"),
    ACTIVITY: _("Send activity"),
    STATEMENTS: _("Send statements (xAPI), and read back its own"),
}
INTAKE = (ATTENDANCE, SCORES, ACTIVITY)
# Who holds the key of the set may do with it what its part allows.
CONTAINS = {ROSTER: {CORE}, GRADES: {GRADES_CORE}}

ADDRESS = "https://purl.imsglobal.org/spec/or/{}/scope/"
ADDRESSES = tuple(ADDRESS.format(version) for version in ("v1p2", "v1p1"))


def short(scope: str) -> str:
    """A scope as we keep it, from the address by which either version of OneRoster names it.

    >>> short("https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly")
    'roster.readonly'
    """
    for address in ADDRESSES:
        scope = scope.removeprefix(address)
    return scope


def long(scope: str) -> str:
    """As the standard writes it; ours stay as they are."""
    return scope if scope in (*INTAKE, STATEMENTS) else ADDRESSES[0] + scope


def granted(asked: str, held: Iterable[str]) -> list[str]:
    """Of what was asked, what the client holds, as it was asked; without asking, all that it holds.

    >>> granted("", ["roster.readonly"])
    ['https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly']
    >>> granted("roster.readonly gradebook.delete", ["roster.readonly"])
    ['roster.readonly']
    """
    held = list(held)
    if not asked.split():
        return [long(scope) for scope in held]
    reach = covered(held)
    return [scope for scope in dict.fromkeys(asked.split()) if short(scope) in reach]


def covered(scopes: Iterable[str]) -> set[str]:
    """These scopes, and the parts that they contain."""
    found = set(scopes)
    return found.union(*(CONTAINS.get(scope, set()) for scope in found))
