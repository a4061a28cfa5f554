"""Where a number is explained and downloaded. The group and the counting rules stand in the query."""

from urllib.parse import urlencode

from django.urls import reverse

from crescendo.indicators.numbers import Number


def of_number(number: Number) -> str:
    """The page that explains this very number: its place or student, its group, its counting rules."""
    query = {"rules": number.rule_pack}
    if number.student_id is not None:
        path = reverse("insights:student_number_explain", args=[number.student_id, number.indicator])
    else:
        path = reverse("insights:number_explain", args=[number.organisation_id, number.indicator])
        if number.characteristic:
            query |= {"by": number.characteristic, "group": number.group_value}
    return f"{path}?{urlencode(query)}"


def of_student(student_id: int, indicator: str, rule_pack: str, school_id: int | None = None) -> str:
    """The page that explains a student's number; at one of several schools where asked."""
    query = {"rules": rule_pack} | ({"school": str(school_id)} if school_id else {})
    path = reverse("insights:student_number_explain", args=[student_id, indicator])
    return f"{path}?{urlencode(query)}"
