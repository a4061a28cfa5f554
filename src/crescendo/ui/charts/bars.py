"""Groups beside each other: a bar each, and the interval that says how sure we are."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from crescendo.ui import printing, reasons
from crescendo.ui.tables import Column, Table

from .drawing import Chart, Spec, axis_format, framed

ROW_HEIGHT = 34


def bars(
    title: str,
    rows: Sequence[dict[str, Any]],
    *,
    measure: str,
    group: str,
    kind: str = "percent",
    digits: int | None = None,
    reference: tuple[str, float] | None = None,
    summary: str = "",
    longest: float | None = None,
) -> Chart:
    """Rows have `label`, `value` and may have `lower`, `upper`, `n`, `reason`, `href`. The order given is the order drawn.

    A row without a value keeps its place and says why, in words: missing is not zero. `href` is where the value in the
    table leads to. `reference` is a line with
    a name, such as ("District", 0.93). `longest` fixes the end of the axis; it always begins at zero.
    """
    values = [_row(row, kind, digits) for row in rows]
    has_interval = any(row["lower"] is not None for row in values)
    layers = [_bars()]
    if has_interval:
        layers.append(_intervals())
    if any(row["value"] is None for row in values):
        layers.append(_missing())
    if reference:
        layers.append(_reference(reference, kind, digits))
    drawn = [{key: value for key, value in row.items() if key != "href"} for row in values]
    spec = framed(
        height=ROW_HEIGHT * len(values),
        data={"values": drawn},
        layer=[_with_scale(layer, kind, longest) for layer in layers],
    )
    return Chart(
        title,
        spec,
        _table(title, values, measure, group, kind, digits),
        _description(values, measure),
        summary,
    )


def _row(row: dict[str, Any], kind: str, digits: int | None) -> dict[str, Any]:
    value, lower, upper = row.get("value"), row.get("lower"), row.get("upper")
    between = ""
    if lower is not None and upper is not None:
        between = _("%(lower)s to %(upper)s") % {
            "lower": printing.number(lower, kind, digits),
            "upper": printing.number(upper, kind, digits),
        }
    printed = (
        printing.number(value, kind, digits)
        if value is not None
        else reasons.not_evaluated(row.get("reason"))
    )
    return {
        "label": row["label"],
        "value": value,
        "lower": lower,
        "upper": upper,
        "n": row.get("n"),
        "printed": printed,
        "short": _("Not evaluated") if value is None else "",
        "between": between or printing.NO_VALUE,
        "href": row.get("href", ""),
    }


def _groups() -> Spec:
    axis = {"title": None, "domain": False, "ticks": False, "labelLimit": 170}
    return {"field": "label", "type": "nominal", "sort": None, "axis": axis}


def _with_scale(layer: Spec, kind: str, longest: float | None) -> Spec:
    """Every layer names the same scale; a bar's length means nothing unless it begins at zero."""
    if "layer" in layer:
        layer = layer | {"layer": [_with_scale(part, kind, longest) for part in layer["layer"]]}
    x = layer.get("encoding", {}).get("x", {})
    if "field" not in x:
        return layer
    scale: Spec = {"domain": [0, longest]} if longest is not None else {"zero": True, "nice": True}
    axis = {"title": None, "tickCount": 5} | axis_format(kind)
    return layer | {"encoding": layer["encoding"] | {"x": x | {"scale": scale, "axis": axis}}}


def _bars() -> Spec:
    tooltip = [
        {"field": "label", "type": "nominal", "title": " "},
        {"field": "printed", "type": "nominal", "title": _("Value")},
        {"field": "between", "type": "nominal", "title": _("Probably between")},
    ]
    return {
        "mark": {"type": "bar", "color": "var(--chart-1)", "height": 18},
        "encoding": {"y": _groups(), "x": {"field": "value", "type": "quantitative"}, "tooltip": tooltip},
    }


def _intervals() -> Spec:
    return {
        "mark": {"type": "rule", "color": "var(--chart-ink)", "strokeWidth": 2},
        "encoding": {
            "y": _groups(),
            "x": {"field": "lower", "type": "quantitative"},
            "x2": {"field": "upper"},
        },
    }


def _missing() -> Spec:
    return {
        "transform": [{"filter": "datum.value === null"}],
        "mark": {"type": "text", "align": "left", "fontStyle": "italic"},
        "encoding": {"y": _groups(), "text": {"field": "short", "type": "nominal"}, "x": {"value": 4}},
    }


def _reference(reference: tuple[str, float], kind: str, digits: int | None) -> Spec:
    """A line across all bars, its name and value above it."""
    name, value = reference
    x = {"field": "reference", "type": "quantitative"}
    rule = {"type": "rule", "color": "var(--chart-2)", "strokeWidth": 1.75, "strokeDash": [5, 4]}
    words = {"type": "text", "color": "var(--chart-2)", "baseline": "bottom", "dy": -4}
    return {
        "data": {"values": [{"reference": value, "name": f"{name} {printing.number(value, kind, digits)}"}]},
        "layer": [
            {"mark": rule, "encoding": {"x": x, "y": {"value": 0}, "y2": {"value": "height"}}},
            {
                "mark": words,
                "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "name", "type": "nominal"}},
            },
        ],
    }


def _table(
    title: str, values: Sequence[dict[str, Any]], measure: str, group: str, kind: str, digits: int | None
) -> Table:
    columns = [Column("label", group), Column("printed", measure, href="href")]
    if any(row["lower"] is not None for row in values):
        columns.append(Column("between", _("Probably between")))
    if any(row["n"] is not None for row in values):
        columns.append(Column("n", _("Based on"), "count"))
    return Table(title, columns, values)


def _description(values: Sequence[dict[str, Any]], measure: str) -> str:
    said = "; ".join(f"{row['label']} {row['printed']}" for row in values)
    return _("Bar chart of %(measure)s. %(values)s.") % {"measure": measure, "values": said}
