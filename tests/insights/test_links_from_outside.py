"""What goes with what, to those who may not see the students: no number from which a small group follows."""

import numpy as np
import pytest

from cast import AT, YEAR, Cast
from crescendo.insights.associations import Link, those_that_differ_by_few
from crescendo.insights.from_outside import kept_back
from crescendo.insights.models import Association
from crescendo.roster.models import Organisation

pytestmark = pytest.mark.django_db


def over(driver: str, kept: np.ndarray) -> Link:
    n = int(kept.sum())
    return Link(driver, "Mathematics", "", kept.size, 0, 0, n, kept=kept)


def test_measures_over_nearly_the_same_students_are_not_told_side_by_side() -> None:
    """Of 60, three handed in no work: both correlations with their numbers would tell of the three."""
    students = np.arange(60)
    everyone, but_three, half = students < 60, students >= 3, students < 30
    found = those_that_differ_by_few(
        [
            over("attendance_rate", everyone),
            over("coursework_completion", but_three),
            over("class_participation", half),
        ]
    )
    assert found == {"coursework_completion"}


def test_the_same_students_may_be_told_twice() -> None:
    everyone = np.ones(40, dtype=bool)
    assert those_that_differ_by_few([over("a", everyone), over("b", everyone)]) == set()


def test_what_is_left_of_several_measures_together_is_not_told_either() -> None:
    """No two of the three differ by few, and all three together tell of five."""
    students = np.arange(60)
    first, second = students < 30, students >= 25
    found = those_that_differ_by_few([over("a", first), over("b", second)])
    assert found == {"b"}, "who is in both are five: 30 and 35 of 60"


def pair(
    place: Organisation, n: int, bins: tuple[int, ...] = (), driver: str = "attendance_rate"
) -> Association:
    return Association.objects.create(
        run_id=1, school_year=YEAR, as_of=AT.date(), organisation=place, driver=driver, subject="Mathematics",
        n_enrolled=n, n_without_driver=0, n_without_score=0, n=n, groups=1, r=0.5, r_lower=0.4, r_upper=0.6,
        bins=[{"n": k, "share": 0.5, "below": k // 2} for k in bins],
        reason="" if n >= 10 else "below_minimum_n",
    )  # fmt: skip


def test_a_small_school_is_not_what_the_district_leaves(cast: Cast) -> None:
    district = pair(cast.organisations["district"], 63)
    lincoln, monroe = pair(cast.lincoln, 60), pair(cast.monroe, 3)
    kept = kept_back(school_year=YEAR, subject="Mathematics")
    assert kept.numbers == {lincoln.pk, monroe.pk}
    assert district.pk not in kept.numbers


def test_a_small_group_of_a_picture_is_not_what_the_district_leaves(cast: Cast) -> None:
    """Monroe draws no picture, for four of its students are in no activity; the district's less Lincoln's would."""
    district = pair(cast.organisations["district"], 100, (34, 66), driver="activity_participation")
    pair(cast.lincoln, 60, (30, 30), driver="activity_participation")
    pair(cast.monroe, 40, driver="activity_participation")
    kept = kept_back(school_year=YEAR, subject="Mathematics")
    assert kept.numbers == frozenset()
    assert kept.pictures == {district.pk}


def test_schools_that_are_large_enough_hide_nothing(cast: Cast) -> None:
    pair(cast.organisations["district"], 120, (60, 60))
    pair(cast.lincoln, 60, (30, 30))
    pair(cast.monroe, 60, (30, 30))
    kept = kept_back(school_year=YEAR, subject="Mathematics")
    assert (kept.numbers, kept.pictures) == (frozenset(), frozenset())
