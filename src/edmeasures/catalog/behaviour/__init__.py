"""Behaviour incidents, as adults recorded them."""

from ...indicator import Indicator, Source
from ..dates import AUTHOR, NEXT_REVIEW_ON, REVIEWED_ON

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        code="behaviour_incident_rate",
        title="Behaviour incidents",
        question="How many incidents are recorded per 100 students on a school day?",
        subject="behaviour",
        unit="incidents per 100 student-days",
        direction="lower",
        kind="ratio",
        numerator="recorded incidents on days of membership",
        denominator="days of membership",
        scale=100.0,
        tables=("organisations", "enrolments", "calendar_days", "behaviour_incidents"),
        received="behaviour_incidents",
        series=True,
        sql="behaviour_incident_rate.sql",
        author=AUTHOR,
        sources=(
            Source(
                title="School-Wide Information System",
                where="average referrals per school day, here per 100 students",
                url="http://nhcebis.seresc.net/using_swis",
            ),
        ),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="Measures what adults write down as much as what students do. Never compare groups without asking who records.",
    ),
)
