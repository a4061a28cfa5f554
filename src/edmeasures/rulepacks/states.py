"""Four states of the United States, where their rules differ. Each says what was read and what a site should check."""

from datetime import date

from ..indicator import Source
from .pack import Band, RulePack, Threshold

_REVIEWED = date(2026, 11, 22)

CALIFORNIA = RulePack(
    name="us-california",
    version="2026.1",
    title="California",
    authority="California Department of Education",
    sources=(
        Source(
            title="DataQuest, chronic absenteeism: eligible cumulative enrolment",
            where="expected to attend more than 30 days; absent for ten per cent or more of the days expected",
            url="https://www.cde.ca.gov/ds/ad/fsabd.asp",
        ),
        Source(
            title="California Education Code",
            where="section 48260(a): a truant has three full days without a valid excuse, or was late or away for more than 30 "
            "minutes on three occasions, or any combination. Only the full days are counted here: minutes are not in the tables",
            url="https://leginfo.legislature.ca.gov/faces/codes_displaySection.xhtml?lawCode=EDC&sectionNum=48260.",
        ),
    ),
    reviewed_on=_REVIEWED,
    counting="full_day",
    minimum_days=31,
    attended_once=True,
    chronic=Threshold(10, 100),
    severe=Threshold(20, 100),
    truancy_days=3,
)

MAINE = RulePack(
    name="us-maine",
    version="2026.1",
    title="Maine",
    authority="Maine Department of Education",
    sources=(
        Source(
            title="Maine Department of Education, chronic absenteeism",
            where="enrolled a minimum of ten days, absent ten per cent or more of the days enrolled",
            url="https://www.maine.gov/doe/data-reporting/reporting/warehouse/chronic-absenteeism",
        ),
        Source(
            title="Maine Department of Education, truancy definition",
            where="the equivalent of ten full days unexcused in a school year, once grade 6 is completed",
            url="http://www.maine.gov/education/tdae/TruancyDefinition.htm",
        ),
    ),
    reviewed_on=_REVIEWED,
    counting="decimal",
    minimum_days=10,
    chronic=Threshold(10, 100),
    severe=Threshold(20, 100),
    truancy_days=10,
)

NEW_MEXICO = RulePack(
    name="us-new-mexico",
    version="2026.1",
    title="New Mexico",
    authority="New Mexico Public Education Department",
    sources=(
        Source(
            title="Attendance for Success Act, NMSA 1978",
            where="section 22-12A-2: tiers below 5, from 5, from 10 and from 20 per cent of days missed for any reason",
            url="https://safesupportivelearning.ed.gov/discipline-compendium",
        ),
    ),
    reviewed_on=_REVIEWED,
    counting="decimal",
    minimum_days=10,
    chronic=Threshold(10, 100),
    severe=Threshold(20, 100),
    # Of attendance, so that a boundary of days missed belongs to the tier of those who miss more.
    bands=(
        Band("intensive support", 0),
        Band("early intervention", 80, "above"),
        Band("individualized prevention", 90, "above"),
        Band("whole-school prevention", 95, "above"),
    ),
)

TENNESSEE = RulePack(
    name="us-tennessee",
    version="2026.1",
    title="Tennessee",
    authority="Tennessee Department of Education",
    sources=(
        Source(
            title="Tennessee Department of Education, accountability code of 2019, 2019-accountability/absenteeism.R",
            where="n_absences / isp_days >= 0.1; schools and districts keep isp_days / instructional_days >= 0.5, the state keeps "
            "isp_days >= 45",
            url="https://github.com/tnedu/accountability",
        ),
        Source(
            title="Rules of the Tennessee State Board of Education, state attendance guidelines",
            where="0520-01-02-.17(1)(a): steps upon or before five days of unexcused absence",
            url="https://statepolicies.nasbe.org/health/categories/social-emotional-climate/"
            "chronic-absenteeism-early-warning-systems/tennessee",
        ),
    ),
    reviewed_on=_REVIEWED,
    counting="decimal",
    minimum_days=0,
    minimum_share=(50, 100),
    chronic=Threshold(10, 100),
    severe=Threshold(20, 100),
    truancy_days=5,
    participation_floor=(95, 100),
)
