"""Who and where: the targets of `roster`, each after the ones it points at."""

from .declaration import Target

ROSTER = (
    Target("organisations", "roster.Organisation", entity="org", matched_by=("identifier", "name")),
    Target("sessions", "roster.AcademicSession", entity="session"),
    Target("calendars", "roster.Calendar", entity="calendar", school="school_id"),
    Target("calendar_days", "roster.CalendarDay", natural_key=("calendar_id", "on"), owner="calendar_id"),
    Target("courses", "roster.Course", entity="course", matched_by=("code",)),
    Target("classes", "roster.SchoolClass", entity="class", school="school_id", matched_by=("code",)),
    Target(
        "class_sessions",
        "roster.SchoolClass_sessions",
        natural_key=("schoolclass_id", "academicsession_id"),
        owner="schoolclass_id",
    ),
    Target("students", "roster.Student", entity="student", matched_by=("identifier", "username", "email")),
    Target("staff", "roster.StaffMember", entity="staff", matched_by=("identifier", "username", "email")),
    Target("family", "roster.FamilyMember", entity="family", matched_by=("identifier", "username", "email")),
    Target("posts", "roster.Post", entity="post", school="organisation_id", ends=("begins_on", "ends_on")),
    Target("class_staff", "roster.ClassStaff", entity="class_staff", ends=("begins_on", "ends_on")),
    Target("class_enrolments", "roster.ClassEnrolment", entity="enrollment", ends=("begins_on", "ends_on")),
    Target(
        "school_enrolments",
        "roster.Enrolment",
        entity="school_enrolment",
        school="school_id",
        ends=("entry_on", "exit_on"),
    ),
    Target("family_links", "roster.FamilyLink", entity="family_link"),
    Target(
        "family_rights",
        "roster.FamilyRight",
        natural_key=("student_id", "family_member_id"),
        only_if_absent=True,
    ),
    Target("characteristics", "roster.Characteristic", natural_key=("code",), only_if_absent=True),
    Target(
        "student_characteristics",
        "roster.StudentCharacteristic",
        natural_key=("student_id", "characteristic_id", "value"),
        owner="student_id",
        ends=("begins_on", "ends_on"),
    ),
)
