"""The test scores of a school or district, as averages: the same students at the start and at each later sitting.

Compared are students of the place, tested at it both times. PostgreSQL makes the averages (`plans_test_gains`), so that
every member of staff who may read the school's numbers reads the same one, also who sees the students of one class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from crescendo.core import school_time
from crescendo.roster.viewer import Viewer

from . import scores


@dataclass(frozen=True)
class Start:
    """The first sitting: its last day, how many took it and their average. Both None where too few for this viewer."""

    on: date
    n: int | None
    mean: float | None


@dataclass(frozen=True)
class PlaceScores:
    """The start and what came later; a later sitting of which too little may be said has no value."""

    start: Start
    later: tuple[scores.Compared, ...]


@dataclass(frozen=True)
class _Day(scores.TestDay):
    assessment_id: int


def list_tests_taken(*, viewer: Viewer, place_id: int) -> set[int]:
    """The tests of which this place has scores since a year ago."""
    since = viewer.on - scores.OLDEST_BASELINE
    return {row[0] for row in _rows(viewer, place_id, since)}


def read(
    *,
    viewer: Viewer,
    place_id: int,
    scales: dict[int, tuple[object, ...]],
    begins_on: date,
    baseline: float | None = None,
) -> PlaceScores | None:
    """Where the place stood and what the same students gained since; None while no score has come in.

    `scales` says of each test of the goal what it may be compared with; `baseline` is what the goal has kept.
    """
    since = begins_on - scores.OLDEST_BASELINE
    rows = _rows(viewer, place_id, since)
    days = [_Day(on, scales[test], n, test) for test, on, n in rows if test in scales]
    first = scores.first_group(days, begins_on)
    later = scores.later_groups(days, begins_on, first[0].scale if first else None)
    if not first and later:
        first, later = later[0], later[1:]
    if not first:
        return None
    return _averages(viewer, place_id, [first, *later], since, baseline)


def _rows(viewer: Viewer, place_id: int, since: date) -> list[tuple[int, date, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT assessment_id, tested_on, n FROM plans_test_days(%s, %s::smallint[], %s, %s) "
            "WHERE crescendo_looks_as(%s, %s)",
            [place_id, _years(viewer, since), since, viewer.on, viewer.user_id, viewer.on],
        )
        return cursor.fetchall()


def _years(viewer: Viewer, since: date) -> list[int]:
    return list(range(school_time.school_year_of(since), school_time.school_year_of(viewer.on) + 1))


def _averages(
    viewer: Viewer, place_id: int, sittings: Sequence[Sequence[_Day]], since: date, baseline: float | None
) -> PlaceScores:
    tests = sorted({day.assessment_id for sitting in sittings for day in sitting})
    ends = [max(day.on for day in sitting) for sitting in sittings]
    begins = [min(day.on for day in sitting) for sitting in sittings]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sitting, n_tested, mean, n_both, gain "
            "FROM plans_test_gains(%s, %s::smallint[], %s, %s::date[], %s::date[]) WHERE crescendo_looks_as(%s, %s)",
            [place_id, _years(viewer, since), tests, begins, ends, viewer.user_id, viewer.on],
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    n, mean, _n_both, _gain = found.get(1, (None, None, None, None))
    start = Start(ends[0], n, mean)
    if mean is None or n is None:
        return PlaceScores(start, ())
    from_where = mean if baseline is None else baseline
    later = []
    for number, on in enumerate(ends[1:], start=2):
        _n, _mean, n_both, gain = found.get(number, (None, None, None, None))
        later.append(scores.gained(on, from_where, gain, n_both or 0, n))
    return PlaceScores(start, tuple(later))
