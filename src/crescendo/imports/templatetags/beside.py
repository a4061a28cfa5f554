"""`{% beside_imports as pages %}`: the pages of other apps that the reader of imports may open."""

from django import template
from django.template import Context
from django.urls import reverse

from crescendo.imports import beside

register = template.Library()


@register.simple_tag(takes_context=True)
def beside_imports(context: Context) -> list[tuple[str, str]]:
    """Address and label of each."""
    return [
        (reverse(one.url_name), str(one.label)) for one in beside.list_neighbours(context["request"].viewer)
    ]
