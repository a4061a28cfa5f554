"""Results as a person reads them in a notebook: value, interval, n and definition."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from . import catalog
from .reasons import REASONS

if TYPE_CHECKING:
    from .evaluate import Results

#: So many rows of one indicator are shown; the rest are counted.
SHOWN = 12
#: So many indicators are shown in full; of the others the names.
INDICATORS = 5


def half_up(value: float, places: int) -> str:
    """A number to read, rounded half up from its shortest decimal form; Python's own rounding goes to even digits.

    Examples
    --------
    >>> half_up(0.125, 2), half_up(2.5, 0), half_up(-0.0001, 1)
    ('0.13', '3', '0.0')
    """
    found = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return str(found if found else abs(found))


def reading(value: float | None, unit: str) -> str:
    """A value with its unit: a share in per cent.

    Examples
    --------
    >>> reading(0.0625, "share"), reading(3.0, "days"), reading(None, "share")
    ('6.3 %', '3.00 days', 'not evaluated')
    """
    if value is None:
        return "not evaluated"
    return f"{half_up(100 * value, 1)} %" if unit == "share" else f"{half_up(value, 2)} {unit}".rstrip()


def interval(lower: float | None, upper: float | None, unit: str) -> str:
    """A 95 per cent interval, empty where the measure has none.

    Examples
    --------
    >>> interval(0.041, 0.095, "share")
    '4.1 to 9.5 %'
    """
    if lower is None or upper is None:
        return ""
    if unit == "share":
        return f"{half_up(100 * lower, 1)} to {half_up(100 * upper, 1)} %"
    return f"{half_up(lower, 2)} to {half_up(upper, 2)}"


def page(results: Results) -> str:
    """The groups of `edmeasures.Results` as HTML, one table per indicator and rule pack, each with its definition."""
    rows = results.groups.to_pylist()
    keys = list(dict.fromkeys((row["indicator"], row["rule_pack"]) for row in rows))
    parts = [
        _section(code, pack, [r for r in rows if (r["indicator"], r["rule_pack"]) == (code, pack)])
        for code, pack in keys[:INDICATORS]
    ]
    if len(keys) > INDICATORS:
        others = ", ".join(escape(f"{code} ({pack})") for code, pack in keys[INDICATORS:])
        parts.append(f"<p>And {len(keys) - INDICATORS} more: {others}.</p>")
    if not keys:
        parts.append("<p>No organisation has a row.</p>")
    return f"<div class='edmeasures'>{''.join(parts)}</div>"


def _section(code: str, pack: str, rows: list[dict[str, Any]]) -> str:
    indicator = catalog.get(code)
    # Organisations first: grades of the first one would fill the page before the second is named.
    rows = sorted(rows, key=lambda row: row["characteristic"] != "")
    body = "".join(_row(row, indicator.unit) for row in rows[:SHOWN])
    more = f"<p>{len(rows) - SHOWN} more rows in <code>.groups</code>.</p>" if len(rows) > SHOWN else ""
    parts = " / ".join(escape(part) for part in (indicator.numerator, indicator.denominator) if part)
    sources = "; ".join(
        f"<a href='{escape(s.url)}'>{escape(s.title)}</a>" if s.url else escape(s.title)
        for s in indicator.sources
    )
    return (
        f"<h4>{escape(indicator.title)} <small>under {escape(pack)}</small></h4><p>{escape(indicator.question)}</p>"
        "<table><thead><tr><th>organisation</th><th>group</th><th>value</th><th>95 % interval</th><th>n</th>"
        f"<th>not evaluated</th><th>why</th></tr></thead><tbody>{body}</tbody></table>{more}"
        f"<p><small>{parts}. Caution: {escape(indicator.caution)} "
        f"Source: {sources}. Reviewed {indicator.reviewed_on}.</small></p>"
    )


def _row(row: dict[str, Any], unit: str) -> str:
    group = f"{row['characteristic']}: {row['group_value']}" if row["characteristic"] else "everyone"
    why = REASONS.get(row["reason"] or "", row["reason"] or "")
    cells = (
        str(row["organisation_id"]),
        group,
        reading(row["value"], unit),
        interval(row["lower"], row["upper"], unit),
        f"{row['n_students']:,}",
        f"{row['n_not_evaluated']:,}",
        why,
    )
    right, left = "<td style='text-align:right'>", "<td style='text-align:left'>"
    sides = (left, left, right, right, right, right, left)
    return (
        "<tr>"
        + "".join(f"{side}{escape(cell)}</td>" for side, cell in zip(sides, cells, strict=True))
        + "</tr>"
    )
