"""Taking part: in lessons and outside them."""

from ...indicator import Indicator, Source
from ..dates import AUTHOR, NEXT_REVIEW_ON, REVIEWED_ON

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        code="class_participation",
        title="Classroom participation",
        question="In what share of checked lessons did students take part?",
        subject="participation",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="checks in which the student took part",
        denominator="checks",
        tables=("organisations", "enrolments", "participation_checks"),
        received="participation_checks",
        series=True,
        core=True,
        sql="class_participation.sql",
        author=AUTHOR,
        sources=(Source(title="Crescendo, rules of participation", where="one tap per student and lesson"),),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="One teacher's yes or no. Compare a student with their own past rather than with another class.",
    ),
    Indicator(
        code="activity_participation",
        title="Participation in activities",
        question="What share of students take part in an activity outside lessons?",
        subject="participation",
        unit="share",
        direction="higher",
        kind="share_of_students",
        numerator="students with at least one recorded activity",
        denominator="students enrolled at schools that record activities",
        flag="took part at least once",
        tables=("organisations", "enrolments", "activity_events"),
        received="activity_events",
        core=True,
        sql="activity_participation.sql",
        author=AUTHOR,
        sources=(
            Source(
                title="Crescendo, rules of participation", where="at least one recorded activity in the year"
            ),
        ),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="Schools record different activities. A student without a row counts as not taking part where the school records.",
    ),
)
