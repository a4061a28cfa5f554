# ruff: noqa: E501 (SQL reads better in its own lines)
"""What makes each record the one it is: Ed-Fi's natural keys, as paths into the documents of `documents.py`.

A path is one name or, with `|`, the names that different versions and shapes use for the same thing. In `/deletes` and
`/keyChanges` the same values stand flat under `keyValues`, under the last word of the path.
"""

import re
from hashlib import md5
from typing import Any

from crescendo.imports.bench import quoted

from .documents import Document

LONGEST_KEY = 160  # with the word for its kind before it and a part behind, a key still fits our 255

SCHOOL, STUDENT, STAFF = (
    "schoolReference.schoolId",
    "studentReference.studentUniqueId",
    "staffReference.staffUniqueId",
)
YEAR = "schoolYear|schoolYearTypeReference.schoolYear"
ORGANISATION = "educationOrganizationReference.educationOrganizationId"
SECTION = ("sectionReference.schoolId", "sectionReference.schoolYear", "sectionReference.sessionName",
           "sectionReference.localCourseCode", "sectionReference.sectionIdentifier")  # fmt: skip
OFFERING = ("courseOfferingReference.schoolId", "courseOfferingReference.schoolYear", "courseOfferingReference.sessionName",
            "courseOfferingReference.localCourseCode")  # fmt: skip
PROGRAMME = (STUDENT, ORGANISATION, "programReference.educationOrganizationId", "programReference.programName",
             "programReference.programType", "beginDate")  # fmt: skip
INCIDENT = (
    "disciplineIncidentReference.incidentIdentifier|disciplineIncidentReference.ref",
    "disciplineIncidentReference.schoolId",
)
SURVEY = ("surveyReference.surveyIdentifier", "surveyReference.namespace")
RESPONSE = ("surveyResponseReference.surveyIdentifier", "surveyResponseReference.namespace", "surveyResponseReference.surveyResponseIdentifier")  # fmt: skip
SECTION_RESPONSE = tuple(
    f"surveySectionResponseReference.{name}"
    for name in ("surveyIdentifier", "namespace", "surveySectionTitle", "surveyResponseIdentifier")
)
ATTENDANCE = ("eventDate", "attendanceEventCategory")
ASSESSMENT = ("assessmentReference.assessmentIdentifier", "assessmentReference.namespace")

KEYS: dict[str, tuple[str, ...]] = {
    "StateEducationAgency": ("stateEducationAgencyId",),
    "EducationServiceCenter": ("educationServiceCenterId",),
    "LocalEducationAgency": ("localEducationAgencyId",),
    "School": ("schoolId",),
    "OrganizationDepartment": ("organizationDepartmentId",),
    "PostSecondaryInstitution": ("postSecondaryInstitutionId",),
    "CommunityOrganization": ("communityOrganizationId",),
    "CommunityProvider": ("communityProviderId",),
    "EducationOrganizationNetwork": ("educationOrganizationNetworkId",),
    "Session": (SCHOOL, YEAR, "sessionName"),
    "GradingPeriod": (SCHOOL, YEAR, "gradingPeriod", "gradingPeriodName|periodSequence"),
    "Calendar": ("calendarCode", SCHOOL, YEAR),
    "CalendarDate": ("calendarReference.calendarCode", "calendarReference.schoolId", "calendarReference.schoolYear", "date"),
    "Course": ("courseCode", ORGANISATION),
    "CourseOffering": (SCHOOL, "sessionReference.schoolYear", "sessionReference.sessionName", "localCourseCode"),
    "Section": (*OFFERING, "sectionIdentifier"),
    "Student": ("studentUniqueId",),
    "Staff": ("staffUniqueId",),
    "Contact": ("contactUniqueId",),
    "Parent": ("parentUniqueId",),
    "StudentContactAssociation": (STUDENT, "contactReference.contactUniqueId"),
    "StudentParentAssociation": (STUDENT, "parentReference.parentUniqueId"),
    "StudentSchoolAssociation": (STUDENT, SCHOOL, "entryDate"),
    "StudentSectionAssociation": (STUDENT, *SECTION, "beginDate"),
    "StudentEducationOrganizationAssociation": (STUDENT, ORGANISATION),
    "StudentDemographic": (STUDENT, ORGANISATION),
    "StudentDirectory": (STUDENT, ORGANISATION),
    "StaffEducationOrganizationAssignmentAssociation": (STAFF, ORGANISATION, "staffClassification", "beginDate"),
    "StaffEducationOrganizationEmploymentAssociation": (STAFF, ORGANISATION, "employmentStatus", "hireDate"),
    "StaffSchoolAssociation": (STAFF, SCHOOL, "programAssignment", "schoolYearTypeReference.schoolYear"),
    "StaffSectionAssociation": (STAFF, *SECTION, "beginDate"),
    "StaffLeave": (STAFF, "staffLeaveEventCategory", "beginDate"),
    "StudentSchoolAttendanceEvent": (STUDENT, "schoolReference.schoolId|sessionReference.schoolId", "sessionReference.schoolYear",
                                     "sessionReference.sessionName", *ATTENDANCE),
    "StudentSectionAttendanceEvent": (STUDENT, *SECTION, *ATTENDANCE),
    "SectionAttendanceTakenEvent": (*SECTION, "calendarDateReference.calendarCode", "calendarDateReference.date|eventDate"),
    "Assessment": ("assessmentIdentifier", "namespace"),
    "ObjectiveAssessment": (*ASSESSMENT, "identificationCode"),
    "StudentAssessment": (STUDENT, *ASSESSMENT, "studentAssessmentIdentifier"),
    "Grade": (STUDENT + "|studentSectionAssociationReference.studentUniqueId",
              *(one.replace("sectionReference", "studentSectionAssociationReference") for one in SECTION),
              "studentSectionAssociationReference.beginDate", "gradeType", "gradingPeriodReference.gradingPeriod",
              "gradingPeriodReference.gradingPeriodName|gradingPeriodReference.periodSequence"),
    "CourseTranscript": ("studentAcademicRecordReference.studentUniqueId", "studentAcademicRecordReference.educationOrganizationId",
                         "studentAcademicRecordReference.schoolYear", "studentAcademicRecordReference.term",
                         "courseReference.courseCode", "courseReference.educationOrganizationId", "courseAttemptResult"),
    "StudentAcademicRecord": (STUDENT, ORGANISATION, YEAR, "term"),
    "GradebookEntry": ("gradebookEntryIdentifier", "namespace"),
    "StudentGradebookEntry": (STUDENT, "gradebookEntryReference.gradebookEntryIdentifier", "gradebookEntryReference.namespace"),
    "DisciplineIncident": ("incidentIdentifier", SCHOOL),
    "StudentDisciplineIncidentBehaviorAssociation": (STUDENT, *INCIDENT, "behavior"),
    "StudentDisciplineIncidentNonOffenderAssociation": (STUDENT, *INCIDENT),
    "StaffDisciplineIncidentAssociation": (STAFF, *INCIDENT),
    "DisciplineAction": (STUDENT, "disciplineActionIdentifier", "disciplineDate"),
    "Program": (ORGANISATION, "programName", "programType"),
    "ClassPeriod": (SCHOOL, "classPeriodName"),
    "BellSchedule": (SCHOOL, "bellScheduleName"),
    "Location": (SCHOOL, "classroomIdentificationCode"),
    "AccountabilityRating": (ORGANISATION, "ratingTitle", YEAR),
    "CommunityProviderLicense": ("communityProviderReference.communityProviderId", "license.licenseIdentifier|licenseIdentifier",
                                 "license.licensingOrganization|licensingOrganization"),
    "Person": ("personId", "sourceSystem"),
    "Credential": ("credentialIdentifier", "stateOfIssueStateAbbreviation"),
    "SectionReference": ("schoolId", "schoolYear", "sessionName", "localCourseCode", "sectionIdentifier"),
    "Survey": ("surveyIdentifier", "namespace"),
    "SurveySection": (*SURVEY, "surveySectionTitle"),
    "SurveyQuestion": (*SURVEY, "questionCode"),
    "SurveyResponse": (*SURVEY, "surveyResponseIdentifier"),
    "SurveyQuestionResponse": (*RESPONSE, "surveyQuestionReference.questionCode"),
    "SurveySectionResponse": (*RESPONSE, "surveySectionReference.surveySectionTitle"),
    "SurveyCourseAssociation": (*SURVEY, "courseReference.courseCode", "courseReference.educationOrganizationId"),
    "SurveyProgramAssociation": (*SURVEY, "programReference.educationOrganizationId", "programReference.programName", "programReference.programType"),
    "SurveySectionAssociation": (*SURVEY, *SECTION),
    "SurveyResponseEducationOrganizationTargetAssociation": (*RESPONSE, ORGANISATION),
    "SurveyResponseStaffTargetAssociation": (*RESPONSE, STAFF),
    "SurveySectionResponseEducationOrganizationTargetAssociation": (*SECTION_RESPONSE, ORGANISATION),
    "SurveySectionResponseStaffTargetAssociation": (*SECTION_RESPONSE, STAFF),
    **dict.fromkeys(
        ("StudentProgramAssociation", "StudentCTEProgramAssociation", "StudentHomelessProgramAssociation",
         "StudentLanguageInstructionProgramAssociation", "StudentMigrantEducationProgramAssociation",
         "StudentNeglectedOrDelinquentProgramAssociation", "StudentSchoolFoodServiceProgramAssociation",
         "StudentSection504ProgramAssociation", "StudentSpecialEducationProgramAssociation", "StudentTitleIPartAProgramAssociation"),
        PROGRAMME,
    ),
}  # fmt: skip


def at(path: str, document: str = "doc") -> str:
    """SQL of the text at a path of a document; empty is missing. With `|` the first of several paths that is there."""
    found = [
        f"nullif(trim(json_extract_string({document}, '$.{_quoted(one)}')), '')" for one in path.split("|")
    ]
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


def items(*paths: str, document: str = "doc") -> str:
    """SQL of the list at the first of these paths that is there, as JSON; what is alone is a list of one."""
    cases = " ".join(
        f"""WHEN json_type({document}, '$.{_quoted(path)}') = 'ARRAY' THEN from_json(json_extract({document}, '$.{_quoted(path)}'),
            '["JSON"]')
            WHEN json_type({document}, '$.{_quoted(path)}') IS NOT NULL THEN [json_extract({document}, '$.{_quoted(path)}')]"""
        for path in paths
    )
    return f"CASE {cases} ELSE []::JSON[] END"


def joined(*values: str) -> str:
    """SQL of one key out of several texts: letter case and missing against empty make no difference; long ones are hashed."""
    parts = ", ".join(f"coalesce({value}, '')" for value in values)
    key = f"lower(concat_ws('|', {parts}))"
    return f"CASE WHEN length({key}) <= {LONGEST_KEY} THEN {key} ELSE md5({key}) END"


def key_of(resource: str, document: Document) -> str | None:
    """A record's natural key, as `joined` makes it in SQL; None where the record says nothing of it."""
    return _key([_text(document, path) for path in KEYS.get(resource, ())])


def key_in(resource: str, values: Document | None) -> str | None:
    """The natural key in `keyValues`, `oldKeyValues` or `newKeyValues`; None where the host sends none."""
    paths = ["|".join(part.rpartition(".")[2] for part in path.split("|")) for path in KEYS.get(resource, ())]
    return _key([_text(values, path) for path in paths if path != "ref"]) if values else None


def _key(values: list[str]) -> str | None:
    if not any(values):
        return None
    key = "|".join(values).lower()
    return key if len(key) <= LONGEST_KEY else md5(key.encode(), usedforsecurity=False).hexdigest()


def _text(document: Document, path: str) -> str:
    for one in path.split("|"):
        value: Any = document
        for name in one.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None and value != "" and not isinstance(value, dict | list):
            return str(value).lower() if isinstance(value, bool) else str(value).strip()
    return ""


def _quoted(path: str) -> str:
    return ".".join(
        part if re.fullmatch(r"\w+(\[\d+\])?", part) else quoted(part) for part in path.split(".")
    )
