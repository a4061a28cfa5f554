"""What attendance measures read, what packs may change about counting, and where it was published."""

from ...indicator import Source

TABLES = ("organisations", "enrolments", "calendar_days", "attendance_submissions", "attendance_events")
COUNTING = ("counting", "absence_categories", "days_without_submission", "exit_day")
ADA_WORKSHEET = Source(
    title="State worksheet for average daily attendance",
    where="average daily attendance is the sum of the daily counts over the days taught",
    url="https://studylib.net/doc/18181568",
)
FS195 = Source(
    title="EDFacts file specification FS195, chronic absenteeism",
    where="section 2: ten per cent or more of the days, enrolled at least ten days",
    url="https://eddataexpress.ed.gov/dashboard/chronic-absenteeism/2021-2022",
)
CALPADS = Source(
    title="CALPADS glossary, chronic absentee",
    where="excused and unexcused absences both count",
    url="https://documentation.staging.calpads.org/Glossary/EndofYearData/ChronicAbsentee",
)
MAINE = Source(
    title="Maine Department of Education, chronic absenteeism",
    where="enrolled a minimum of ten days, absent ten per cent or more of the days enrolled",
    url="https://www.maine.gov/doe/data-reporting/reporting/warehouse/chronic-absenteeism",
)
ENGLAND = Source(
    title="Pupil absence in schools in England: methodology",
    where="persistent absentees miss ten per cent or more of possible sessions, severe 50 per cent or more",
    url="https://explore-education-statistics.service.gov.uk/methodology/pupil-absence-in-schools-in-england",
)
BERC = Source(
    title="Baltimore Education Research Consortium, Why September Matters (2014)",
    where="students who missed two days or more in September went on to miss many more",
    url="https://www.attendanceworks.org/why-september-matters-improving-student-attendance/",
)
HOUSE = Source(title="Crescendo, rules of attendance", where="days and runs are counted on recorded days")
WHO_COUNTS = ("minimum_days", "minimum_share", "attended_once", "leavers")
WHO_STAYS = Source(
    title="Colorado Department of Education, mobility and stability statistics",
    where="stability rate: students who remained without a move",
    url="http://csi.state.co.us/cdereval/mobility-stabilitycurrentfaq",
)
