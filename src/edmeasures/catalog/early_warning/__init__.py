"""Early warning by plain rules: signs that ask somebody to look. Models stand beside them, not here."""

from ...indicator import Indicator, Source
from ..dates import reviewed

_BALFANZ = Source(
    title="Balfanz, Herzog and Mac Iver, Preventing student disengagement (2007)",
    where="Educational Psychologist 42(4): attendance, behaviour, course failure",
)
_EDFI = Source(
    title="Ed-Fi Analytics Middle Tier, early warning system",
    where="attendance under 80 and 88 per cent; conduct incidents 2 and 5; a state offence",
    url="https://techdocs.ed-fi.org/",
)
_OVER_AGE = Source(
    title="Crescendo, rules of early warning", where="two years above the usual age of the grade"
)

INDICATORS: tuple[Indicator, ...] = (
    reviewed(
        code="abc_warning",
        title="Attendance, behaviour, courses",
        question="What share of students show at least one of the three signs?",
        subject="early_warning",
        unit="share",
        direction="lower",
        kind="share_of_students",
        numerator="students chronically absent, suspended, or failing a core course",
        denominator="students of whom at least one of the three is known",
        flag="at least one sign",
        tables=(
            "organisations",
            "enrolments",
            "calendar_days",
            "attendance_submissions",
            "attendance_events",
            "removals",
            "course_outcomes",
        ),
        parameters=("counting", "absence_categories", "days_without_submission", "exit_day", "chronic"),
        sql="abc_warning.sql",
        sources=(_BALFANZ,),
        caution="A sign asks somebody to look; it decides nothing. What is not known shows no sign.",
    ),
    reviewed(
        code="early_warning_level",
        title="Early warning level",
        question="What share of students are at risk by attendance or conduct?",
        subject="early_warning",
        unit="share",
        direction="lower",
        kind="share_of_students",
        numerator="students at risk: attendance under the lower line, many incidents, or a major one",
        denominator="students with recorded days",
        flag="at risk",
        tables=(
            "organisations",
            "enrolments",
            "calendar_days",
            "attendance_submissions",
            "attendance_events",
            "behaviour_incidents",
        ),
        received="attendance_submissions",
        parameters=(
            "counting",
            "absence_categories",
            "days_without_submission",
            "exit_day",
            "attendance_levels",
            "conduct_levels",
        ),
        sql="early_warning_level.sql",
        sources=(_EDFI,),
        caution="A student's value is 0, 1 or 2. Incidents are what adults wrote down.",
    ),
    reviewed(
        code="over_age",
        title="Old for the grade",
        question="What share of students are two years above the usual age?",
        subject="early_warning",
        unit="share",
        direction="neutral",
        kind="share_of_students",
        numerator="students two years or more above the usual age of their grade",
        denominator="students with a day of birth and a numbered grade",
        flag="two years or more above the usual age",
        tables=("organisations", "enrolments", "students"),
        sql="over_age.sql",
        sources=(_OVER_AGE,),
        caution="Newcomers to the country and late starters are in it. It is an age, not a fault.",
    ),
)
