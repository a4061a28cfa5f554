"""Other people's Ed-Fi files: every record accounted for, named records checked field by field, and nothing new the second time."""

import json
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crescendo.imports import queries
from crescendo.imports.models import ImportRun
from crescendo.records.models import (
    AssessmentLevel,
    AttendanceEvent,
    BehaviourIncident,
    CourseworkResult,
    KeptRecord,
)
from crescendo.roster.models import ExternalId, Organisation, StudentCharacteristic
from imports.edfi.deliveries import bring_in, codes, day, find, kept

pytestmark = [pytest.mark.samples, pytest.mark.django_db(transaction=True)]
BEND, STAFF, API = "xml-ds5.2-grandbend", "xml-tpdm-staff-evaluation", "api-jsonl-oea-incremental"
HIGH, MIDDLE, ELEMENTARY = "255901001", "255901044", "255901107"
FALL, SPRING = "2021-2022 fall semester", "2021-2022 spring semester"
NAMESPACE = "uri://ed-fi.org/assessment/assessment.xml"


def _check_counts(run: ImportRun, samples: Path, folder: str) -> None:
    expected = json.loads((samples / "interop/expectations.json").read_text())
    wanted = {
        name.removeprefix(f"edfi/{folder}/"): one
        for name, one in expected.items()
        if name.startswith(f"edfi/{folder}/")
    }
    assert run.state == "applied", codes(run)
    assert wanted.keys() <= run.counts.keys()
    for name, one in wanted.items():
        counts = run.counts[name]
        assert counts["read"] == (
            sum(one["records"].values()) if "records" in one else one["jsonl_records"]
        ), name
        assert counts["read"] == counts["applied"] + counts["unchanged"] + counts["set_aside"], name


def _again(samples: Path, folder: str, first: ImportRun) -> None:
    again = bring_in(samples / "interop/edfi" / folder)
    assert queries.preview(again).changes_nothing, again.preview
    for name, counts in again.counts.items():
        assert (counts["applied"], counts["set_aside"]) == (0, first.counts[name]["set_aside"]), name


def _leaves(element: ET.Element) -> Counter[str]:
    """Every text of an XML record, read by another parser than ours. A school year is the year in which it ends."""
    texts = [(one.tag.rpartition("}")[2], (one.text or "").strip()) for one in element.iter() if not len(one)]
    return Counter(text[5:] if name == "SchoolYear" else text for name, text in texts if text)


def _values(data: Any) -> Counter[str]:
    if isinstance(data, dict):
        return sum((_values(one) for one in data.values()), Counter())
    if isinstance(data, list):
        return sum((_values(one) for one in data), Counter())
    return Counter([str(data)])


def _check_kept(path: Path, *, kinds: set[str] | None = None) -> int:
    """Three kept records of each kind of a file hold exactly what the file says; how many were compared."""
    root, seen = ET.parse(path).getroot(), 0
    stored: dict[str, list[KeptRecord]] = {}
    for record in KeptRecord.objects.order_by("id"):
        stored.setdefault(record.kind, []).append(record)
    for tag in {one.tag for one in root}:
        name = tag.rpartition("}")[2]
        kind = {"StudentCTEProgramAssociation": "studentCTEProgramAssociation"}.get(
            name, name[:1].lower() + name[1:]
        )
        if kind not in stored or (kinds and kind not in kinds):
            continue
        records = root.findall(tag)
        held = [set(_values(json.loads(one.data))) for one in stored[kind]]
        for record in (records[0], records[len(records) // 2], records[-1]):
            assert any(set(_leaves(record)) <= one for one in held), (path.name, kind)
            seen += 1
    return seen


def test_grand_bend_is_stored_record_by_record(samples: Path) -> None:
    folder = samples / "interop/edfi" / BEND
    run = bring_in(folder)
    _check_counts(run, samples, BEND)
    assert sum(counts["set_aside"] for counts in run.counts.values()) == 0
    assert codes(run)["fact.student_not_enrolled"] == 369  # ACT 335 and state 34: the files hold no enrolment
    _check_places()
    _check_people()
    _check_records()
    for name, least in {"AssessmentRegistration": 12, "Survey": 25, "StudentAssessment-ACT": 3, "StudentAssessment-StateAssessment": 3,
                        "StudentProgram": 25, "StudentDiscipline": 12, "StaffAssociation": 15}.items():  # fmt: skip
        assert _check_kept(folder / f"{name}.xml") >= least, name
    record, said = kept(
        "studentAssessment",
        "605188|act english|uri://ed-fi.org/assessment/assessment.xml|andubx4mrx2bqjhhjebnl8wpyuoxhnfktwftyobw",
    )
    assert (record.student_id, record.on, record.school_year, record.school_id) == (
        find("student", "605188").pk,
        day("2021-12-01"),
        2022,
        None,
    )
    assert said["scoreResult"]["result"] == "29"
    _again(samples, BEND, run)


def _check_places() -> None:
    district, schools = find("org", "255901"), [find("org", key) for key in (HIGH, MIDDLE, ELEMENTARY)]
    assert (district.kind, district.name, district.parent.name) == (
        "district",
        "Grand Bend ISD",
        "Region 99 Education Service Center",
    )
    assert [(one.kind, one.name, one.parent) for one in schools] == [
        ("school", f"Grand Bend {name} School", district) for name in ("High", "Middle", "Elementary")
    ]
    assert find("org", "2559011").kind == "department"
    periods = [find("session", key) for key in (
        f"{HIGH}|2022|uri://ed-fi.org/gradingperioddescriptor#first six weeks|2021-2022 fall semester exam 1",
        f"{HIGH}|2022|uri://ed-fi.org/gradingperioddescriptor#fourth six weeks|2021-2022 spring semester exam 1",
        f"{ELEMENTARY}|2022|uri://ed-fi.org/gradingperioddescriptor#sixth six weeks|2021-2022 spring semester final exam")]  # fmt: skip
    assert [(one.kind, one.begins_on, one.ends_on, one.school_year, one.parent_id) for one in periods] == [
        (
            "gradingPeriod",
            day("2021-08-23"),
            day("2021-10-03"),
            2022,
            find("session", f"{HIGH}|2022|{FALL}").pk,
        ),
        (
            "gradingPeriod",
            day("2022-01-04"),
            day("2022-02-21"),
            2022,
            find("session", f"{HIGH}|2022|{SPRING}").pk,
        ),
        (
            "gradingPeriod",
            day("2022-04-11"),
            day("2022-05-27"),
            2022,
            find("session", f"{ELEMENTARY}|2022|{SPRING}").pk,
        ),
    ]
    fall = find("session", f"{HIGH}|2022|{FALL}")
    assert (fall.kind, fall.begins_on, fall.ends_on) == ("semester", day("2021-08-23"), day("2021-12-17"))
    calendar = find("calendar", f"2010605675|{ELEMENTARY}|2022")
    assert calendar.days.order_by("on").values_list("is_instructional", "kind").first() == (
        True,
        "Instructional day",
    )
    courses = [
        find("course", f"{code}|{school}")
        for code, school in (("alg-1", HIGH), ("math-07", MIDDLE), ("w-hist", HIGH))
    ]
    assert [(one.title, one.code, one.subjects, one.is_core) for one in courses] == [
        ("Algebra I", "ALG-1", ["Mathematics"], True),
        ("Mathematics, Grade 7", "MATH-07", ["Mathematics"], True),
        ("World History Studies", "W-HIST", ["Social Sciences and History"], True),
    ]
    rooms = [find("class", f"{school}|2022|{term}|{code}|{section}") for school, term, code, section in (
        (HIGH, FALL, "alg-1", "25590100102trad220alg112011"), (MIDDLE, SPRING, "sci-08", "25590104407trad213sci0822011"),
        (ELEMENTARY, SPRING, "ss-05", "25590110707trad304ss0522011"))]  # fmt: skip
    assert [
        (one.code, one.location, one.school.name, one.course.code, one.sessions.get().title) for one in rooms
    ] == [
        ("25590100102Trad220ALG112011", "220", "Grand Bend High School", "ALG-1", "2021-2022 Fall Semester"),
        (
            "25590104407Trad213SCI0822011",
            "213",
            "Grand Bend Middle School",
            "SCI-08",
            "2021-2022 Spring Semester",
        ),
        (
            "25590110707Trad304SS0522011",
            "304",
            "Grand Bend Elementary School",
            "SS-05",
            "2021-2022 Spring Semester",
        ),
    ]


def _check_people() -> None:
    students = [find("student", key) for key in ("604821", "605301", "605780")]
    assert [
        (
            one.given_name,
            one.middle_name,
            one.family_name,
            one.preferred_given_name,
            one.born_on,
            one.sort_key,
        )
        for one in students
    ] == [
        ("Tyrone", "", "Dyer", "Ty", day("2014-11-13"), "dyer tyrone"),
        ("Ramona", "", "Levy", "", day("2007-06-10"), "levy ramona"),
        ("Adela", "Blanca", "Branch", "", day("2008-09-09"), "branch adela"),
    ]
    staff = [find("staff", key) for key in ("207288", "207241", "207282")]
    assert [(one.given_name, one.middle_name, one.family_name, one.username) for one in staff][1:] == [
        ("Edwin", "Herman", "Cordova", "ecordova"), ("Kisha", "", "Kelly", "kkelly"),
    ]  # fmt: skip
    assert (staff[0].preferred_given_name, staff[0].preferred_family_name, staff[1].metadata["yearsOfPriorTeachingExperience"]) == (
        "David", "Woodlock", "31.00",
    )  # fmt: skip
    posts = {key: find("staff", key).posts.get() for key in ("207219", "207252", "207285")}
    assert [(one.role_id, one.title, one.begins_on, one.organisation.name) for one in posts.values()] == [
        ("teacher", "1st Grade teacher", day("2018-02-09"), "Grand Bend Elementary School"),
        ("teacher", "Middle School Math teacher", day("2019-01-28"), "Grand Bend Middle School"),
        ("district_leader", "Superintendent", day("2015-02-10"), "Grand Bend ISD"),
    ]
    teaching = find(
        "class_staff", f"207219|{ELEMENTARY}|2022|{FALL}|ela-01|25590110701trad101ela0112011|2021-08-23"
    )
    assert (teaching.role, teaching.is_primary, teaching.ends_on, teaching.school_class.code) == (
        "teacher", True, day("2021-12-17"), "25590110701Trad101ELA0112011",
    )  # fmt: skip
    record, said = kept(
        "staffLeave", "207219|uri://ed-fi.org/staffleaveeventcategorydescriptor#personal|2021-09-30"
    )
    assert (record.staff_id, said["reason"]) == (find("staff", "207219").pk, "Sick leave")


def _check_records() -> None:
    for student, on, school, category, share in (
        ("604822", "2021-08-31", HIGH, "excused", 1.0), ("605498", "2022-01-07", MIDDLE, "excused", 1.0),
        ("605771", "2022-05-25", ELEMENTARY, "unexcused", 1.0), ("604821", "2022-05-25", ELEMENTARY, "tardy", 0.0),
    ):  # fmt: skip
        event = AttendanceEvent.objects.get(student_id=find("student", student).pk, on=day(on))
        assert (event.category, event.absent_share, event.school_id, event.school_year) == (
            category,
            share,
            find("org", school).pk,
            2022,
        )
    for student, kind, on in (
        ("605266", "State Offense", None),
        ("605035", "State Offense", None),
        ("605565", "State Offense", None),
    ):
        incident = (
            BehaviourIncident.objects.filter(student_id=find("student", student).pk, kind=kind)
            .order_by("id")
            .first()
        )
        assert incident, (student, on)
        assert (incident.severity, incident.ordinary_until) == (3, day("2022-06-30"))
    for student, item, score in (
        ("604822", "8907100001", 74.0),
        ("604969", "8907100006", 64.0),
        ("605148", "8907100010", 92.0),
    ):
        work = find("line_item", f"{item}|uri://ed-fi.org/gradebookentry/gradebookentry.xml")
        result = CourseworkResult.objects.get(student_id=find("student", student).pk, item_id=work.pk)
        assert (result.score, result.status, result.is_late, result.school_id) == (
            score,
            "fully graded",
            False,
            find("org", HIGH).pk,
        )
        assert work.school_class.code == "25590100102Trad220ALG112011"
    for name, method, lowest, highest in (
        ("act composite", "Composite Score", 1, 36),
        ("act reading", "Scale score", 1, 36),
        ("act writing", "Scale score", None, None),
    ):
        one = find("assessment", f"{name}|{NAMESPACE}##{method.lower()}")
        assert one.title == f"ACT, {method}"
        assert highest is None or (one.scale_min, one.scale_max) == (lowest, highest)
    grade8 = find("assessment", f"sa-2011-reading-eighth grade|{NAMESPACE}##lexile measure")
    assert (grade8.subject, grade8.scale_min, grade8.scale_max) == ("Reading", 849.0, 1700.0)
    raw = find("assessment", f"sa-2011-reading-eighth grade|{NAMESPACE}##raw score")
    levels = (
        AssessmentLevel.objects.filter(assessment=raw)
        .order_by("sequence")
        .values_list("title", "lower", "is_proficient")
    )
    assert levels[0] == ("Did Not Meet Standard", 0.0, False)
    assert "Advanced" in [title for title, _, _ in levels]
    part = find(
        "assessment",
        f"sa-2011-mathematics-eighth grade|{NAMESPACE}#state assessment_mathematics8-1#scale score",
    )
    assert (part.scale_max, part.subject) == (10.0, "Mathematics")
    for student, code, value in (("604872", "special_education", "yes"), ("605000", "economically_disadvantaged", "yes"),
                                 ("604822", "programme", "Career and Technical Education")):  # fmt: skip
        one = StudentCharacteristic.objects.get(
            student=find("student", student), characteristic_id=code, value=value
        )
        assert one.begins_on == day("2021-08-30")


def test_evaluations_of_staff_are_kept_whole(samples: Path) -> None:
    run = bring_in(samples / "interop/edfi" / STAFF)
    _check_counts(run, samples, STAFF)
    assert sum(counts["set_aside"] for counts in run.counts.values()) == 0
    assert [find("org", key).kind for key in ("5",)] == ["school"]
    path = samples / "interop/edfi" / STAFF / "EXTENSION-Interchange-PerformanceEvaluation-Extension.xml"
    assert (
        _check_kept(path) == 24
    )  # three of each of the eight kinds; there is one instrument and one evaluation, thrice
    rating = KeptRecord.objects.filter(kind="performanceEvaluationRating").order_by("id").first()
    assert rating
    assert (rating.school_year, rating.on) == (2022, day("2011-11-01"))
    _again(samples, STAFF, run)


def test_what_an_api_answered_is_stored_and_its_deletes_are_understood(samples: Path) -> None:
    run = bring_in(samples / "interop/edfi" / API)
    _check_counts(run, samples, API)
    assert find("student", "003177").family_name == "Ogden"  # a zero in front of a number is part of it
    students = [find("student", key) for key in ("003177", "003179", "003178")]
    assert [(one.given_name, one.family_name, one.born_on) for one in students] == [
        ("Jonah", "Ogden", day("2004-11-11")), ("Devora", "Link", day("2005-08-01")), ("Alondra", "Barranco", day("2005-05-17")),
    ]  # fmt: skip
    assert students[0].metadata["id"] == "777d67ab6fc84410ab0a210f0c78c0f9"
    assert [find("org", key).name for key in (HIGH, "13894")] == [
        "Riverdale High School",
        "East Christopher Elementary School",
    ]
    algebra = find("course", f"alg-1|{HIGH}")
    assert (algebra.title, algebra.grade_levels, algebra.is_core) == ("Algebra I", ["09"], True)
    # Schools and students that the extract does not hold: their enrolments are set aside, said with counts.
    found = codes(run)
    assert found["reference.missing_target_record"] > 2000
    # South Fork Middle School came and was deleted in one run, named by the host's own id alone: a deletion wins.
    assert not ExternalId.objects.filter(entity="org", external_id="255901005").exists()
    assert Organisation.objects.count() == 5
    # Three runs sent the same school: the last one holds, the earlier ones are accounted for.
    twice = [
        counts
        for name, counts in run.counts.items()
        if "schools" in name and "upserts/rundate=2022-08" in name
    ]
    assert sorted((one["applied"], one["unchanged"]) for one in twice) == [(0, 1), (0, 1), (1, 0)]
    _again(samples, API, run)
