"""Coursework: was it handed in, and in time?"""

from ...indicator import Indicator, Source
from ..dates import AUTHOR, NEXT_REVIEW_ON, REVIEWED_ON, reviewed

_TABLES = ("organisations", "enrolments", "coursework_items", "coursework_results")
_ONEROSTER = Source(
    title="1EdTech OneRoster 1.2 Gradebook",
    where="result: scoreStatus, late, missing, incomplete",
    url="https://www.imsglobal.org/spec/oneroster/v1p2",
)

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        code="coursework_completion",
        title="Coursework completion",
        question="What share of due coursework was handed in?",
        subject="coursework",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="due pieces of work handed in and not marked missing or incomplete",
        denominator="due pieces of work, less exemptions",
        tables=_TABLES,
        received="coursework_results",
        series=True,
        core=True,
        sql="coursework_completion.sql",
        author=AUTHOR,
        sources=(_ONEROSTER,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="Teachers set and record different amounts of work; work without a row is not seen.",
    ),
    Indicator(
        code="late_work",
        title="Late work",
        question="What share of the coursework handed in was late?",
        subject="coursework",
        unit="share",
        direction="lower",
        kind="ratio",
        numerator="pieces handed in late",
        denominator="pieces handed in for which lateness was recorded",
        tables=_TABLES,
        received="coursework_results",
        series=True,
        core=True,
        sql="late_work.sql",
        author=AUTHOR,
        sources=(_ONEROSTER,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="Says nothing about work that never came: read it beside completion.",
    ),
    reviewed(
        code="on_time_work",
        title="Work in time",
        question="What share of due coursework was in by the due day?",
        subject="coursework",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="due pieces of work submitted by the due day",
        denominator="due pieces of work, less exemptions, of students with dated submissions",
        tables=_TABLES,
        received="coursework_results",
        sql="on_time_work.sql",
        sources=(_ONEROSTER,),
        caution="Read from dates. Where only some teachers keep them, the others' work counts as not in time.",
    ),
)
