"""Programmes: who is reached, how much is given, who completes."""

from ...indicator import Indicator, Source
from ..dates import reviewed

_REAIM = Source(
    title="Glasgow, Vogt and Boles, RE-AIM (1999)",
    where="American Journal of Public Health 89(9): reach, implementation",
)
_DANE = Source(
    title="Dane and Schneider, Program integrity in primary and early secondary prevention (1998)",
    where="exposure: the share of the planned sessions that was delivered",
)

INDICATORS: tuple[Indicator, ...] = (
    reviewed(
        code="programme_reach",
        title="Reach of programmes",
        question="What share of needs are met by a place?",
        subject="programmes",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="needs with a place in the programme",
        denominator="recorded needs",
        tables=("organisations", "enrolments", "programme_needs", "programme_places"),
        received="programme_needs",
        sql="programme_reach.sql",
        sources=(_REAIM,),
        caution="Only needs that somebody recorded. Where nobody looks, reach is high.",
    ),
    reviewed(
        code="programme_dosage",
        title="Dosage of programmes",
        question="What share of the planned minutes were given?",
        subject="programmes",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="minutes given",
        denominator="minutes planned",
        tables=("organisations", "enrolments", "programme_sessions"),
        received="programme_sessions",
        sql="programme_dosage.sql",
        sources=(_DANE,),
        caution="Can pass one where sessions ran over. Minutes say nothing about how they were used.",
    ),
    reviewed(
        code="programme_completion",
        title="Completion of programmes",
        question="What share of places that ended were completed?",
        subject="programmes",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="places completed",
        denominator="places completed or withdrawn from",
        tables=("organisations", "enrolments", "programme_places"),
        received="programme_places",
        sql="programme_completion.sql",
        sources=(_REAIM,),
        caution="Leaving early can mean that the need was met.",
    ),
)
