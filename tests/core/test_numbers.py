"""Numbers as people read them: half-up, from the unrounded value."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from crescendo.core import numbers


@pytest.mark.parametrize(
    ("value", "digits", "printed"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.285, 2, "0.29"),
        (1.005, 2, "1.01"),
        (2.675, 2, "2.68"),
        (0.1 + 0.2, 1, "0.3"),
        (-0.004, 2, "0.00"),
        (Decimal("0.125"), 2, "0.13"),
        (Fraction(1, 3), 4, "0.3333"),
        (Fraction(2, 3), 4, "0.6667"),
        (1e16, 0, "10000000000000000"),
        (123456789012345678901234567890, 1, "123456789012345678901234567890.0"),
    ],
)
def test_a_tie_goes_away_from_zero(value, digits, printed):
    assert f"{numbers.half_up(value, digits):f}" == printed


@given(whole=st.integers(-(10**9), 10**9), digits=st.integers(0, 6))
def test_every_tie_goes_away_from_zero(whole, digits):
    tie = Fraction(2 * whole + 1, 2 * 10**digits)
    away = whole + 1 if whole >= 0 else whole
    assert numbers.half_up(tie, digits) == Decimal(away).scaleb(-digits)


@given(value=st.fractions(-(10**9), 10**9), digits=st.integers(0, 6))
def test_what_is_printed_is_at_most_half_a_step_away(value, digits):
    printed = Fraction(numbers.half_up(value, digits))
    assert abs(printed - value) <= Fraction(1, 2 * 10**digits)
    assert (printed * 10**digits).denominator == 1


@given(part=st.integers(0, 10**7), rest=st.integers(1, 10**7))
def test_a_share_of_counts_prints_as_long_division_does(part, rest):
    whole = part + rest
    tenths, remainder = divmod(part * 1000, whole)
    expected = tenths + (2 * remainder >= whole)
    assert numbers.half_up(numbers.share(part, whole) * 100, 1) == Decimal(expected).scaleb(-1)


@given(value=st.floats(-1e12, 1e12), digits=st.integers(0, 4))
def test_a_number_printed_once_does_not_change_when_printed_again(value, digits):
    once = numbers.half_up(value, digits)
    assert numbers.half_up(once, digits) == once
    assert numbers.half_up(-value, digits) == -once


def test_numbers_are_written_in_the_readers_language():
    with translation.override("en-us"):
        assert (numbers.percent(0.9345), numbers.count(12345), numbers.decimal(1234.5, 2)) == (
            "93.5%",
            "12,345",
            "1,234.50",
        )
    with translation.override("es"):
        assert numbers.decimal(1234.5, 2).endswith("234,50")


@pytest.mark.parametrize(
    ("share", "digits", "printed"), [(0.0, 1, "0.0%"), (1, 0, "100%"), (0.00049, 1, "0.0%")]
)
def test_a_share_prints_as_percent(share, digits, printed):
    assert numbers.percent(share, digits) == printed


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_not_printed(value):
    with pytest.raises(ValueError, match="Say why there is none"):
        numbers.decimal(value)


def test_a_share_of_nothing_is_not_evaluated():
    with pytest.raises(ValueError, match="A share of nothing"):
        numbers.share(0, 0)


def test_a_missing_value_is_not_a_zero():
    with pytest.raises(TypeError):
        numbers.percent(None)
