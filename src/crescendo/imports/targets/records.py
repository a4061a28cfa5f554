"""What happened: the targets of `records`. Facts are known by (school_year, source, source_key)."""

from .declaration import Target

RECORDS = (
    Target("assessments", "records.Assessment", entity="assessment", matched_by=("code",)),
    Target(
        "assessment_levels",
        "records.AssessmentLevel",
        natural_key=("assessment_id", "grade_level", "sequence"),
        owner="assessment_id",
    ),
    Target("coursework_categories", "records.CourseworkCategory", entity="category"),
    Target("coursework_items", "records.CourseworkItem", entity="line_item"),
    Target("attendance_events", "records.AttendanceEvent", school="school_id"),
    Target("attendance_submissions", "records.AttendanceSubmission", school="school_id"),
    Target("school_attendance_counts", "records.SchoolAttendanceCount", school="school_id"),
    Target("assessment_results", "records.AssessmentResult", school="school_id"),
    Target("coursework_results", "records.CourseworkResult", school="school_id"),
    Target("participation_checks", "records.ParticipationCheck", school="school_id"),
    Target("activity_events", "records.ActivityEvent", school="school_id"),
    Target("behaviour_incidents", "records.BehaviourIncident", school="school_id"),
    Target("course_outcomes", "records.CourseOutcome", school="school_id"),
    Target("kept_records", "records.KeptRecord"),
)
