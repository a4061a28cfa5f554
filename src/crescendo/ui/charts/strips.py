"""Where one school stands among schools: a mark each, the reader's own named. No ranks, no names of others."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from crescendo.ui import printing
from crescendo.ui.tables import Column, Table

from .drawing import Chart, Spec, axis_format, framed


def strip(
    title: str,
    others: Sequence[float],
    *,
    measure: str,
    name: str,
    value: float | None,
    others_are: str,
    kind: str = "percent",
    digits: int | None = None,
    middle: float | None = None,
    middle_half: tuple[float, float] | None = None,
    summary: str = "",
) -> Chart:
    """`others` are the values of the rest ("schools in the district" is `others_are`); `middle` is their median and
    `middle_half` their lower and upper quartile, drawn as a band behind the marks."""
    known = sorted(other for other in others if other is not None)
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": False, "nice": True},
        "axis": {"title": None, "tickCount": 5, "grid": False} | axis_format(kind),
    }
    layers: list[Spec] = [_band(x, *middle_half)] if middle_half else []
    layers.append(
        {
            "data": {"values": [{"value": other} for other in known]},
            "mark": {"type": "tick", "color": "var(--chart-muted)", "thickness": 2, "size": 26, "opacity": 1},
            "encoding": {"x": x},
        }
    )
    if middle is not None:
        words = _("Middle %(value)s") % {"value": printing.number(middle, kind, digits)}
        layers.append(_marker(x, middle, words, "var(--chart-ink)", below=True))
    if value is not None:
        words = f"{name} {printing.number(value, kind, digits)}"
        layers.append(_marker(x, value, words, "var(--chart-1)", below=False))
    return Chart(
        title=title,
        spec=framed(height=110, layer=layers),
        table=_table(title, known, name, value, others_are, measure, kind, digits, middle),
        description=_description(known, name, value, others_are, kind, digits, middle),
        summary=summary,
    )


def _band(x: Spec, lower: float, upper: float) -> Spec:
    """Where half of the values lie."""
    return {
        "data": {"values": [{"value": lower, "upper": upper}]},
        "mark": {"type": "bar", "color": "var(--chart-band)", "height": 40},
        "encoding": {"x": x, "x2": {"field": "upper"}},
    }


def _marker(x: Spec, value: float, words: str, colour: str, *, below: bool) -> Spec:
    """A taller mark with its name; names stand above and below the line so that they never meet."""
    return {
        "data": {"values": [{"value": value, "name": words}]},
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {
                    "type": "tick",
                    "color": colour,
                    "thickness": 4 if not below else 2,
                    "size": 44,
                    "opacity": 1,
                }
            },
            {
                "mark": {
                    "type": "text",
                    "color": colour,
                    "dy": 38 if below else -34,
                    "fontWeight": "normal" if below else "bold",
                    "align": "center",
                },
                "encoding": {"text": {"field": "name", "type": "nominal"}},
            },
        ],
    }


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _table(
    title: str,
    known: Sequence[float],
    name: str,
    value: float | None,
    others_are: str,
    measure: str,
    kind: str,
    digits: int | None,
    middle: float | None,
) -> Table:
    """The spread in five lines: whose each value is, is nobody's business here."""
    rows: list[dict[str, object]] = [{"what": name, "value": value}]
    if known:
        rows.append({"what": _("Lowest of %(others)s") % {"others": others_are}, "value": known[0]})
        if len(known) >= 4:
            rows.append({"what": _("A quarter are below"), "value": _quantile(known, 0.25)})
        rows.append({"what": _("Middle"), "value": middle if middle is not None else _quantile(known, 0.5)})
        if len(known) >= 4:
            rows.append({"what": _("A quarter are above"), "value": _quantile(known, 0.75)})
        rows.append({"what": _("Highest of %(others)s") % {"others": others_are}, "value": known[-1]})
    return Table(title, [Column("what", _("What")), Column("value", measure, kind, digits)], rows)


def _description(
    known: Sequence[float],
    name: str,
    value: float | None,
    others_are: str,
    kind: str,
    digits: int | None,
    middle: float | None,
) -> str:
    parts = [f"{name}: {printing.number(value, kind, digits)}."]
    if known:
        parts.append(
            _("%(n)s %(others)s lie between %(low)s and %(high)s.")
            % {
                "n": printing.count(len(known)),
                "others": others_are,
                "low": printing.number(known[0], kind, digits),
                "high": printing.number(known[-1], kind, digits),
            }
        )
    if middle is not None:
        parts.append(_("Middle %(value)s") % {"value": printing.number(middle, kind, digits)} + ".")
    return " ".join(parts)
