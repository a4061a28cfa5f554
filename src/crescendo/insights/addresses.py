"""Where a number is explained and downloaded. The group and the counting rules stand in the query."""

from functools import lru_cache
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse

from crescendo.indicators.numbers import Number

ANY_ID = 0


def _path(name: str, pk: int | None, indicator: str) -> str:
    """As `reverse` says it. A district's page has hundreds of these, which differ in one number."""
    before, after = _around_id(name, indicator, get_script_prefix())
    return f"{before}{pk}{after}"


@lru_cache(maxsize=1024)
def _around_id(name: str, indicator: str, _prefix: str) -> tuple[str, str]:
    before, _id, after = reverse(name, args=[ANY_ID, indicator]).rpartition(f"/{ANY_ID}/")
    return f"{before}/", f"/{after}"


def of_number(number: Number) -> str:
    """The page that explains this very number: its place or student, its group, its counting rules."""
    query = {"rules": number.rule_pack}
    if number.student_id is not None:
        path = _path("insights:student_number_explain", number.student_id, number.indicator)
    else:
        path = _path("insights:number_explain", number.organisation_id, number.indicator)
        if number.characteristic:
            query |= {"by": number.characteristic, "group": number.group_value}
    return f"{path}?{urlencode(query)}"


def of_student(student_id: int, indicator: str, rule_pack: str, school_id: int | None = None) -> str:
    """The page that explains a student's number; at one of several schools where asked."""
    query = {"rules": rule_pack} | ({"school": str(school_id)} if school_id else {})
    path = _path("insights:student_number_explain", student_id, indicator)
    return f"{path}?{urlencode(query)}"
