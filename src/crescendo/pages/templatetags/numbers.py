"""`{% number_words number %}` and `{% counted_from number %}`: as every app prints a published number."""

from django import template

from crescendo.indicators import printed
from crescendo.pages import words

register = template.Library()
register.simple_tag(words.own_title, name="own_title")
register.simple_tag(printed.value_of, name="number_words")
register.simple_tag(printed.counted_from, name="counted_from")
register.simple_tag(printed.beside, name="beside")
