"""How many students of a class or school have the same reason: one finding for many, so that they can be helped together."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import ngettext

from crescendo.core import numbers as printed
from crescendo.core.next_steps import Finding

NAMED = ("chronic_absence", "benchmark_risk", "course_failure")


def same_reason(
    *, subject_kind: str, subject_id: int, counts: Mapping[str, int], of: int, as_of: date
) -> list[Finding]:
    """A finding for each reason that students here share, the most frequent first. `counts` is by indicator."""
    chosen = sorted((code for code in NAMED if counts.get(code)), key=lambda code: -counts[code])
    return [
        Finding(
            kind="students_need_a_look",
            subject_kind=subject_kind,
            subject_id=subject_id,
            sentence=sentence(code, counts[code], of),
            indicator=code,
            value=float(counts[code]),
            as_of=as_of,
        )
        for code in chosen
    ]


def sentence(code: str, n: int, of: int) -> str:
    """'12 of 140 students have missed a tenth of school or more.'"""
    words = {
        "chronic_absence": ngettext(
            "%(n)s of %(all)s students has missed a tenth of school or more.",
            "%(n)s of %(all)s students have missed a tenth of school or more.",
            n,
        ),
        "benchmark_risk": ngettext(
            "%(n)s of %(all)s students scored below the benchmark in the latest screening.",
            "%(n)s of %(all)s students scored below the benchmark in the latest screening.",
            n,
        ),
        "course_failure": ngettext(
            "%(n)s of %(all)s students did not pass a course.",
            "%(n)s of %(all)s students did not pass a course.",
            n,
        ),
    }[code]
    return words % {"n": printed.count(n), "all": printed.count(of)}
