"""Ways onward: breadcrumb, tabs, pager, button."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.template import Context
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.ui import printing

from . import COMPONENTS, register


def _pairs(parts: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(parts[0::2], parts[1::2], strict=False))


@register.inclusion_tag(COMPONENTS + "breadcrumb.html")
def breadcrumb(*parts: str) -> Mapping[str, object]:
    """`{% breadcrumb "Riverside" district_url "Lincoln" school_url "Attendance" %}`: the last label is this page."""
    steps = [{"label": label, "href": href} for label, href in _pairs(parts)]
    if len(parts) % 2:
        steps.append({"label": parts[-1], "href": ""})
    return {"steps": steps, "label": _("You are here")}


@register.inclusion_tag(COMPONENTS + "tabs.html")
def tabs(*parts: str, current: str = "", label: str = "") -> Mapping[str, object]:
    """`{% tabs "Overview" url_a "Attendance" url_b current="Overview" %}`: views of one subject, as links."""
    items = [{"label": name, "href": href, "is_current": name == current} for name, href in _pairs(parts)]
    return {"tabs": items, "label": label or _("Views of this page")}


@register.inclusion_tag(COMPONENTS + "pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], parameter: str = "page") -> Mapping[str, object]:
    """`{% pager page %}` for a Django Page: keeps the other query parameters."""
    query = context["request"].GET.copy() if "request" in context else {}

    def href(number: int) -> str:
        query[parameter] = str(number)
        return "?" + (query.urlencode() if hasattr(query, "urlencode") else urlencode(query))

    total = page.paginator.count
    where = ngettext("%(first)s to %(last)s of %(total)s", "%(first)s to %(last)s of %(total)s", total) % {
        "first": printing.count(page.start_index()),
        "last": printing.count(page.end_index()),
        "total": printing.count(total),
    }
    return {
        "pages": page.paginator.num_pages,
        "where": where,
        "previous_href": href(page.previous_page_number()) if page.has_previous() else "",
        "next_href": href(page.next_page_number()) if page.has_next() else "",
        "previous": _("Previous"),
        "next": _("Next"),
        "label": _("Pages"),
    }


@register.inclusion_tag(COMPONENTS + "button.html")
def button(
    label: str, href: str = "", kind: str = "plain", name: str = "", value: str = "", disabled: bool = False
) -> Mapping[str, object]:
    """A link with `href`, otherwise a submit button. Kinds: primary (one a page), plain, danger, quiet."""
    return {"label": label, "href": href, "kind": kind, "name": name, "value": value, "disabled": disabled}
