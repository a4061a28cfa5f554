"""Whether the data can carry the other numbers."""

from ...indicator import Indicator, Source
from ..dates import AUTHOR, NEXT_REVIEW_ON, REVIEWED_ON

_HOUSE = Source(
    title="Crescendo, rules of data quality", where="a day counts as recorded when the school sent it"
)

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        code="recorded_share",
        title="Recorded share",
        question="For what share of student-days do we know whether the student was in school?",
        subject="quality",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="days of membership on which the school sent its attendance",
        denominator="days of membership",
        tables=("organisations", "enrolments", "calendar_days", "attendance_submissions"),
        parameters=("days_without_submission",),
        series=True,
        sql="recorded_share.sql",
        author=AUTHOR,
        sources=(_HOUSE,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="A day that was sent may still hold wrong marks.",
    ),
    Indicator(
        code="data_freshness",
        title="Data freshness",
        question="How many school days ago did each school last send its attendance?",
        subject="quality",
        unit="instructional days",
        direction="lower",
        kind="lag",
        grain="organisation",
        numerator="instructional days since the last one sent, up to the day of the run",
        denominator="",
        tables=("organisations", "calendar_days", "attendance_submissions"),
        sql="data_freshness.sql",
        author=AUTHOR,
        sources=(_HOUSE,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="A district's value is that of its stalest school. Zero means that today's attendance has arrived.",
    ),
)
