"""`{% number_words number %}` and `{% counted_from number %}` for a published number."""

from django import template
from django.utils.translation import gettext as _

from crescendo.indicators.numbers import Number
from crescendo.pages import words
from crescendo.ui import printing

register = template.Library()


@register.simple_tag
def number_words(number: Number) -> str:
    """The value as it is printed everywhere."""
    return words.value_of(number)


@register.simple_tag
def counted_from(number: Number) -> str:
    """'141 of 152: days attended of days of membership'."""
    whole = float(number.numerator or 0).is_integer()
    return _("%(part)s of %(all)s") % {
        "part": printing.decimal(number.numerator, 0 if whole else 1),
        "all": printing.decimal(number.denominator, 0 if float(number.denominator or 0).is_integer() else 1),
    }
