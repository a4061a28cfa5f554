"""`{{ cycle.baseline|amount:cycle.unit }}`: a number that somebody typed, with as many digits as it has, and its unit."""

from django import template

from crescendo.coaching import wording

register = template.Library()
register.filter("amount", wording.amount)
