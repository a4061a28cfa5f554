"""Two filters that differ by a few students are not both answered."""

import numpy as np
import pytest

from edmeasures.disclosure import check_filter

STUDENTS = np.arange(100)


def test_too_few_and_nobody() -> None:
    assert check_filter(STUDENTS < 9).reason == "too_few"
    assert check_filter(STUDENTS < 10).is_allowed
    assert check_filter(STUDENTS < 0).is_allowed


def test_all_but_a_few_tells_of_the_few() -> None:
    found = check_filter(STUDENTS < 95)
    assert (found.reason, found.against, found.n_exposed) == ("difference", (-1,), 5)


@pytest.mark.parametrize(("first", "second"), [(60, 55), (55, 60)])
def test_a_filter_a_little_narrower_or_wider_is_refused(first: int, second: int) -> None:
    narrower, wider = np.less(STUDENTS, first), np.less(STUDENTS, second)
    found = check_filter(wider, [STUDENTS < 30, narrower])
    assert (found.reason, found.against, found.n_exposed) == ("difference", (1,), 5)


def test_filters_that_overlap_tell_nothing_by_themselves() -> None:
    """Forty girls, thirty in the programme, five of them both: neither count tells the five."""
    girls, programme = STUDENTS < 40, (STUDENTS >= 35) & (STUDENTS < 65)
    assert check_filter(programme, [girls]).is_allowed


def test_several_answers_together_tell_of_a_few() -> None:
    """Girls, programme, and girls or programme: 40 + 30 - 65 = 5."""
    girls, programme = STUDENTS < 40, (STUDENTS >= 35) & (STUDENTS < 65)
    found = check_filter(girls | programme, [girls, programme])
    assert (found.reason, found.n_exposed) == ("combination", 5)


def test_the_same_filter_again_tells_nothing_new() -> None:
    assert check_filter(STUDENTS < 40, [STUDENTS < 40]).is_allowed


def test_filters_of_other_students_are_refused() -> None:
    with pytest.raises(ValueError, match="same students"):
        check_filter(STUDENTS < 40, [np.ones(3, dtype=bool)])


def test_a_curious_analyst_with_ten_questions_never_isolates_a_few() -> None:
    """Who narrows, widens, turns round and joins filters around one family of four gets no answer that tells of them."""
    rng = np.random.default_rng(3)
    target = STUDENTS < 4
    traits = [rng.random(100) < 0.5 for _ in range(4)]
    wishes = [
        ~target,
        target | traits[0],
        traits[0] & ~target,
        traits[0],
        traits[1] | target,
        traits[1] & ~target,
    ]
    wishes += [traits[2] ^ target, traits[2], ~(traits[2] | target), traits[3] | target]
    answered: list[np.ndarray] = []
    for wish in wishes:
        if check_filter(wish, answered).is_allowed:
            answered.append(wish)
    assert 2 <= len(answered) < len(wishes)
    # Equations alone, another way than the guard's: the target's size is no sum of answers and of everyone.
    known = np.array([np.ones(100, dtype=bool), *answered]).astype(float)
    assert np.linalg.matrix_rank(np.vstack([known, target.astype(float)])) > np.linalg.matrix_rank(known)
    for part in np.unique(known, axis=1).T:
        few = (part == known.T).all(axis=1)
        if few.sum() < 10:
            assert np.linalg.matrix_rank(np.vstack([known, few.astype(float)])) > np.linalg.matrix_rank(known)
