"""`{% open_problem tables=definition.tables organisation=organisation run=run %}`: what a number stands on, where it is shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context

from crescendo.quality import permissions, queries
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation

register = template.Library()


@register.inclusion_tag("quality/parts/open_problem.html", takes_context=True)
def open_problem(
    context: Context, tables: Iterable[str], organisation: Organisation | None = None, run: Any = None
) -> Mapping[str, object]:
    """The worst serious problem in the tables of a measure: at the organisation's schools, or at the reader's own.

    The checks are of the present school year: they say nothing about an earlier year's number.
    """
    viewer = getattr(context.get("request"), "viewer", None)
    if (
        viewer is None
        or not viewer.is_signed_in
        or (run is not None and run.school_year != viewer.school_year)
    ):
        return {"line": None}
    if organisation is not None:
        places = roster.list_subtree_ids(organisation.pk)
    elif viewer.is_staff:
        places = permissions.school_ids(viewer)
    else:
        return {"line": None}
    return {"line": queries.find_worst(viewer=viewer, tables=tables, organisation_ids=places)}
