"""`{% number_words number %}`, `{% counted_from number %}`, `{{ number|part_of_number }}`, `{{ number|whole_of_number }}`."""

from django import template

from crescendo.indicators import printed
from crescendo.indicators.numbers import Number
from crescendo.ui import printing

register = template.Library()
register.simple_tag(printed.value_of, name="number_words")
register.simple_tag(printed.counted_from, name="counted_from")


@register.filter
def part_of_number(number: Number) -> str:
    """The numerator, whole where it is whole; a dash where there is none."""
    return printing.NO_VALUE if number.numerator is None else printed.part(number.numerator)


@register.filter
def whole_of_number(number: Number) -> str:
    """The denominator, likewise."""
    return printing.NO_VALUE if number.denominator is None else printed.part(number.denominator)
