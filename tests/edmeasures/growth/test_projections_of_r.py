"""Trajectories and targets beside R: quantreg's simplex and splines::bs, by the steps of SGP (references/projections.R)."""

import json
from pathlib import Path

import numpy as np
import pytest
from hard_cohorts import cohort

from edmeasures.growth import growth_percentiles, growth_targets, knots_of, project
from edmeasures.growth.projections import GrowthTargets, Trajectories, adequate_growth

STORED = json.loads((Path(__file__).parent / "references" / "projections.json").read_text(encoding="utf-8"))
ROUNDED = 1.5e-5  # both sides are rounded to five decimals


@pytest.fixture(scope="module")
def paths() -> Trajectories:
    """The cohort of the script: grades 3, 4, 5; projected from grade 3 over two years."""
    score, priors = cohort(150, priors=2, seed=12)
    third, fourth = priors[:, 1], priors[:, 0]
    one = growth_percentiles(fourth, third[:, None]).matrix
    two = growth_percentiles(score, priors, knots=[knots_of(fourth), knots_of(third)]).matrix
    bounds = [(float(s.min()), float(s.max())) for s in (fourth, score)]
    return project(third[:, None], [one, two], bounds=bounds)


@pytest.mark.parametrize(("year", "grade"), [(0, "grade_4"), (1, "grade_5")])
def test_trajectories_are_those_of_r(paths: Trajectories, year: int, grade: str) -> None:
    students = [s["student"] for s in STORED["students"]]
    found = paths.value[students][:, STORED["percentiles"], year]
    assert np.abs(found - np.array([s[grade] for s in STORED["students"]])).max() < ROUNDED


def test_targets_and_adequate_growth_are_those_of_r(paths: Trajectories) -> None:
    students = [s["student"] for s in STORED["students"]]
    targets = growth_targets(paths, STORED["cuts"]).value[students]
    stored = np.array([s["targets"] for s in STORED["students"]])
    assert np.array_equal(targets, stored)
    behind = np.arange(len(students)) % 2 == 0
    found = adequate_growth(
        np.full(len(students), 50), GrowthTargets(targets, len(targets)), below_cut_now=behind
    )
    assert found.value.tolist() == [
        (min(t) if b else max(t)) <= 50 for t, b in zip(stored.tolist(), behind, strict=True)
    ]
