from .assessments import Assessment, AssessmentLevel
from .corrections import Correction
from .coursework import CourseworkCategory, CourseworkItem
from .facts import (
    ActivityEvent,
    AssessmentResult,
    AttendanceEvent,
    AttendanceSubmission,
    BehaviourIncident,
    CourseOutcome,
    CourseworkResult,
    KeptRecord,
    ParticipationCheck,
    SchoolAttendanceCount,
)
from .keys import SendingKey
from .registers import Register

__all__ = [
    "ActivityEvent",
    "Assessment",
    "AssessmentLevel",
    "AssessmentResult",
    "AttendanceEvent",
    "AttendanceSubmission",
    "BehaviourIncident",
    "Correction",
    "CourseOutcome",
    "CourseworkCategory",
    "CourseworkItem",
    "CourseworkResult",
    "KeptRecord",
    "ParticipationCheck",
    "Register",
    "SchoolAttendanceCount",
    "SendingKey",
]
