"""Published tables that hold codes beside numbers: what each code means, and never a number from a code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Codes of England's school performance tables, and our reason for each.
DFE: Mapping[str, str] = {
    "SUPP": "suppressed",
    "NP": "not_published",
    "NE": "no_entries",
    "LOWCOV": "low_coverage",
    "NA": "not_applicable",
    "": "not_given",
}


@dataclass(frozen=True, slots=True)
class Published:
    """One cell: a number, or the reason why there is none."""

    value: float | None
    reason: str | None


def read_cells(cells: Iterable[str], codes: Mapping[str, str] = DFE) -> list[Published]:
    """Numbers and reasons of a published column. A percentage becomes a share.

    Parameters
    ----------
    cells : iterable of str
        As printed.
    codes : mapping of str to str
        Each code and its reason.

    Raises
    ------
    ValueError
        For a cell that is neither a number nor a known code, with its place.

    Examples
    --------
    >>> read_cells(["57.9", "12%", "SUPP"])
    [Published(value=57.9, reason=None), Published(value=0.12, reason=None), Published(value=None, reason='suppressed')]
    """
    found = []
    for place, cell in enumerate(cells, start=1):
        text = cell.strip()
        if text in codes:
            found.append(Published(None, codes[text]))
            continue
        try:
            number = float(text.removesuffix("%"))
        except ValueError:
            known = ", ".join(code for code in codes if code)
            raise ValueError(f"Row {place}: {cell!r} is neither a number nor one of {known}.") from None
        found.append(Published(number / 100 if text.endswith("%") else number, None))
    return found
