"""Which counting rules an indicator is measured by. Pure decisions; the site's own choice comes in as rows."""

from collections.abc import Iterable, Sequence

# What a new site begins with: the federal rules everywhere, and side by side where authorities differ most.
EVERY_INDICATOR = ("us-federal",)
SIDE_BY_SIDE = {
    "chronic_absence": ("us-federal", "edu-decimal", "england"),
    "severe_chronic_absence": ("us-federal", "edu-decimal", "england"),
}


def packs_of(indicator: str, chosen: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The counting rules for one indicator, the one shown first in front.

    `chosen` are the site's rows (indicator or '', rules), in the site's order. A row for the indicator wins over a
    row for every indicator; without either, what a new site begins with.
    """
    rows = list(chosen)
    own = tuple(pack for code, pack in rows if code == indicator)
    everywhere = tuple(pack for code, pack in rows if not code)
    return own or everywhere or SIDE_BY_SIDE.get(indicator, EVERY_INDICATOR)


def batches(indicators: Sequence[str], chosen: Iterable[tuple[str, str]]) -> dict[tuple[str, ...], list[str]]:
    """Indicators by the counting rules they share, so that each batch is evaluated in one pass."""
    rows = list(chosen)
    found: dict[tuple[str, ...], list[str]] = {}
    for indicator in indicators:
        found.setdefault(packs_of(indicator, rows), []).append(indicator)
    return found
