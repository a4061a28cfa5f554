"""`{% explain_href number %}`: where a number is explained. `{% explained number %}`: the value, leading there.

A page of any app to the right links every number it prints with these, so that nobody has to guess where it came from.
"""

from functools import lru_cache

from django import template
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crescendo.indicators import printed
from crescendo.indicators.numbers import Number
from crescendo.insights import addresses
from crescendo.ui import reasons

register = template.Library()


@register.simple_tag
def explain_href(number: Number) -> str:
    """The address of the page that explains this number."""
    return addresses.of_number(number)


@register.simple_tag
def explained(number: Number) -> SafeString:
    """The value as it is printed everywhere, or why there is none; either leads to its explanation."""
    if number.student_id is not None:
        return _markup(number)
    return _of_place(number, get_language(), get_script_prefix())


@lru_cache(
    maxsize=8192
)  # the same numbers of the same schools stand on the pages of everybody; none of a student
def _of_place(number: Number, _language: str | None, _prefix: str) -> SafeString:
    return _markup(number)


def _markup(number: Number) -> SafeString:
    has_value = number.is_evaluated or number.shown
    words = printed.value_of(number) if has_value else reasons.not_evaluated(number.reason)
    return format_html(
        '<a class="explained{}" href="{}">{}<span class="visually-hidden"> ({})</span></a>',
        "" if has_value else " soft",
        addresses.of_number(number),
        words,
        _("explain this number"),
    )
