"""What was expected of a cell, and what to do about one that cannot be read."""

from .shapes import DATE_FORMATS, Rule
from .transforms import FieldSql

ADVICE = {
    "missing": "Fill the cell in the source, or say in the mapping what an empty cell means.",
    "damaged_id": "A spreadsheet turned the ids into numbers. Export again and do not open the file in it.",
    "unknown_value": "Say in the mapping what the value means.",
    "bad_date": "Check the order of day and month in the mapping, or the cell.",
    "bad_number": "Say in the mapping if it is a percentage, or uses a comma; else correct the cell.",
    "bad_whole_number": "Say in the mapping if it is a percentage, or uses a comma; else correct the cell.",
    "bad_truth_value": "Say in the mapping which values mean true and which false.",
    "bad_school_year": "Correct the cell, or take the school year from the date.",
    "out_of_range": "Correct the cell in the source.",
    "too_long": "Check that the column is the right one.",
    "future_date": "Correct the day in the source, or the order of day and month in the mapping.",
    "long_ago": "Correct the day in the source, or the order of day and month in the mapping.",
}
EXPECTED = {
    "damaged_id": "an id as text",
    "bad_number": "a number",
    "bad_whole_number": "a whole number",
    "bad_truth_value": "true or false",
    "bad_school_year": "a school year such as 2026 or 2025-26",
    "future_date": "a day that has been",
    "long_ago": "a day within the last 50 years",
}


def advice_on(item: FieldSql, code: str) -> tuple[str, str]:
    """What was expected, and what to do about it."""
    expected = EXPECTED.get(code, "")
    if code == "missing":
        expected = item.field.meaning.lower()
    elif code == "unknown_value":
        expected = "one of: " + ", ".join([key for key, _ in item.rule.values] or item.field.choices)
    elif code == "bad_date":
        expected = f"a date such as {_example(item.rule)}"
    elif code == "out_of_range":
        expected = _range(item)
    elif code == "too_long":
        expected = f"at most {item.field.longest} characters"
    return expected, ADVICE.get(code, "")


def _example(rule: Rule) -> str:
    if rule.days_from:
        return "the given start and a whole number of days"
    return " or ".join(DATE_FORMATS.get(one, one) for one in rule.date or ("iso",))


def _range(item: FieldSql) -> str:
    low, high = item.field.lowest, item.field.highest
    if low is not None and high is not None:
        return f"between {low:g} and {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return "a day between 1900 and 2100" if item.field.kind == "date" else "a year between 1950 and 2100"
