"""Behaviour incidents, as adults recorded them."""

from ...indicator import Indicator, Source
from ..dates import AUTHOR, NEXT_REVIEW_ON, REVIEWED_ON, reviewed

_CRDC = Source(
    title="Civil Rights Data Collection, discipline",
    where="students with one or more out-of-school suspensions; school days missed because of them",
    url="https://civilrightsdata.ed.gov/",
)

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
        core=True,
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
    reviewed(
        code="suspension_rate",
        title="Suspension",
        question="What share of students were suspended or expelled?",
        subject="behaviour",
        unit="share",
        direction="lower",
        kind="share_of_students",
        numerator="students removed from school at least once",
        denominator="students of schools that send removals",
        flag="removed from school at least once",
        tables=("organisations", "enrolments", "removals"),
        received="removals",
        sql="suspension_rate.sql",
        sources=(_CRDC,),
        caution="A decision of adults. Removals inside the school do not count; children sent home without a word are not seen.",
    ),
    reviewed(
        code="days_lost_to_removal",
        title="Days lost to removal",
        question="How many school days do 100 students lose to suspension and expulsion?",
        subject="behaviour",
        unit="days per 100 students",
        direction="lower",
        kind="ratio",
        numerator="school days lost",
        denominator="students",
        scale=100.0,
        tables=("organisations", "enrolments", "removals"),
        received="removals",
        sql="days_lost_to_removal.sql",
        sources=(_CRDC,),
        caution="One long expulsion weighs as much as many short suspensions.",
    ),
)
