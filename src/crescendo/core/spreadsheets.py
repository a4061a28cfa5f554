"""Cells of a download that a spreadsheet opens."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral_cell(value: object) -> str:
    """A cell that no spreadsheet runs as a formula: text that begins like one gets an apostrophe in front.

    Hand numbers over as they are, not as text: a plain negative number is no formula and stays a number.

    >>> neutral_cell("=HYPERLINK(1)"), neutral_cell(-3), neutral_cell(None)
    ("'=HYPERLINK(1)", "'-3", '')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
