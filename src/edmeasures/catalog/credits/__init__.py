"""Courses and credits."""

from ...indicator import Indicator, Source
from ..dates import AUTHOR, NEXT_REVIEW_ON, REVIEWED_ON

_ON_TRACK = Source(
    title="University of Chicago Consortium, freshman on-track; as used by Quincy Public Schools",
    where="at least five full-year credits and no more than one semester F in a core course",
    url="https://www.qps.org/strategic-dashboard/indicators/college-and-career-readiness/",
)
_TABLES = ("organisations", "enrolments", "course_outcomes")

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        code="course_failure",
        title="Course failure",
        question="What share of students failed at least one course?",
        subject="credits",
        unit="share",
        direction="lower",
        kind="share_of_students",
        numerator="students who failed at least one course",
        denominator="students with at least one decided course",
        flag="failed at least one course",
        tables=_TABLES,
        received="course_outcomes",
        sql="course_failure.sql",
        author=AUTHOR,
        sources=(_ON_TRACK,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="A student's value is the share of their courses failed. Marking differs between teachers and schools.",
    ),
    Indicator(
        code="credits_on_track",
        title="Credits on track",
        question="What share of ninth-graders are on track to graduate?",
        subject="credits",
        unit="share",
        direction="higher",
        kind="share_of_students",
        numerator="students with the credits needed and no more core failures than allowed",
        denominator="students of the grades the rule applies to whose year is decided",
        flag="on track",
        tables=(*_TABLES, "calendar_days"),
        received="course_outcomes",
        parameters=("on_track_grades", "credits_needed", "core_failures_allowed"),
        sql="credits_on_track.sql",
        author=AUTHOR,
        sources=(_ON_TRACK,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="Made for Chicago's ninth grade. Credits from summer sessions are not counted there; leave them out of the table.",
    ),
)
