"""Other people's packages: every row accounted for, and named records checked field by field."""

import json
from datetime import date
from pathlib import Path

import pytest

import packages
from crescendo.imports import queries
from crescendo.records.models import KeptRecord
from crescendo.roster.models import (
    AcademicSession,
    ClassEnrolment,
    ClassStaff,
    Course,
    Enrolment,
    ExternalId,
    FamilyLink,
    Organisation,
    Post,
    SchoolClass,
    StaffMember,
    Student,
    StudentCharacteristic,
)

pytestmark = [pytest.mark.samples, pytest.mark.django_db(transaction=True)]
GRAND_BEND, GENERATED = "csv-1.1-grandbend", "csv-1.1-generated-district-small"


def _find(model: type, entity: str, external_id: str) -> object:
    link = ExternalId.objects.get(source="sis", entity=entity, external_id=external_id)
    return model.objects.get(pk=link.object_id)


@pytest.mark.parametrize("folder", [GRAND_BEND, GENERATED])
def test_every_row_is_read_and_accounted_for_and_a_second_time_nothing_changes(
    folder: str, samples: Path
) -> None:
    expected = json.loads((samples / "interop/expectations.json").read_text())
    path = samples / "interop/oneroster" / folder
    run = packages.bring_in(path)
    assert run.state == "applied"
    for file in path.glob("*.csv"):
        counts = run.counts[file.name]
        assert counts["read"] == expected[f"oneroster/{folder}/{file.name}"]["rows"], file.name
        assert counts["read"] == counts["applied"] + counts["unchanged"] + counts["set_aside"]
        assert counts["set_aside"] == 0
    before = packages.dump()
    again = packages.bring_in(path)
    assert queries.preview(again).changes_nothing
    assert all(applied == 0 for _, applied, _, _ in packages.totals(again).values())
    assert packages.dump() == before


def test_grand_bend_is_stored_field_by_field(samples: Path) -> None:
    run = packages.bring_in(samples / "interop/oneroster" / GRAND_BEND)
    assert "row.too_many_cells" in packages.codes(run)
    district, school = _find(Organisation, "org", "255901"), _find(Organisation, "org", "255901001")
    assert (district.name, district.kind, district.parent_id) == ("Grand Bend ISD", "district", None)
    assert (school.name, school.kind, school.parent_id) == ("Grand Bend High School", "school", district.pk)
    sessions = {
        key: _find(AcademicSession, "session", f"255901001_2021_2020-2021_{key}")
        for key in ("SchoolYear", "Fall", "Spring")
    }
    assert [(s.title, s.kind, s.begins_on, s.ends_on, s.school_year) for s in sessions.values()] == [
        ("2020-2021 School Year", "schoolYear", date(2020, 8, 17), date(2021, 5, 28), 2021),
        ("2020-2021 Fall Semester", "semester", date(2020, 8, 17), date(2020, 12, 18), 2021),
        ("2020-2021 Spring Semester", "semester", date(2021, 1, 4), date(2021, 5, 28), 2021),
    ]
    algebra, english = _find(Course, "course", "03100500"), _find(Course, "course", "ENG-1")
    assert (algebra.title, algebra.code, algebra.grade_levels, algebra.subject_codes) == (
        "Algebra I",
        "ALG-1",
        ["09"],
        ["01001"],
    )
    assert (english.title, english.organisation_id, english.school_year, english.is_core) == (
        "English I",
        district.pk,
        2021,
        True,
    )
    room = _find(SchoolClass, "class", "25590100102Trad220ALG112011")
    assert (room.title, room.course_id, room.location, room.school_id, room.periods) == (
        "ALG-1",
        algebra.pk,
        "220",
        school.pk,
        ["2"],
    )
    assert {s.pk for s in room.sessions.all()} == {sessions["Fall"].pk, sessions["Spring"].pk}
    assert _find(SchoolClass, "class", "25590100101Trad120ENG112011").subjects == [
        "English/Language Arts I (9th grade)"
    ]
    mary, kyle, peter = (_find(Student, "student", key) for key in ("604863", "604874", "604918"))
    assert (mary.given_name, mary.family_name, mary.username, mary.email) == (
        "Mary",
        "Archer",
        "Mary Archer",
        "Mary.Archer@studentgps.org",
    )
    assert (mary.phone, mary.born_on, mary.sex, mary.metadata["userIds"]) == (
        "(950) 336 6601",
        date(1997, 5, 30),
        "female",
        "{Local:863}",
    )
    assert (kyle.family_name, kyle.born_on, kyle.sort_key) == ("Hughes", date(1997, 7, 31), "hughes kyle")
    assert (peter.middle_name, peter.sex) == ("Ivan", "male")
    races = dict(StudentCharacteristic.objects.order_by("id").values_list("student_id", "value"))
    assert [races[one.pk] for one in (mary, kyle, peter)] == ["hispanic", "native", "hispanic"]
    spell = Enrolment.objects.get(student=mary)
    assert (spell.school_id, spell.school_year, spell.grade_level, spell.is_primary) == (
        school.pk,
        2021,
        "09",
        True,
    )
    assert StaffMember.objects.count() == 2
    assert sorted(Post.objects.values_list("role_id", flat=True)) == ["teacher", "teacher"]
    one = _find(ClassEnrolment, "enrollment", "6F4283DC-F831-4437-A9A3-E030C7AF0493")
    two = _find(ClassEnrolment, "enrollment", "8622A96A-9287-4BAA-BD1F-3DB11A74524E")
    three = _find(ClassEnrolment, "enrollment", "D43AAE29-B248-4CF1-AE68-9F326DBCC7E8")
    assert (one.student_id, one.begins_on, one.ends_on) == (mary.pk, date(2020, 8, 17), date(2020, 12, 18))
    assert (two.student_id, two.school_class_id) == (mary.pk, room.pk)
    assert (three.student_id, three.school_class_id) == (kyle.pk, room.pk)


def test_the_generated_district_is_stored_field_by_field(samples: Path) -> None:
    packages.bring_in(samples / "interop/oneroster" / GENERATED)
    district = _find(Organisation, "org", "80033516-df63-430f-9191-1e70cbb207d1")
    elementary = _find(Organisation, "org", "cb0c8529-3ab6-4767-a199-33e96bb6827b")
    assert (district.name, district.identifier) == ("Tangerine Summit Public Schools", "1000")
    assert (elementary.identifier, elementary.parent_id) == ("1001", district.pk)
    assert (
        _find(Organisation, "org", "c6233fb0-3033-4eea-b7fb-e4fc48b5a26b").name
        == "Butterscotch Larkspur Middle School"
    )
    year = _find(AcademicSession, "session", "70bb5efb-d263-4e4a-8241-2803e96df4c8")
    term = _find(AcademicSession, "session", "89e9352e-3eba-4247-89f7-e93964872621")
    assert (year.school_year, term.school_year, term.parent_id, term.ends_on) == (
        2027,
        2027,
        year.pk,
        date(2027, 6, 10),
    )
    titles = {
        "5669bfd5-868d-43bb-b543-cfe0f2e98941": ("Homeroom KG", "HR00000"),
        "4b84bbc2-126a-4d19-8a13-e65e08a5bf0f": ("English KG", "0191100"),
        "966bf4db-9935-4169-81e9-b77b172c81ae": ("Mathematics KG", "0291100"),
    }
    for key, (title, code) in titles.items():
        course = _find(Course, "course", key)
        assert (course.title, course.code, course.grade_levels, course.school_year) == (
            title,
            code,
            ["KG"],
            2027,
        )
    classes = {
        "1e45939e-6556-46ce-a8b4-e764f7fafa2f": ("Radiant Pangolin", "HR00000-A", "homeroom"),
        "3603df1f-f39f-4b5d-a75a-e9c9f16ec32f": ("Pink Pangolin", "0191100-A", "scheduled"),
        "f9e912ac-7ea4-47a4-9ceb-69d2318f0573": ("Voracious Capybara", "0291100-A", "scheduled"),
    }
    for key, expected in classes.items():
        room = _find(SchoolClass, "class", key)
        assert (room.title, room.code, room.kind) == expected
        assert (room.school_id, list(room.sessions.all())) == (elementary.pk, [term])
    isadora = _find(StaffMember, "staff", "7a190add-f90b-4f91-ba8c-8abd7dd51f24")
    assert (isadora.username, isadora.posts.get().role_id) == ("isadora.vanderpuff", "administrator")
    ingrid = _find(Student, "student", "73ff6c95-6a7c-4258-b565-11331f246c24")
    valentina = _find(Student, "student", "c8eb9508-1164-4209-b814-7a3e5b4ceb4a")
    third = _find(Student, "student", "82c4579a-c967-423b-a8bf-c73449dd4646")
    assert (ingrid.identifier, ingrid.born_on, ingrid.sex) == ("910000000", date(2021, 5, 2), "male")
    assert (valentina.given_name, valentina.born_on) == ("Valentina", date(2021, 1, 16))
    assert [one.characteristics.get().value for one in (ingrid, valentina, third)] == [
        "asian",
        "white",
        "native",
    ]
    teaching = _find(ClassStaff, "class_staff", "5429d3d0-a6de-43f9-8bc7-78b9bc37b874")
    assert (teaching.is_primary, teaching.begins_on, teaching.ends_on) == (
        True,
        date(2026, 8, 15),
        date(2027, 6, 10),
    )
    for key in ("55fbdf23-0386-432e-a1d7-2f62795dde71", "e49d5ae8-4b35-4509-bc43-695496177f3d"):
        assert _find(ClassEnrolment, "enrollment", key).school_class.title == "Radiant Pangolin"
    spell = Enrolment.objects.get(student=valentina)
    assert (spell.school_id, spell.entry_on, spell.exit_on) == (
        elementary.pk,
        date(2026, 8, 15),
        date(2027, 6, 10),
    )


@pytest.mark.parametrize("folder", ["microsoft-sds-v1-100users", "microsoft-sds-v2.1"])
def test_school_data_sync_is_read_and_a_second_time_nothing_changes(folder: str, samples: Path) -> None:
    expected = json.loads((samples / "interop/expectations.json").read_text())
    path = samples / "interop/oneroster" / folder
    run = packages.bring_in(path)
    assert run.state == "applied"
    for file in path.glob("*.csv"):
        counts = run.counts[file.name]
        assert counts["read"] == expected[f"oneroster/{folder}/{file.name}"]["rows"], file.name
        assert counts["read"] == counts["applied"] + counts["unchanged"]
    assert "P@ssw" not in str(packages.dump())
    if folder.endswith("v2.1"):
        _check_sds_2()
    else:
        _check_sds_1()
    before = packages.dump()
    assert queries.preview(packages.bring_in(path)).changes_nothing
    assert packages.dump() == before


def _check_sds_2() -> None:
    jack, fred, simon = (_find(Student, "student", f"11400{number}") for number in (1, 3, 8))
    assert [(one.given_name, one.family_name, one.born_on, one.sex, one.metadata["grades"]) for one in (jack, fred, simon)] == [
        ("Jack", "Craig", date(2001, 7, 2), "male", "10"), ("Fred", "Hutch", date(2002, 3, 2), "male", "10"),
        ("Simon", "Miller", date(2001, 6, 6), "male", "ps1"),
    ]  # fmt: skip
    assert [one.characteristics.get().value for one in (jack, fred, simon)] == ["hispanic", "asian", "black"]
    assert {(link.student_id, link.relationship) for link in FamilyLink.objects.filter(student__in=[jack, fred])} == {
        (jack.pk, "guardian"), (fred.pk, "relative"),
    }  # fmt: skip
    assert FamilyLink.objects.get(student=jack).family_member.given_name == "Jean"
    year = _find(AcademicSession, "session", "SY2021K12")
    assert (year.school_year, year.ends_on) == (2022, date(2022, 6, 11))
    biology = _find(SchoolClass, "class", "112002")
    assert (biology.title, biology.school.name, biology.course.code) == (
        "Biology 10",
        "School of TwoDotOne",
        "B10",
    )
    computing = _find(SchoolClass, "class", "112001")
    assert [one.staff.given_name for one in ClassStaff.objects.filter(school_class=computing)] == ["Jason"]
    assert {(p.organisation.name, p.role_id) for p in _find(StaffMember, "staff", "114007").posts.all()} == {
        ("Ministry of TwoDotOne", "teacher"), ("School of TwoDotOne", "teacher"),
    }  # fmt: skip
    kept = {
        (one.student_id, json.loads(one.data)["flag"]) for one in KeptRecord.objects.filter(kind="userFlags")
    }
    assert {(jack.pk, "iep"), (fred.pk, "freeLunch")} <= kept


def _check_sds_1() -> None:
    ora, beulah = _find(Student, "student", "13001"), _find(Student, "student", "13002")
    assert (ora.given_name, ora.family_name, ora.middle_name, ora.born_on, ora.cohort_year, ora.metadata["grades"]) == (
        "Ora", "Klein", "Christopher", date(2000, 4, 2), 2019, "9",
    )  # fmt: skip
    assert (beulah.username, beulah.born_on, beulah.identifier) == ("BMcMillan", date(1999, 11, 12), "13002")
    algebra = _find(SchoolClass, "class", "11001")
    assert (algebra.title, algebra.course.title, algebra.subjects, algebra.school.name, algebra.school_year) == (
        "Math - Algebra 1", "Math 101", [], "Contoso High School", 2018,
    )  # fmt: skip
    assert (algebra.course.subjects, algebra.course.code) == (["Math"], "101")
    craig = _find(StaffMember, "staff", "14001")
    assert (craig.family_name, craig.identifier, craig.posts.get().organisation.name) == (
        "Beane",
        "101",
        "Contoso High School",
    )
    teaching = ClassStaff.objects.get(school_class=algebra)
    assert (teaching.staff_id, teaching.is_primary, teaching.begins_on, teaching.ends_on) == (
        craig.pk, True, date(2017, 7, 1), date(2018, 6, 30),
    )  # fmt: skip
    spell = Enrolment.objects.get(student=ora)
    assert (spell.school.name, spell.entry_on, spell.exit_on, spell.grade_level) == (
        "Contoso High School", date(2017, 7, 1), date(2018, 6, 30), "9",
    )  # fmt: skip
    assert ClassEnrolment.objects.filter(student=ora).count() == 7
    assert (Student.objects.count(), StaffMember.objects.count(), ClassEnrolment.objects.count()) == (
        86,
        12,
        602,
    )
