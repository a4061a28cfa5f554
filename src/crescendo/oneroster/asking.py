"""What a request asks for: a page, a filter, a sort order, a selection of fields. Wrong words are 400 with the standard's code."""

import re
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from . import entities as e

MOST = 10_000  # more is answered with a page of this many
USUAL = 100
LONGEST = 2000
_CLAUSE = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.]*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^'])*)'\s*")
OPERATORS = {"=": "=", "!=": "<>", ">": ">", ">=": ">=", "<": "<", "<=": "<="}


class Wrong(Exception):
    """A request that cannot be answered: its status, the standard's code, a sentence."""

    def __init__(self, status: int, code: str, words: str, **headers: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words = status, code, words
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True)
class Clause:
    name: str
    operator: str
    value: str


@dataclass(frozen=True)
class Asked:
    """One request's wishes, each of them known to be possible."""

    limit: int = USUAL
    offset: int = 0
    clauses: tuple[Clause, ...] = ()
    joined_by: str = "AND"
    sort: str = ""
    is_descending: bool = False
    fields: frozenset[str] | None = None


COMMON = ("sourcedId", "status", "dateLastModified")


def known(entity: e.Entity, version: str) -> set[str]:
    """What may be filtered by."""
    names = {*COMMON, *(one.name for one in entity.fields_of(version))}
    return names | {"role"} if entity is e.USERS else names


def _sortable(entity: e.Entity, version: str) -> set[str]:
    return known(entity, version) - ({"role"} if entity is e.USERS else set())


def selectable(entity: e.Entity, version: str) -> set[str]:
    """What may be selected."""
    more = {"roles", "primaryOrg", "grades", "agents", "orgs"} if entity is e.USERS else set()
    return known(entity, version) | more


def read(said: QueryDict, entity: e.Entity, version: str) -> Asked:
    """The wishes of an address's query."""
    clauses, joined_by = _filter(_one(said, "filter"), known(entity, version))
    sort = _one(said, "sort")
    if sort and sort not in _sortable(entity, version):
        raise Wrong(400, "invalid_sort_field", _("'%(name)s' is no field to sort by.") % {"name": sort[:80]})
    order = _one(said, "orderBy") or "asc"
    if order not in {"asc", "desc"}:
        raise Wrong(400, "invaliddata", _("'orderBy' is 'asc' or 'desc'."))
    return Asked(
        min(_number(said, "limit", USUAL, 1), MOST), _number(said, "offset", 0, 0), clauses, joined_by, sort,
        order == "desc", _fields(_one(said, "fields"), entity, version),
    )  # fmt: skip


def _one(said: QueryDict, name: str) -> str:
    values = said.getlist(name)
    if len(values) > 1 or any(len(value) > LONGEST for value in values):
        raise Wrong(400, "invaliddata", _("Send '%(name)s' once, and not so long.") % {"name": name})
    return values[0] if values else ""


def _number(said: QueryDict, name: str, usual: int, least: int) -> int:
    text = _one(said, name)
    if not said.getlist(name):
        return usual
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < least:
        raise Wrong(
            400, "invaliddata",
            _("'%(name)s' is a whole number from %(least)s to 999999999.") % {"name": name, "least": least},
        )  # fmt: skip
    return int(text)


def _filter(text: str, names: set[str]) -> tuple[tuple[Clause, ...], str]:
    if not text:
        return (), "AND"
    found, joined_by, rest = [], "AND", text
    while rest:
        match = _CLAUSE.match(rest)
        if match is None or len(found) == 2:
            raise _bad_filter(_("Write at most two of field='value', with AND or OR between them."))
        found.append(Clause(*match.groups()))
        rest = rest[match.end() :]
        if rest:
            joint = re.match(r"(AND|OR)\s", rest)
            if joint is None:
                raise _bad_filter(_("Write at most two of field='value', with AND or OR between them."))
            joined_by, rest = joint.group(1), rest[joint.end() :]
            if not rest:
                raise _bad_filter(_("Something stands after the AND or OR."))
    for clause in found:
        if clause.name.removesuffix(".sourcedId") not in names:
            raise _bad_filter(_("'%(name)s' is no field to filter by.") % {"name": clause.name[:80]})
    return tuple(found), joined_by


def _bad_filter(words: str) -> Wrong:
    return Wrong(400, "invalid_filter_field", words)


def _fields(text: str, entity: e.Entity, version: str) -> frozenset[str] | None:
    if not text:
        return None
    may = selectable(entity, version)
    wanted = [name.strip() for name in text.split(",")]
    if unknown := [name for name in wanted if name not in may]:
        raise Wrong(
            400, "invalid_selection_field", _("'%(name)s' is no field to select.") % {"name": unknown[0][:80]}
        )
    return frozenset(wanted)


__all__ = ["COMMON", "Asked", "Clause", "Wrong", "read"]
