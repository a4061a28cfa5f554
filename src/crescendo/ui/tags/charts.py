"""`{% chart chart %}` for a `crescendo.ui.charts.Chart`: the picture, and its table one press away."""

from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crescendo.ui.charts import Chart, SmallMultiples

from . import COMPONENTS, register
from .blocks import page_id, table_markup


def needs_script(context: Context) -> bool:
    """True for the first chart of a page: it brings the charts' script with it."""
    first = not context.render_context.dicts[0].get("ui_charts")
    context.render_context.dicts[0]["ui_charts"] = True
    return first


def picture(context: Context, chart: Chart) -> SafeString:
    """Drawn here for a browser without scripts, and for the first page; afterwards the browser draws alone."""
    return mark_safe(chart.room() if context.get("browser_draws") else chart.svg())


def _without_scripts(context: Context) -> dict[str, object]:
    """What stands in place of pictures where scripts were switched off after a page had been drawn by them."""
    return {
        "is_waiting": bool(context.get("browser_draws")),
        "here": context.get("here", ""),
        "csrf_token": context.get("csrf_token", ""),
        "show_pictures": _("Show the charts as pictures"),
    }


@register.simple_tag(takes_context=True)
def chart(context: Context, chart: Chart) -> str:
    identity = page_id(context, "chart")
    return render_to_string(
        COMPONENTS + "chart.html",
        {
            "id": identity,
            "title": chart.title,
            "summary": chart.summary,
            "description": chart.description,
            "picture": picture(context, chart),
            "spec": json_script(chart.spec, f"{identity}-spec"),
            "table": table_markup(context, chart.table),
            "needs_script": needs_script(context),
            "show_table": _("Show the table"),
        }
        | _without_scripts(context),
    )


@register.simple_tag(takes_context=True)
def chart_grid(context: Context, multiples: SmallMultiples) -> str:
    """`{% chart_grid multiples %}`: small panels side by side, one table for all."""
    identity = page_id(context, "charts")
    panels = [
        {
            "id": f"{identity}-{number}",
            "title": panel.title,
            "description": panel.description,
            "picture": picture(context, panel),
            "spec": json_script(panel.spec, f"{identity}-{number}-spec"),
        }
        for number, panel in enumerate(multiples.panels, 1)
    ]
    return render_to_string(
        COMPONENTS + "chart_grid.html",
        {
            "id": identity,
            "title": multiples.title,
            "summary": multiples.summary,
            "panels": panels,
            "table": table_markup(context, multiples.table),
            "needs_script": needs_script(context),
            "show_table": _("Show the table"),
        }
        | _without_scripts(context),
    )
