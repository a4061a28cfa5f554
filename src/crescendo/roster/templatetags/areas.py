"""`{% load areas %}{% why_hidden "similar_schools" as why %}`: '' where the area is shown, else the sentence to show."""

from django import template

from crescendo.roster import areas

register = template.Library()


@register.simple_tag
def why_hidden(code: str) -> str:
    return areas.why_hidden(code)
