from .assessments import Assessment, AssessmentLevel
from .coursework import CourseworkCategory, CourseworkItem
from .facts import (
    ActivityEvent,
    AssessmentResult,
    AttendanceEvent,
    AttendanceSubmission,
    BehaviourIncident,
    CourseOutcome,
    CourseworkResult,
    ParticipationCheck,
    SchoolAttendanceCount,
)

__all__ = [
    "ActivityEvent",
    "Assessment",
    "AssessmentLevel",
    "AssessmentResult",
    "AttendanceEvent",
    "AttendanceSubmission",
    "BehaviourIncident",
    "CourseOutcome",
    "CourseworkCategory",
    "CourseworkItem",
    "CourseworkResult",
    "ParticipationCheck",
    "SchoolAttendanceCount",
]
