"""Last year as it stood on the same day: what this year's numbers are compared with.

A part of a year beside a whole one misleads wherever days add up (absences, streaks, courses not passed). So every
measurement measures last year a second time, with only the facts that were known by the same day, and keeps the
organisations' numbers of it.
"""

import hashlib
import json

from django.db.models.functions import Now

from crescendo.indicators import evaluation, publication
from crescendo.indicators.models import CountingRules, MeasurementRun
from crescendo.indicators.rules import same_day_last_year
from crescendo.indicators.snapshot import WHOLE, Snapshot
from crescendo.indicators.timing import Phases


def measure_same_time(run: MeasurementRun, taken: Snapshot, phases: Phases) -> MeasurementRun | None:
    """Last year's numbers as of the same day. Measured once a day at most: old facts seldom change. None: no facts."""
    year, day = run.school_year - 1, same_day_last_year(run.as_of, run.school_year)
    if day is None or not any(
        p.dataset == "enrolments" and p.school_year == year and p.rows for p in taken.parts
    ):
        return None
    fingerprint = _fingerprint(taken, year, run.library_version)
    kept = MeasurementRun.objects.filter(
        kind=MeasurementRun.Kind.SAME_TIME,
        school_year=year,
        as_of=day,
        state=MeasurementRun.State.PUBLISHED,
        results_dropped_at=None,
        counts__fingerprint=fingerprint,
    )
    if found := kept.order_by("-pk").first():
        return found
    earlier = MeasurementRun.objects.create(
        kind=MeasurementRun.Kind.SAME_TIME,
        school_year=year,
        as_of=day,
        by=run.by,
        started_at=Now(),
        library_version=run.library_version,
        snapshot_id=taken.id,
        counts={"fingerprint": fingerprint},
    )
    evaluated = evaluation.evaluate_snapshot(
        taken, school_year=year, as_of=day, phases=phases, by_groups=False
    )
    publication.publish_organisations(earlier.pk, evaluated, phases=phases)
    return earlier


def _fingerprint(taken: Snapshot, year: int, library_version: str) -> str:
    """Equal fingerprints mean equal numbers: the same files, counting rules and library."""
    rules = CountingRules.objects.order_by("indicator", "position", "rule_pack")
    made_of = [
        library_version,
        list(rules.values_list("indicator", "rule_pack")),
        sorted((p.dataset, p.content_hash) for p in taken.parts if p.school_year in (year, WHOLE)),
    ]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
