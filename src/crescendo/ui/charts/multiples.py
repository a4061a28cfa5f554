"""Small multiples: one line chart per group on the same scale, so that shapes can be compared at a glance."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crescendo.ui.tables import Column, Table

from .drawing import Chart, day
from .lines import Point, line, when

PANEL_HEIGHT = 110
PANEL_WIDTH = 300


@dataclass(frozen=True)
class SmallMultiples:
    title: str
    panels: Sequence[Chart]
    table: Table
    summary: str = ""


def small_multiples(
    title: str,
    groups: Mapping[str, Sequence[Point]],
    *,
    measure: str,
    kind: str = "percent",
    digits: int | None = None,
    target: float | None = None,
    by_day: bool = False,
    summary: str = "",
) -> SmallMultiples:
    """`groups` maps a group's name to its points. All panels share one vertical scale; the table has a column each."""
    values = [p.value for points in groups.values() for p in points if p.value is not None]
    if target is not None:
        values.append(target)
    limits = _padded(min(values), max(values), kind) if values else None
    panels = [
        replace(
            line(
                name,
                points,
                measure=measure,
                kind=kind,
                digits=digits,
                by_day=by_day,
                height=PANEL_HEIGHT,
                limits=limits,
            ),
            drawn_width=PANEL_WIDTH,
        )
        for name, points in groups.items()
    ]
    return SmallMultiples(title, panels, _table(title, groups, kind, digits, by_day), summary)


def _padded(low: float, high: float, kind: str) -> tuple[float, float]:
    """A little air above and below; a share never leaves 0..1."""
    air = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
    low, high = low - air, high + air
    return (max(low, 0.0), min(high, 1.0)) if kind == "percent" else (low, high)


def _table(
    title: str, groups: Mapping[str, Sequence[Point]], kind: str, digits: int | None, by_day: bool
) -> Table:
    days: list[datetime.date] = sorted({p.on for points in groups.values() for p in points})
    found = {name: {p.on: p.value for p in points} for name, points in groups.items()}
    columns = [Column("day", when(by_day))] + [Column(name, name, kind, digits) for name in groups]
    rows = [{"day": day(on)} | {name: found[name].get(on) for name in groups} for on in days]
    return Table(title, columns, rows)
