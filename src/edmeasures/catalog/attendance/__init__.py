"""Attendance: who was in school, of the days they belonged to it."""

from ...indicator import Indicator, Source
from ..dates import AUTHOR, NEXT_REVIEW_ON, REVIEWED_ON
from . import aggregates, england, patterns, students
from .sources import ADA_WORKSHEET, CALPADS, COUNTING, ENGLAND, FS195, MAINE, TABLES, WHO_COUNTS

_FIRST: tuple[Indicator, ...] = (
    Indicator(
        code="attendance_rate",
        title="Attendance rate",
        question="What share of their school days were students in school?",
        subject="attendance",
        unit="share",
        direction="higher",
        kind="ratio",
        numerator="recorded days of membership attended",
        denominator="recorded days of membership",
        tables=TABLES,
        received="attendance_submissions",
        parameters=COUNTING,
        series=True,
        core=True,
        sql="attendance_rate.sql",
        author=AUTHOR,
        sources=(ADA_WORKSHEET,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution=(
            "The rate of a group is the ratio of sums; the mean of students' rates stands beside it and is another number. "
            "A high average hides students who miss much."
        ),
    ),
    Indicator(
        code="average_daily_attendance",
        title="Average daily attendance",
        question="How many students are in school on an average day?",
        subject="attendance",
        unit="students",
        direction="neutral",
        kind="average_daily",
        grain="organisation",
        numerator="student-days attended, weighted by the share of membership",
        denominator="recorded days taught",
        tables=TABLES,
        received="attendance_submissions",
        parameters=COUNTING,
        core=True,
        sql="average_daily_attendance.sql",
        author=AUTHOR,
        sources=(ADA_WORKSHEET,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="Not a rate: it grows with the school. States that fund by it add rules of their own about who may be counted.",
    ),
    Indicator(
        code="chronic_absence",
        title="Chronic absence",
        question="What share of students miss a tenth of school or more?",
        subject="attendance",
        unit="share",
        direction="lower",
        kind="share_of_students",
        numerator="students absent for the threshold share of their recorded days, or more",
        denominator="students with the minimum of recorded days",
        flag="absent for the threshold share or more",
        tables=TABLES,
        received="attendance_submissions",
        parameters=(*COUNTING, *WHO_COUNTS, "chronic"),
        core=True,
        sql="absence_over_threshold.sql",
        author=AUTHOR,
        sources=(FS195, CALPADS, MAINE, ENGLAND),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution=(
            "A student who changed schools counts once in each school and once in the district, over all their days. "
            "Federal tables count them once per school throughout."
        ),
    ),
    Indicator(
        code="severe_chronic_absence",
        title="Severe chronic absence",
        question="What share of students miss a fifth of school or more (in England, half)?",
        subject="attendance",
        unit="share",
        direction="lower",
        kind="share_of_students",
        numerator="students absent for the severe threshold share of their recorded days, or more",
        denominator="students with the minimum of recorded days",
        flag="absent for the severe threshold share or more",
        tables=TABLES,
        received="attendance_submissions",
        parameters=(*COUNTING, *WHO_COUNTS, "severe"),
        core=True,
        sql="absence_over_threshold.sql",
        author=AUTHOR,
        sources=(ENGLAND,),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution="No federal definition exists; 20 per cent is common state practice. Groups are small: read the interval.",
    ),
    Indicator(
        code="absence_streak",
        title="Absence streaks",
        question="Who has been away for several school days in a row?",
        subject="attendance",
        unit="share",
        direction="lower",
        kind="share_of_students",
        numerator="students whose longest run of full days absent reaches the streak length",
        denominator="students with recorded days",
        flag="the longest run reaches the streak length",
        tables=TABLES,
        received="attendance_submissions",
        parameters=("absence_categories", "days_without_submission", "exit_day", "streak_days"),
        core=True,
        sql="absence_streak.sql",
        author=AUTHOR,
        sources=(
            Source(
                title="Crescendo, rules of attendance",
                where="absent for more than half a day on consecutive recorded days of the school's calendar",
            ),
        ),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution=(
            "A student's value is the length of the longest run in days. A weekend or a holiday does not end a run; "
            "a day the school did not record neither ends nor lengthens it."
        ),
    ),
    Indicator(
        code="mobility_rate",
        title="Mobility",
        question="What share of students arrived late in the year, left early or changed school?",
        subject="attendance",
        unit="share",
        direction="neutral",
        kind="share_of_students",
        numerator="students who entered after the first days of instruction, left before the last, or broke off in between",
        denominator="students who were members on any instructional day",
        flag="moved during the year",
        tables=("organisations", "enrolments", "calendar_days"),
        parameters=("mobility_grace_days", "exit_day"),
        core=True,
        sql="mobility_rate.sql",
        author=AUTHOR,
        sources=(
            Source(
                title="Colorado Department of Education, mobility and stability statistics",
                where="student mobility rate: unduplicated count of students who moved into or out of the school or district",
                url="http://csi.state.co.us/cdereval/mobility-stabilitycurrentfaq",
            ),
        ),
        reviewed_on=REVIEWED_ON,
        next_review_on=NEXT_REVIEW_ON,
        caution=(
            "States differ in the day from which a late entry counts; here it is the eleventh day of instruction. "
            "A move between two schools of a district counts in both schools and in the district."
        ),
    ),
)

INDICATORS: tuple[Indicator, ...] = (
    *_FIRST,
    *aggregates.INDICATORS,
    *students.INDICATORS,
    *patterns.INDICATORS,
    *england.INDICATORS,
)
