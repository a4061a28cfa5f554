"""What every chart shares: its parts, its look, and how it is drawn without a browser."""

import datetime
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils import dates, formats
from django.utils.translation import get_language

from crescendo.ui.tables import Table

Spec = dict[str, Any]

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.json"
DRAWN_WIDTH = 680
ROOM_HEIGHT, ROOM_FOR_AXIS = 200, 40
FONT = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"

# The light values of the tokens, for paper and e-mail; a test holds them equal to tokens.css.
PAPER_COLOURS = {
    "--chart-1": "#0072b2",
    "--chart-2": "#b84a00",
    "--chart-3": "#007f5c",
    "--chart-4": "#a64d82",
    "--chart-5": "#8a6d00",
    "--chart-muted": "#8b8a86",
    "--chart-band": "#cfe0ee",
    "--chart-ink": "#3d4045",
    "--chart-grid": "#e6e3da",
    "--chart-paper": "#ffffff",
}

CONFIG: Spec = {
    "aria": False,
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--chart-ink)",
        "titleColor": "var(--chart-ink)",
        "gridColor": "var(--chart-grid)",
        "domainColor": "var(--chart-grid)",
        "tickColor": "var(--chart-grid)",
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelPadding": 6,
        "titlePadding": 10,
    },
    "text": {"color": "var(--chart-ink)", "fontSize": 13},
    "line": {"strokeWidth": 2.5, "strokeCap": "round", "strokeJoin": "round"},
}


@dataclass(frozen=True)
class Chart:
    """A picture and its table. `summary` is the sentence a reader takes away; `description` tells what is drawn."""

    title: str
    spec: Spec
    table: Table
    description: str
    summary: str = ""
    drawn_width: int = field(default=DRAWN_WIDTH)

    def svg(self) -> str:
        """The picture for the page, before (or without) any script; colours stay the page's."""
        return _drawn(json.dumps(self._fixed(), sort_keys=True), get_language() or "")

    def room(self) -> str:
        """The space that the picture takes, for a browser that draws it itself. Drawing costs the server 20 ms each."""
        height = self.spec.get("height")
        height = (height if isinstance(height, int) else ROOM_HEIGHT) + ROOM_FOR_AXIS
        return f'<svg width="{self.drawn_width}" height="{height}" viewBox="0 0 {self.drawn_width} {height}"></svg>'

    def paper_svg(self) -> str:
        """The picture for PDF and e-mail: colours written out, since no style sheet is there."""
        written = re.sub(
            r"var\((--[a-z0-9-]+)\)", lambda m: PAPER_COLOURS[m[1]], json.dumps(self._fixed(), sort_keys=True)
        )
        return _drawn(written, get_language() or "")

    def paper_png(self, scale: float = 2) -> bytes:
        import vl_convert  # noqa: PLC0415  (starts a JavaScript engine: only where a picture is drawn)

        return vl_convert.svg_to_png(self.paper_svg(), scale=scale)

    def _fixed(self) -> Spec:
        """Without a page there is no container to fill."""
        return self.spec | {"width": self.drawn_width}


@lru_cache(maxsize=512)
def _drawn(spec: str, language: str) -> str:
    import vl_convert  # noqa: PLC0415  (as above)

    return vl_convert.vegalite_to_svg(spec, time_format_locale=time_locale(), format_locale=number_locale())


def day(on: datetime.date) -> str:
    """A day as a chart and its table write it, in the active language."""
    return _day(on, get_language())


@lru_cache(maxsize=4096)
def _day(on: datetime.date, _language: str | None) -> str:
    return formats.date_format(on, "j M Y")


def time_locale() -> Spec:
    """Month and day names of the active language, as d3 wants them."""
    return _time_locale(get_language())


@lru_cache(maxsize=16)
def _time_locale(_language: str | None) -> Spec:
    sunday_first = [6, 0, 1, 2, 3, 4, 5]
    return {
        "dateTime": "%x, %X",
        "date": "%Y-%m-%d",
        "time": "%H:%M",
        "periods": ["AM", "PM"],
        "days": [str(dates.WEEKDAYS[day]) for day in sunday_first],
        "shortDays": [str(dates.WEEKDAYS_ABBR[day]) for day in sunday_first],
        "months": [str(dates.MONTHS[month]) for month in range(1, 13)],
        "shortMonths": [str(dates.MONTHS_3[month]).capitalize() for month in range(1, 13)],
    }


def number_locale() -> Spec:
    """Decimal point and thousands separator of the active language, for the ticks of an axis."""
    return _number_locale(get_language())


@lru_cache(maxsize=16)
def _number_locale(_language: str | None) -> Spec:
    return {
        "decimal": str(formats.get_format("DECIMAL_SEPARATOR")),
        "thousands": str(formats.get_format("THOUSAND_SEPARATOR")),
        "grouping": [3],
        "currency": ["", ""],
    }


def framed(**parts: Any) -> Spec:
    """A specification that fills its container, with our look and the reader's month names."""
    return {
        "$schema": VEGA_LITE,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": CONFIG,
        "usermeta": {"embedOptions": {"timeFormatLocale": time_locale(), "formatLocale": number_locale()}},
    } | parts


def axis_format(kind: str) -> Spec:
    """How ticks are written. Ticks are round numbers, so nothing is rounded here."""
    return {"format": "~%" if kind == "percent" else ",~f"}
