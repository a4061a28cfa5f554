"""What insights writes: what goes with what, computed anew after each measurement."""

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
from django.db import transaction

from crescendo.indicators.models import MeasurementRun
from crescendo.roster.models import Organisation

from . import reading
from .associations import Correlation, Link, link, those_that_differ_by_few
from .models import Association
from .rules import DRIVERS


def publish_associations(run: MeasurementRun) -> int:
    """Compute every pair for every school and what stands above it, and put them in place of the school year's.

    Called by the worker when a measurement is published. Readers see the old pairs or the new. Says how many.
    """
    facts = reading.read(run)
    rows = list(_rows(run, facts))
    with transaction.atomic():
        Association.objects.filter(school_year=run.school_year).delete()
        Association.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _rows(run: MeasurementRun, facts: reading.Facts) -> Iterator[Association]:
    for organisation_id, schools in _places(facts):
        here = np.isin(facts.school, schools)
        student, school = facts.student[here], facts.school[here]
        for scores in facts.scores:
            found = [
                link(
                    driver.code,
                    facts.values[driver.code],
                    scores,
                    student,
                    school,
                    is_yes_or_no=driver.is_yes_or_no,
                )
                for driver in DRIVERS
            ]
            nearly_the_same = those_that_differ_by_few(found)
            for one in found:
                yield _row(run, organisation_id, one, differs_by_few=one.driver in nearly_the_same)


def _places(facts: reading.Facts) -> Iterator[tuple[int, list[int]]]:
    """Each school with students, and each organisation above with all its schools."""
    parents = dict(Organisation.objects.order_by("id").values_list("pk", "parent_id"))
    schools = [int(pk) for pk in np.unique(facts.school)]
    below: dict[int, list[int]] = {pk: [pk] for pk in schools}
    for school in schools:
        above, steps = parents.get(school), 0
        while above is not None and steps < len(parents):
            below.setdefault(above, []).append(school)
            above, steps = parents.get(above), steps + 1
    yield from below.items()


def _row(run: MeasurementRun, organisation_id: int, found: Link, *, differs_by_few: bool) -> Association:
    straight, ranked = _numbers(found.pearson), _numbers(found.spearman)
    return Association(
        run_id=run.pk,
        school_year=run.school_year,
        as_of=run.as_of,
        organisation_id=organisation_id,
        driver=found.driver,
        subject=found.subject,
        family=found.family,
        n_enrolled=found.n_enrolled,
        n_without_driver=found.n_without_driver,
        n_without_score=found.n_without_score,
        n=found.n,
        groups=found.groups,
        r=straight[0],
        r_lower=straight[1],
        r_upper=straight[2],
        rho=ranked[0],
        rho_lower=ranked[1],
        rho_upper=ranked[2],
        quarter=found.quarter,
        three_quarters=found.three_quarters,
        bins=[asdict(one) for one in found.bins],
        reason=found.reason,
        differs_by_few=differs_by_few,
    )


def _numbers(found: Correlation | None) -> tuple[float | None, float | None, float | None]:
    return (found.value, found.lower, found.upper) if found else (None, None, None)
