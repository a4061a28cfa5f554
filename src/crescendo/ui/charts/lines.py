"""A measure over weeks: this year's line, last year's behind it, the target, and what happened when."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crescendo.ui import printing
from crescendo.ui.tables import Column, Table

from .drawing import Chart, Spec, axis_format, day, framed

MONTHS_FROM = 8  # with fewer points each has its own tick


@dataclass(frozen=True)
class Point:
    """The value of the week (or term, or day) that begins on a day. None: nothing is known, and the line breaks."""

    on: datetime.date
    value: float | None


@dataclass(frozen=True)
class Note:
    """Something that happened on a day, written beside the line."""

    on: datetime.date
    text: str


def line(
    title: str,
    points: Sequence[Point],
    *,
    measure: str,
    kind: str = "percent",
    digits: int | None = None,
    last_year: Sequence[Point] = (),
    target: float | None = None,
    target_name: str = "",
    expected: Sequence[Point] = (),
    by_day: bool = False,
    notes: Sequence[Note] = (),
    summary: str = "",
    height: int = 240,
    limits: tuple[float, float] | None = None,
) -> Chart:
    """`measure` names the values ("Days attended"). Points of last year carry this year's days, week over week.

    `target_name` is what the line across is called where it is no target: "Benchmark". `by_day`: a point is a day (a
    test was taken), not the week that begins on it. `expected` is the way a goal would take in a straight line: its
    first and last day, and the days between that have a point.
    """
    rows = _rows(points, last_year, measure, kind, digits, expected)
    across = target_name or _("Target")
    days = sorted({str(row["on"]) for row in rows} | {point.on.isoformat() for point in expected})
    x = _days(days)
    layers = [_expected(expected, x)] if expected else []
    layers += _two_years(points, last_year, x)
    if target is not None:
        words = f"{across} {printing.number(target, kind, digits)}"
        layers.append(_target(target, words, at_end=bool(expected)))
    if notes:
        layers.append(_notes(notes, days, x, down=20 if expected else 2))
    layers.append(_touch(measure, bool(last_year), by_day, x))
    spec = framed(
        height=height,
        data={"values": rows},
        layer=[_with_scale(layer, kind, limits) for layer in layers],
    )
    return Chart(
        title=title,
        spec=spec,
        table=_table(title, rows, measure, kind, digits, bool(last_year), by_day, bool(expected)),
        description=_description(points, measure, kind, digits, target, across, notes, by_day),
        summary=summary,
    )


def _two_years(points: Sequence[Point], last_year: Sequence[Point], x: Spec) -> list[Spec]:
    """This year over last year; the name of the line that ends higher stands above it, the other's below."""
    if not last_year:
        return [_series(points, "", x, last_year=False, above=True)]
    now, before = _last_known(points), _last_known(last_year)
    now_above = now is None or before is None or now.value >= before.value
    return [
        _series(last_year, _("Last year"), x, last_year=True, above=not now_above),
        _series(points, _("This year"), x, last_year=False, above=now_above),
    ]


def _rows(
    points: Sequence[Point],
    last_year: Sequence[Point],
    measure: str,
    kind: str,
    digits: int | None,
    expected: Sequence[Point],
) -> list[dict[str, object]]:
    """One row a week; numbers printed here, because the tooltip is read by people."""
    before = {point.on: point.value for point in last_year}
    now = {point.on: point.value for point in points}
    hoped = {point.on: point.value for point in expected}
    return [
        {
            "on": on.isoformat(),
            "day": day(on),
            "value": now.get(on),
            "before": before.get(on),
            "expected": hoped.get(on),
            "printed": printing.number(now.get(on), kind, digits),
            "printed_before": printing.number(before.get(on), kind, digits),
        }
        for on in sorted(now.keys() | before.keys())
    ]


def _days(days: Sequence[str]) -> Spec:
    """The axis of days: a tick a month, or, where there are few points, one at each of them."""
    axis: Spec = {"title": None, "grid": False}
    if len(days) < MONTHS_FROM:
        years = {day[:4] for day in days}
        axis |= {
            "values": [_vega_day(day) for day in days],
            "format": "%b %Y" if len(years) > 1 else "%b",
            "labelOverlap": "greedy",
            "labelSeparation": 10,
            "labelBound": True,
        }
    else:
        axis |= {"format": "%b", "tickCount": {"interval": "month", "step": 1}}
    return {"field": "on", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def _vega_day(day: str) -> Spec:
    year, month, date = (int(part) for part in day.split("-"))
    return {"year": year, "month": month, "date": date, "utc": True}


def _with_scale(layer: Spec, kind: str, limits: tuple[float, float] | None) -> Spec:
    """Every layer names the same vertical scale. A line need not begin at zero; its axis says where it does."""
    if "layer" in layer:
        layer = layer | {"layer": [_with_scale(part, kind, limits) for part in layer["layer"]]}
    y = layer.get("encoding", {}).get("y", {})
    if "field" not in y:
        return layer
    scale: Spec = {"domain": list(limits)} if limits else {"zero": False, "nice": True}
    axis = {"title": None, "tickCount": 5, "domain": False, "ticks": False} | axis_format(kind)
    return layer | {"encoding": layer["encoding"] | {"y": y | {"scale": scale, "axis": axis}}}


def _series(points: Sequence[Point], name: str, x: Spec, *, last_year: bool, above: bool) -> Spec:
    """The line, and its name at its end: nobody has to match a legend."""
    colour = "var(--chart-muted)" if last_year else "var(--chart-1)"
    field = "before" if last_year else "value"
    mark: Spec = {"type": "line", "color": colour}
    if last_year:
        mark |= {"strokeDash": [5, 4], "strokeWidth": 1.75}
    else:
        mark |= {"point": {"size": 28, "color": colour, "filled": True}}
    drawn = {"mark": mark, "encoding": {"x": x, "y": {"field": field, "type": "quantitative"}}}
    last = _last_known(points)
    if not name or last is None:
        return drawn
    place = {"baseline": "bottom", "dy": -8} if above else {"baseline": "top", "dy": 13}
    label = {
        "data": {"values": [{"on": last.on.isoformat(), field: last.value, "name": name}]},
        "mark": {"type": "text", "align": "right", "color": "var(--chart-ink)" if last_year else colour}
        | place,
        "encoding": drawn["encoding"] | {"text": {"field": "name", "type": "nominal"}},
    }
    return {"layer": [drawn, label]}


def _last_known(points: Sequence[Point]) -> Point | None:
    return max((p for p in points if p.value is not None), key=lambda p: p.on, default=None)


def _expected(expected: Sequence[Point], x: Spec) -> Spec:
    """A thin straight line under the measured one, its name at its end; it has rows of its own, so that a day on which
    nothing was measured does not break the measured line."""
    rows = [{"on": point.on.isoformat(), "expected": point.value} for point in expected]
    encoding = {"x": x, "y": {"field": "expected", "type": "quantitative"}}
    mark = {"type": "line", "color": "var(--chart-3)", "strokeDash": [2, 4], "strokeWidth": 1.75}
    rises = (expected[-1].value or 0) > (expected[0].value or 0)
    words = {"type": "text", "align": "right", "baseline": "top", "color": "var(--chart-3)"}
    words |= {"dy": 26 if rises else 8}  # clear of the line, which comes from below or from above
    named = [rows[-1] | {"name": _("Expected")}]
    label = {"data": {"values": named}, "mark": words}
    return {
        "layer": [
            {"data": {"values": rows}, "mark": mark, "encoding": encoding},
            label | {"encoding": encoding | {"text": {"field": "name", "type": "nominal"}}},
        ]
    }


def _target(target: float, words: str, *, at_end: bool) -> Spec:
    """A rule with its name on it: no legend to match. A goal's name stands at its end, where it begins there are notes."""
    place: Spec = {"align": "right", "dx": -4} if at_end else {"align": "left", "dx": 4}
    return {
        "data": {"values": [{"target": target, "name": words}]},
        "encoding": {"y": {"field": "target", "type": "quantitative"}},
        "layer": [
            {"mark": {"type": "rule", "color": "var(--chart-2)", "strokeWidth": 1.5}},
            {
                "mark": {
                    "type": "text",
                    "baseline": "bottom",
                    "dy": -3,
                    "color": "var(--chart-2)",
                }
                | place,
                "encoding": {
                    "text": {"field": "name", "type": "nominal"},
                    "x": {"value": "width" if at_end else 0},
                },
            },
        ],
    }


def _notes(notes: Sequence[Note], days: Sequence[str], x: Spec, *, down: int) -> Spec:
    """A rule on the day, its words towards the side with more room."""
    middle = days[len(days) // 2] if days else ""
    rows = [{"on": note.on.isoformat(), "text": note.text} for note in notes]

    def words(rows: list[dict[str, str]], align: str, shift: int) -> Spec:
        return {
            "data": {"values": rows},
            "mark": {
                "type": "text",
                "align": align,
                "baseline": "top",
                "dx": shift,
                "dy": down,
                "limit": 190,
            },
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "text", "type": "nominal"}},
        }

    rule = {"type": "rule", "color": "var(--chart-ink)", "strokeDash": [2, 3]}
    layers: list[Spec] = [{"data": {"values": rows}, "mark": rule, "encoding": {"x": x}}]
    if early := [row for row in rows if row["on"] <= middle]:
        layers.append(words(early, "left", 5))
    if late := [row for row in rows if row["on"] > middle]:
        layers.append(words(late, "right", -5))
    return {"layer": layers}


def _touch(measure: str, has_last_year: bool, by_day: bool, x: Spec) -> Spec:
    """An unseen rule over each week, so that the tooltip answers above and below its point."""
    tooltip = [
        {"field": "day", "type": "nominal", "title": when(by_day)},
        {"field": "printed", "type": "nominal", "title": measure},
    ]
    if has_last_year:
        tooltip.append({"field": "printed_before", "type": "nominal", "title": _("Last year")})
    return {
        "mark": {"type": "rule", "strokeWidth": 16, "opacity": 0},
        "encoding": {"x": x, "tooltip": tooltip},
    }


def when(by_day: bool) -> str:
    """The heading of a point's day."""
    return _("Day") if by_day else _("Week of")


def _table(
    title: str,
    rows: Sequence[dict[str, object]],
    measure: str,
    kind: str,
    digits: int | None,
    has_last_year: bool,
    by_day: bool,
    has_expected: bool,
) -> Table:
    columns = [Column("day", when(by_day)), Column("value", measure, kind, digits)]
    if has_expected:
        columns.append(Column("expected", _("Expected by then"), kind, digits))
    if has_last_year:
        columns.append(Column("before", _("Last year"), kind, digits))
    return Table(title, columns, rows)


def _description(
    points: Sequence[Point],
    measure: str,
    kind: str,
    digits: int | None,
    target: float | None,
    across: str,
    notes: Sequence[Note],
    by_day: bool,
) -> str:
    """The line in words: from, to, lowest, highest, target, notes."""
    known = sorted((p for p in points if p.value is not None), key=lambda p: p.on)
    if not known:
        return _("%(measure)s: nothing has been recorded yet.") % {"measure": measure}

    def said(point: Point) -> dict[str, str]:
        on = (_("on %(day)s") if by_day else _("in the week of %(day)s")) % {"day": day(point.on)}
        return {"value": printing.number(point.value, kind, digits), "on": on}

    first, last = known[0], known[-1]
    low, high = min(known, key=lambda p: p.value), max(known, key=lambda p: p.value)
    parts = [
        _("Line chart. %(measure)s began at %(value)s %(on)s") % (said(first) | {"measure": measure}),
        _("and was %(value)s %(on)s.") % said(last),
        _("Lowest: %(value)s %(on)s.") % said(low),
        _("Highest: %(value)s %(on)s.") % said(high),
    ]
    if target is not None:
        parts.append(f"{across}: {printing.number(target, kind, digits)}.")
    parts += [f"{day(note.on)}: {note.text}." for note in notes]
    return " ".join(parts)
