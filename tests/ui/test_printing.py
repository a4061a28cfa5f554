"""Numbers and changes as a person reads them."""

import pytest
from django.utils import translation

from crescendo.ui import printing, reasons, terms


def test_a_missing_number_is_a_dash_and_not_a_zero() -> None:
    assert [printing.percent(None), printing.decimal(None), printing.count(None)] == ["–", "–", "–"]
    assert printing.percent(0.0) == "0.0%"


def test_a_share_that_ends_on_five_is_printed_half_up() -> None:
    assert printing.percent(0.9345) == "93.5%"
    assert printing.number(2.675, "decimal", 2) == "2.68"


def test_an_unknown_kind_of_number_is_refused() -> None:
    with pytest.raises(ValueError, match="percent, decimal or count"):
        printing.number(0.5, "share")


@pytest.mark.parametrize(
    ("difference", "better", "words", "kind"),
    [
        (0.012, "up", "Up 1.2 points since last year", "better"),
        (0.012, "down", "Up 1.2 points since last year", "worse"),
        (-0.012, "down", "Down 1.2 points since last year", "better"),
        (-0.012, "", "Down 1.2 points since last year", "neutral"),
        (0.0004, "up", "About the same since last year", "same"),
        (0.0005, "up", "Up 0.1 points since last year", "better"),
    ],
)
def test_a_change_says_which_way_and_whether_that_is_good(
    difference: float, better: str, words: str, kind: str
) -> None:
    assert printing.change(difference, since="last year", better=better) == printing.Change(words, kind)


def test_a_change_of_people_is_a_count() -> None:
    assert printing.change(-31, kind="count").words == "Down 31"
    assert printing.change(None) is None


def test_a_reason_without_words_is_shown_and_not_hidden() -> None:
    assert reasons.not_evaluated("too_few_days") == "Not evaluated: too few days to say"
    assert reasons.not_evaluated("comet_in_the_sky") == "Not evaluated: comet in the sky"


def test_every_term_pack_has_every_term() -> None:
    names = set(terms.PACKS["en-us"])
    assert {pack: set(words) for pack, words in terms.PACKS.items()} == dict.fromkeys(terms.PACKS, names)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en-us", "1 student, 1,204 students"),
        ("en-gb", "1 pupil, 1,204 pupils"),
        ("es", "1 estudiante, 1\xa0204 estudiantes"),
    ],
)
def test_the_language_turns_the_terms(language: str, said: str) -> None:
    with translation.override(language):
        assert f"{terms.counted('student', 1)}, {terms.counted('student', 1204)}" == said


def test_a_term_nobody_defined_is_refused() -> None:
    with pytest.raises(KeyError, match="No term 'wizard'"):
        terms.word("wizard")
