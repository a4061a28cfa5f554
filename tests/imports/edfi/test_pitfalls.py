"""What districts' data really does (the numbered pitfalls), where an Ed-Fi source meets it. One district serves all."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase

from crescendo.imports import queries
from crescendo.imports.models import ImportRun, SetAsideRow
from crescendo.records.models import (
    AssessmentResult,
    AttendanceEvent,
    AttendanceSubmission,
    CourseOutcome,
    KeptRecord,
)
from crescendo.roster.models import (
    Enrolment,
    ExternalId,
    FamilyLink,
    FamilyRight,
    Student,
    StudentCharacteristic,
)
from imports.edfi.deliveries import bring_in, codes, day, find, lines, uri

pytestmark = pytest.mark.django_db  # reading what the module's fixture committed
GRADE = uri("GradeLevel", "Ninth grade")
Record = dict[str, Any]


def pupil(key: str, given: str = "Sam", **more: Any) -> Record:
    return {
        "studentUniqueId": key,
        "firstName": given,
        "lastSurname": "Núñez",
        "birthDate": "2011-03-04",
    } | more


def spell(key: str, entry: str, school: int = 1, **more: Any) -> Record:
    return {"studentReference": {"studentUniqueId": key}, "schoolReference": {"schoolId": school}, "entryDate": entry,
            "entryGradeLevelDescriptor": GRADE} | more  # fmt: skip


def event(key: str, on: str, category: str, school: int = 1, **more: Any) -> Record:
    return {"studentReference": {"studentUniqueId": key}, "schoolReference": {"schoolId": school}, "eventDate": on,
            "attendanceEventCategoryDescriptor": category if "#" in category else uri("AttendanceEventCategory", category),
            "sessionReference": {"schoolId": school, "schoolYear": 2027, "sessionName": "Fall"}} | more  # fmt: skip


def date_of(on: str, *events: str, school: int = 1, code: str = "A") -> Record:
    return {"calendarReference": {"calendarCode": code, "schoolId": school, "schoolYear": 2027}, "date": on,
            "calendarEvents": [{"calendarEventDescriptor": uri("CalendarEvent", one)} for one in events]}  # fmt: skip


def contact(key: str, child: str, relation: str, **more: Any) -> Record:
    return {"studentReference": {"studentUniqueId": child}, "contactReference": {"contactUniqueId": key},
            "relationDescriptor": uri("Relation", relation)} | more  # fmt: skip


def score(identifier: str, key: str, *results: Record, **more: Any) -> Record:
    return {"studentAssessmentIdentifier": identifier, "assessmentReference": {"assessmentIdentifier": "MAP", "namespace": "uri://x"},
            "studentReference": {"studentUniqueId": key}, "administrationDate": "2026-10-05T16:00:00Z",
                "schoolYearTypeReference": {"schoolYear": 2027},
            "scoreResults": list(results)} | more  # fmt: skip


def result(value: str, method: str = "Scale score") -> Record:
    return {"assessmentReportingMethodDescriptor": uri("AssessmentReportingMethod", method), "result": value}


SECTION = {
    "localCourseCode": "ALG",
    "schoolId": 1,
    "schoolYear": 2027,
    "sessionName": "Fall",
    "sectionIdentifier": "A1",
}


def grade(key: str, kind: str, letter: str) -> Record:
    return {"studentSectionAssociationReference": SECTION | {"studentUniqueId": key, "beginDate": "2026-08-24"},
            "gradeTypeDescriptor": uri("GradeType", kind), "letterGradeEarned": letter,
            "gradingPeriodReference": {"schoolId": 1, "schoolYear": 2027, "gradingPeriodDescriptor": uri("GradingPeriod", "A"),
                "gradingPeriodName": "A"}}  # fmt: skip


DISTRICT: dict[str, list[Record]] = {
    "localEducationAgencies": [{"localEducationAgencyId": 9, "nameOfInstitution": "Northfield"}],
    "schools": [{"schoolId": n, "nameOfInstitution": name, "localEducationAgencyReference": {"localEducationAgencyId": 9}}
                for n, name in ((1, "Elm"), (2, "Oak"), (3, "Ash"))],
    "sessions": [{"sessionName": "Fall", "schoolReference": {"schoolId": n}, "schoolYearTypeReference": {"schoolYear": 2027},
                  "beginDate": "2026-08-24", "endDate": "2026-12-18", "termDescriptor": uri("Term", "Fall Semester")} for n in (1, 2)],
    "calendars": [{"calendarCode": code, "schoolReference": {"schoolId": n}, "schoolYearTypeReference": {"schoolYear": 2027}}
                  for n, code in ((1, "A"), (2, "A"), (2, "B"))],
    "calendarDates": [*(date_of(f"2026-09-{n:02}", "Instructional day") for n in (7, 8, 9, 10, 11)),
                      date_of("2026-09-12", "Weather day"), date_of("2026-09-13", "Pep rally")],
    "courses": [{"courseCode": "ALG", "courseTitle": "Algebra", "educationOrganizationReference": {"educationOrganizationId": 9},
                 "academicSubjectDescriptor": uri("AcademicSubject", "Mathematics")}],
    "courseOfferings": [{"localCourseCode": "ALG", "schoolReference": {"schoolId": n}, "courseReference": {"courseCode": "ALG",
        "educationOrganizationId": 9},
                         "sessionReference": {"schoolId": n, "schoolYear": 2027, "sessionName": "Fall"}} for n in (1, 2)],
    "sections": [{"sectionIdentifier": "A1", "courseOfferingReference": {"localCourseCode": "ALG", "schoolId": n, "schoolYear": 2027,
        "sessionName": "Fall"}}
                 for n in (1, 2)],
    "students": [pupil("00107"), pupil("ab-12", "Sol"), pupil("3"), pupil("4"), pupil("5"), pupil("6"), pupil("7"), pupil("8"),
                 pupil("9", birthDate="2011-02-31")],
    "studentSchoolAssociations": [
        spell("00107", "2026-08-24"), spell("AB-12", "2026-08-24"),
        spell("3", "2026-08-24", exitWithdrawDate="2026-10-15"), spell("3", "2026-10-15", school=2),
        spell("4", "2026-08-24", exitWithdrawDate="2026-08-20"),
        spell("5", "2026-08-24", exitWithdrawDate="2026-08-24", exitWithdrawTypeDescriptor=uri("ExitWithdrawType", "No show")),
        spell("6", "2026-08-24", fullTimeEquivalency=0.5), spell("6", "2026-08-24", school=2, primarySchool=False, fullTimeEquivalency=0.5),
        spell("7", "2027-08-23", entryGradeLevelDescriptor=uri("GradeLevel", "Tenth grade")),
        spell("8", "2026-08-24", entryGradeLevelDescriptor=uri("GradeLevel", "SP", owner="state.example")),
        {"studentReference": {"studentUniqueId": "9"}, "schoolReference": {"schoolId": 1}},
    ],
    "studentEducationOrganizationAssociations": [
        {"studentReference": {"studentUniqueId": "00107"}, "educationOrganizationReference": {"educationOrganizationId": 9},
         "sexDescriptor": uri("Sex", "Femail"), "races": [{"raceDescriptor": uri("Race", "Asian")}, {"raceDescriptor": uri("Race",
             "White")}],
         "limitedEnglishProficiencyDescriptor": uri("LimitedEnglishProficiency", "Limited")}],
    "studentSectionAssociations": [{"studentReference": {"studentUniqueId": "00107"}, "sectionReference": SECTION,
        "beginDate": "2026-08-24"}],
    "studentSchoolAttendanceEvents": [
        event("00107", "2026-09-08", "Unexcused Absence"), event("00107", "2026-09-08", "Tardy"),
        event("00107", "2026-09-09", "Excused Absence", eventDuration=0.5), event("00107", "2026-09-09", "Unexcused Absence",
            eventDuration=0.5),
        event("AB-12", "2026-09-10", uri("AttendanceEventCategory", "Unexcused Absence", owner="state.example")),
        event("3", "2026-09-10", uri("AttendanceEventCategory", "Truant", owner="state.example")),
        event("3", "2027-03-01", "Unexcused Absence"), event("404", "2026-09-10", "Unexcused Absence"),
    ],
    "assessments": [{"assessmentIdentifier": "MAP", "namespace": "uri://x", "assessmentTitle": "MAP Growth",
                     "academicSubjects": [{"academicSubjectDescriptor": uri("AcademicSubject", "Reading")}],
                     "scores": [{"assessmentReportingMethodDescriptor": uri("AssessmentReportingMethod", m)} for m in ("Scale score",
                         "Percentile")],
                     "performanceLevels": [{"performanceLevelDescriptor": uri("PerformanceLevel", name), "minimumScore": low,
                                            "assessmentReportingMethodDescriptor": uri("AssessmentReportingMethod", "Scale score")}
                                           for name, low in (("Basic", "100"), ("Proficient", "200"))]}],
    "studentAssessments": [
        score("t1", "00107", result("211"), result("64", "Percentile"), performanceLevels=[
            {"performanceLevelDescriptor": uri("PerformanceLevel", "Proficient"),
                "assessmentReportingMethodDescriptor": uri("AssessmentReportingMethod", "Scale score")}]),
        score("t2", "00107", result("0")), score("t3", "AB-12", reasonNotTestedDescriptor=uri("ReasonNotTested", "Absent")),
        score("t4", "9", result("180")),
    ],
    "contacts": [{"contactUniqueId": key, "firstName": key, "lastSurname": "Núñez"} for key in ("mum", "dad", "gran")],
    "studentContactAssociations": [contact("mum", "00107", "Mother"), contact("dad", "00107", "Father", contactRestrictions="Court order"),
                                   contact("gran", "00107", "Grandmother", emergencyContactStatus=True)],
    "grades": [grade("00107", "Final", "F"), grade("00107", "Grading Period", "B")],
}  # fmt: skip


@pytest.fixture(scope="module")
def run(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ImportRun]:
    folder = tmp_path_factory.mktemp("district")
    for resource, records in DISTRICT.items():
        lines(folder, f"{resource}.jsonl", *records)
    with django_db_blocker.unblock():
        done = bring_in(folder)
    yield done
    with django_db_blocker.unblock():
        TransactionTestCase()._fixture_teardown()


def spells(key: str) -> list[Enrolment]:
    return list(Enrolment.objects.filter(student=find("student", key)).order_by("entry_on", "id"))


def set_aside(run: ImportRun, file: str) -> list[str]:
    return [row.code for row in SetAsideRow.objects.filter(run=run, file=file).order_by("row", "code")]


def test_the_district_is_accounted_for(run: ImportRun) -> None:
    assert run.state == "applied", codes(run)
    for name, counts in run.counts.items():
        assert (
            counts["read"]
            == counts["applied"] + counts["unchanged"] + counts["set_aside"]
            == len(DISTRICT[name.removesuffix(".jsonl")])
        )


def test_p05_ids_keep_their_zeros(run: ImportRun) -> None:
    assert find("student", "00107").identifier == "00107"
    assert not ExternalId.objects.filter(entity="student", external_id="107").exists()


def test_p06_letter_case_does_not_break_a_key_and_the_person_keeps_their_own_spelling(run: ImportRun) -> None:
    sol = find("student", "ab-12")
    assert [one.school.name for one in spells("ab-12")] == ["Elm"]
    assert AttendanceEvent.objects.get(student_id=sol.pk).on == day("2026-09-10")
    assert not ExternalId.objects.filter(entity="student", external_id="AB-12").exists()


def test_p08_a_student_of_an_assessment_who_is_on_no_roster_is_held_said_and_not_measured(
    run: ImportRun,
) -> None:
    nobody = find("student", "9")
    assert not AssessmentResult.objects.filter(student_id=nobody.pk).exists()
    assert KeptRecord.objects.get(student_id=nobody.pk, kind="studentAssessment").on == day("2026-10-05")
    assert codes(run)["fact.student_not_enrolled"] == 1
    assert "reference.missing_target_record" in set_aside(run, "studentSchoolAttendanceEvents.jsonl")


def test_p10_a_section_name_that_two_schools_use_is_two_classes(run: ImportRun) -> None:
    one, two = (find("class", f"{n}|2027|fall|alg|a1") for n in (1, 2))
    assert (one.school.name, two.school.name, one.code, two.code) == ("Elm", "Oak", "A1", "A1")


def test_p13_an_exit_before_the_entry_is_set_aside_and_a_no_show_was_never_enrolled(run: ImportRun) -> None:
    assert spells("4") == []
    assert spells("5") == []
    assert set_aside(run, "studentSchoolAssociations.jsonl").count("enrolment.exit_before_entry") == 1
    assert (
        KeptRecord.objects.filter(student_id=find("student", "5").pk, kind="studentSchoolAssociation").count()
        == 1
    )
    assert codes(run)["enrolment.never_came"] == 1


def test_p16_two_schools_at_once_are_one_primary_and_one_additional_with_their_shares(run: ImportRun) -> None:
    assert [(one.school.name, one.is_primary, one.membership_share) for one in sorted(spells("6"), key=lambda e: e.school_id)] == [
        ("Elm", True, 0.5), ("Oak", False, 0.5),
    ]  # fmt: skip


def test_p17_a_missing_calendar_is_inferred_only_where_the_school_has_one(run: ImportRun) -> None:
    assert spells("00107")[0].calendar == find("calendar", "a|1|2027")
    assert [one.calendar for one in spells("3") if one.school.name == "Oak"] == [None]


def test_p18_next_years_enrolment_belongs_to_next_year(run: ImportRun) -> None:
    (early,) = spells("7")
    assert (early.school_year, early.entry_on, early.grade_level) == (2028, day("2027-08-23"), "10")


def test_p19_a_row_without_dates_is_no_enrolment(run: ImportRun) -> None:
    assert spells("9") == []
    assert "row.field_required" in set_aside(run, "studentSchoolAssociations.jsonl")


def test_p20_a_grade_that_nobody_mapped_stays_under_its_own_word_and_is_said(run: ImportRun) -> None:
    assert spells("8")[0].grade_level == "SP"
    assert any("'SP'" in one.what_to_do for one in queries.list_findings(run).filter(code="value.unmapped"))


def test_p21_two_spells_that_share_a_day_never_overlap(run: ImportRun) -> None:
    assert [(one.school.name, one.entry_on, one.exit_on) for one in spells("3")] == [
        ("Elm", day("2026-08-24"), day("2026-10-14")), ("Oak", day("2026-10-15"), None),
    ]  # fmt: skip


def test_p22_days_count_as_sent_up_to_the_last_event_and_a_school_without_events_is_unknown(
    run: ImportRun,
) -> None:
    elm = (
        AttendanceSubmission.objects.filter(school_id=find("org", "1").pk)
        .order_by("on")
        .values_list("on", flat=True)
    )
    assert list(elm) == [day(f"2026-09-{n:02}") for n in (7, 8, 9, 10)]
    assert not AttendanceSubmission.objects.filter(
        school_id__in=[find("org", "2").pk, find("org", "3").pk]
    ).exists()
    assert set_aside(run, "studentSchoolAttendanceEvents.jsonl").count("fact.in_the_future") == 1


def test_p24_absent_corrected_to_late_is_late_and_parts_of_a_day_add_up(run: ImportRun) -> None:
    events = AttendanceEvent.objects.filter(student_id=find("student", "00107").pk).order_by("on", "category")
    assert [(one.on.day, one.category, one.absent_share) for one in events] == [
        (8, "tardy", 0.0), (9, "excused", 0.5), (9, "unexcused", 0.5),
    ]  # fmt: skip
    assert codes(run)["attendance.several_a_day"] == 1
    assert KeptRecord.objects.filter(kind="studentSchoolAttendanceEvent").count() == 1


def test_p26_an_attendance_code_that_nobody_mapped_fails_visibly(run: ImportRun) -> None:
    assert set_aside(run, "studentSchoolAttendanceEvents.jsonl").count("value.unmapped") == 1
    assert any("'Truant'" in one.what_to_do for one in queries.list_findings(run))
    assert (
        codes(run)["value.foreign_namespace"] >= 1
    )  # a state's own word that reads like Ed-Fi's: taken, and said
    assert set_aside(run, "calendarDates.jsonl") == ["value.unmapped"]


def test_p31_a_zero_is_a_score_and_a_missing_score_is_none(run: ImportRun) -> None:
    found = AssessmentResult.objects.order_by("source_key").values_list("source_key", "score", "status")
    assert [(key.split("|")[-1], score, status) for key, score, status in found] == [
        ("t1##percentile", 64.0, "scored"), ("t1##scale score", 211.0, "scored"), ("t2##scale score", 0.0, "scored"), ("t3##", None,
            "absent"),
    ]  # fmt: skip


def test_p32_each_scale_of_a_test_is_an_assessment_of_its_own(run: ImportRun) -> None:
    scale, percentile = (find("assessment", f"map|uri://x##{name}") for name in ("scale score", "percentile"))
    assert (scale.title, percentile.title, scale.subject) == (
        "MAP Growth, Scale score",
        "MAP Growth, Percentile",
        "Reading",
    )
    best = AssessmentResult.objects.get(assessment_id=scale.pk, score=211)
    assert (best.level_sequence, best.is_proficient, best.grade_level) == (2, True, "")


def test_p40_an_impossible_birth_date_stays_empty_and_is_said(run: ImportRun) -> None:
    assert codes(run)["row.bad_date"] == 1
    assert Student.objects.filter(pk=find("student", "00107").pk, born_on=day("2011-03-04")).exists()
    assert find("student", "9").born_on is None


def test_p44_a_typo_in_a_code_costs_the_cell_and_not_the_pupil(run: ImportRun) -> None:
    sam = find("student", "00107")
    assert sam.sex == "femail"
    assert any("'Femail'" in one.what_to_do for one in queries.list_findings(run))
    values = dict(StudentCharacteristic.objects.filter(student=sam).values_list("characteristic_id", "value"))
    assert values == {"race_ethnicity": "two_or_more", "english_learner": "yes"}


def test_a_contact_without_guardianship_or_with_a_restriction_sees_nothing(run: ImportRun) -> None:
    assert FamilyLink.objects.count() == 3
    assert [right.family_member.given_name for right in FamilyRight.objects.all()] == ["mum"]
    assert codes(run)["family.no_right_given"] == 2


def test_only_a_final_grade_ends_a_course(run: ImportRun) -> None:
    outcome = CourseOutcome.objects.get()
    assert (outcome.mark, outcome.passed, outcome.subject, outcome.is_core, outcome.school_id) == (
        "F",
        False,
        "Mathematics",
        True,
        find("org", "1").pk,
    )
    assert KeptRecord.objects.get(kind="grade").student_id == find("student", "00107").pk
