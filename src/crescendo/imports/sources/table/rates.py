"""How many of a column's ids we know, and whose ids they are: told before anything is saved."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from crescendo.roster.models import ExternalId, Student

from .matching import BY_NUMBER

MOST_IDS = 5_000  # different ids that a page looks up; the import looks up every one
UNKNOWN_SHOWN = 20
FLOOR = 0.5  # as `unmatched_limit` of a pass: a file most of whose students nobody knows is refused


@dataclass(frozen=True)
class Match:
    """Of the different ids of a column, how many a source knows; and the first of those it does not."""

    source: str
    ids: int
    known: int
    unknown: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        return self.known / self.ids if self.ids else 0.0

    @property
    def is_enough(self) -> bool:
        return self.share >= FLOOR


def match_students(values: Iterable[str]) -> list[Match]:
    """Each source that knows some of these ids of students, the one that knows most first."""
    ids = _different(values)
    by_source = _sources_of("student", ids)
    numbered = Student.objects.filter(identifier__in=ids, ended_on__isnull=True).order_by()
    # A number of two students names neither.
    once = numbered.values("identifier").annotate(n=Count("pk")).filter(n=1)
    if found := set(once.values_list("identifier", flat=True)):
        by_source[BY_NUMBER] = found
    return _matches(ids, by_source)


def match_schools(values: Iterable[str]) -> list[Match]:
    """The same of ids of schools."""
    ids = _different(values)
    return _matches(ids, _sources_of("org", ids))


def _different(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values if value and value.strip()))[:MOST_IDS]


def _sources_of(entity: str, ids: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    held = ExternalId.objects.filter(entity=entity, external_id__in=ids).order_by()
    for source, external_id in held.values_list("source", "external_id"):
        found[source].add(external_id)
    return found


def _matches(ids: list[str], by_source: dict[str, set[str]]) -> list[Match]:
    matches = [
        Match(source, len(ids), len(known), tuple(one for one in ids if one not in known)[:UNKNOWN_SHOWN])
        for source, known in by_source.items()
    ]
    # Of two that know as many, an id says more than the number people know somebody by.
    return sorted(matches, key=lambda one: (-one.known, one.source == BY_NUMBER, one.source))


__all__ = ["FLOOR", "Match", "match_schools", "match_students"]
