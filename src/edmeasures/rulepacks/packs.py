"""The packs that come with the library."""

from datetime import date

from ..indicator import Source
from .england import REGISTER_CODES
from .pack import Band, RulePack, Threshold

_REVIEWED = date(2026, 11, 22)

US_FEDERAL = RulePack(
    name="us-federal",
    version="2026.1",
    title="United States, federal reporting",
    authority="US Department of Education",
    sources=(
        Source(
            title="EDFacts file specification FS195, chronic absenteeism",
            where="definition: ten per cent or more of days, in school at least ten days, half a day counts as present",
            url="https://www.ed.gov/data/edfacts-initiative",
        ),
        Source(
            title="Elementary and Secondary Education Act",
            where="section 1111(c)(4)(E)(ii): at least 95 per cent of students in the denominator",
        ),
    ),
    reviewed_on=_REVIEWED,
    counting="full_day",
    minimum_days=10,
    chronic=Threshold(10, 100),
    severe=Threshold(20, 100),
    participation_floor=(95, 100),
    grain="per_school",  # FS195 is collected by school: who moved is counted at each
)

EDU_DECIMAL = RulePack(
    name="edu-decimal",
    version="2026.1",
    title="Decimal days",
    authority="Crescendo, after state practice in Rhode Island and Maine",
    sources=(
        Source(
            title="Rhode Island KIDS COUNT Factbook, chronic early absence",
            where="18 of 180 days is ten per cent and counts; excused and unexcused alike",
        ),
        Source(
            title="Maine Department of Education, chronic absenteeism",
            where="students enrolled at least ten days",
        ),
    ),
    reviewed_on=_REVIEWED,
    counting="decimal",
    minimum_days=10,
    chronic=Threshold(10, 100),
    severe=Threshold(20, 100),
)

EDU_WH = RulePack(
    name="edu-wh",
    version="2026.1",
    title="Attendance categories of the EDU warehouse",
    authority="Education Analytics, edu_wh",
    sources=(
        Source(
            title="edu_wh business rules for attendance",
            where="minimum of 20 enrolled days; cumulative rate in four categories; chronic at 90 per cent or less",
            url="https://github.com/edanalytics/edu_wh",
        ),
    ),
    reviewed_on=_REVIEWED,
    counting="decimal",
    minimum_days=20,
    chronic=Threshold(10, 100),
    severe=Threshold(20, 100, "above"),  # the 80 per cent boundary belongs to "chronic", the band above it
    bands=(
        Band("severe chronic", 0),
        Band("chronic", 80),
        Band("at risk", 90),
        Band("satisfactory", 95),
    ),
)

ENGLAND = RulePack(
    name="england",
    version="2024.1",
    title="England, half-day sessions",
    authority="Department for Education",
    sources=(
        Source(
            title="The School Attendance (Pupil Registration) (England) Regulations 2024",
            where="register codes, from 19 August 2024",
            url="https://www.legislation.gov.uk/uksi/2024/208/contents/made",
        ),
        Source(
            title="Pupil absence in schools in England: methodology",
            where="persistent absentee: misses ten per cent or more of possible sessions; severe: 50 per cent or more",
            url="https://explore-education-statistics.service.gov.uk/methodology/pupil-absence-in-schools-in-england",
        ),
    ),
    reviewed_on=_REVIEWED,
    counting="sessions",
    minimum_days=0,
    chronic=Threshold(10, 100),
    severe=Threshold(50, 100),
    register_codes=REGISTER_CODES,
)
