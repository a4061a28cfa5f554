"""What of a link is kept from those who may not see the students: numbers that, beside others, would tell of a few.

A small school's number of students follows from its district's less the other schools'. So does a small group of a picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crescendo.roster.models import Organisation
from edmeasures.disclosure import suppress_places

from .associations import FEWEST
from .models import Association

FIELDS = ("pk", "driver", "organisation_id", "n", "bins", "reason", "differs_by_few")
Parents = Mapping[int, int | None]


@dataclass(frozen=True)
class Kept:
    """Pairs whose numbers, and pairs whose picture, are for those who may see the students: by id."""

    numbers: frozenset[int] = frozenset()
    pictures: frozenset[int] = frozenset()


def kept_back(*, school_year: int, subject: str) -> Kept:
    """Of every place, decided together, so that two pages can never be subtracted from each other."""
    rows = Association.objects.filter(school_year=school_year, subject=subject).only(*FIELDS)
    by_driver: dict[str, list[Association]] = {}
    for row in rows.order_by("id"):
        by_driver.setdefault(row.driver, []).append(row)
    parents = dict(Organisation.objects.order_by("id").values_list("pk", "parent_id"))
    numbers: set[int] = set()
    pictures: set[int] = set()
    for found in by_driver.values():
        hidden = suppress_places({row.organisation_id: row.n for row in found}, parents, minimum=FEWEST)
        kept = {row.pk for row in found if hidden[row.organisation_id] or row.differs_by_few}
        numbers |= kept
        pictures |= kept | _pictures(found, parents, kept)
    return Kept(frozenset(numbers), frozenset(pictures))


def _pictures(rows: Sequence[Association], parents: Parents, without_numbers: set[int]) -> set[int]:
    """Pictures of places above others that, less the pictures below, leave a group of fewer than ten."""
    below: dict[int | None, list[Association]] = {}
    for row in rows:
        above = parents.get(row.organisation_id)
        while above is not None:
            below.setdefault(above, []).append(row)
            above = parents.get(above)
    kept = set()
    for whole in rows:
        under = below.get(whole.organisation_id, [])
        schools = [row for row in under if row.organisation_id not in below]
        next_below = [row for row in under if parents.get(row.organisation_id) == whole.organisation_id]
        if any(_leaves_few(whole, parts, without_numbers) for parts in (schools, next_below)):
            kept.add(whole.pk)
    return kept


def _leaves_few(whole: Association, parts: Sequence[Association], without_numbers: set[int]) -> bool:
    """Whether a group of the whole's picture, less those drawn of its parts, comes to fewer than ten students."""
    drawn = [row.bins for row in parts if len(row.bins) == len(whole.bins) and row.pk not in without_numbers]
    rests = [one["n"] - sum(bins[j]["n"] for bins in drawn) for j, one in enumerate(whole.bins)]
    return any(0 < rest < FEWEST for rest in rests)
