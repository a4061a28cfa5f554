"""The template tags, by subject. `crescendo.ui.templatetags.ui` gathers them; templates need no `{% load %}`."""

from django import template

register = template.Library()
COMPONENTS = "ui/components/"
