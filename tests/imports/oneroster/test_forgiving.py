"""What the forgiving reader makes of what is meant without doubt, and of what is not."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

import packages
from crescendo.imports import landing, queries
from crescendo.records.models import CourseworkItem, CourseworkResult
from crescendo.roster.models import (
    ClassStaff,
    Enrolment,
    FamilyLink,
    FamilyRight,
    Organisation,
    Post,
    SchoolClass,
    Student,
)

pytestmark = pytest.mark.django_db(transaction=True)


def _student(name: str) -> Student:
    return Student.objects.get(given_name=name)


def test_a_district_arrives_whole(tmp_path: Path) -> None:
    run = packages.bring_in(packages.write(tmp_path, packages.district()))
    assert run.state == "applied"
    assert {counts[3] for counts in packages.totals(run).values()} == {0}
    sam = _student("Sam")
    assert (sam.sort_key, sam.born_on, sam.metadata["grades"]) == ("nunez sam", date(2011, 3, 4), "09")
    assert {(post.staff.given_name, post.role_id, post.begins_on) for post in Post.objects.all()} == {
        ("Tess", "teacher", date(2025, 8, 18)), ("Priya", "principal", date(2025, 8, 18)),
    }  # fmt: skip
    assert ClassStaff.objects.get().is_primary
    item, result = CourseworkItem.objects.get(), CourseworkResult.objects.get(source_key="x1")
    assert (item.score_max, item.category.weight) == (20, 40)
    assert (result.student_id, result.item_id, result.school_year, result.score, result.is_late) == (
        sam.pk,
        item.pk,
        2026,
        17.5,
        None,
    )
    exempt = CourseworkResult.objects.get(source_key="x2")
    assert (exempt.status, exempt.score, exempt.is_late) == ("exempt", None, True)
    assert (FamilyLink.objects.get().relationship, FamilyRight.objects.get().level) == (
        "parent",
        "see_and_message",
    )


def test_dates_at_a_school_follow_from_classes_and_primary_ones_never_overlap(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, packages.district()))
    spells = {
        (one.student.given_name, one.school.name): (one.entry_on, one.exit_on, one.is_primary)
        for one in Enrolment.objects.select_related("student", "school")
    }
    assert spells == {
        # blank dates are those of the class's terms; the winter break, in which no term runs, parts nothing
        ("Sam", "Elm School"): (date(2025, 8, 18), date(2026, 6, 5), True),
        ("Sol", "Elm School"): (date(2025, 9, 1), date(2025, 12, 19), True),
        ("Sol", "Oak School"): (date(2026, 1, 5), date(2026, 6, 5), True),
        # no class: the whole school year at the school of the role
        ("Sky", "Oak School"): (date(2025, 8, 18), date(2026, 6, 5), True),
    }


def test_the_school_that_starts_later_ends_the_earlier_one_the_day_before(tmp_path: Path) -> None:
    rows = packages.district()
    rows["enrollments"][1]["endDate"] = "2026-02-27"
    run = packages.bring_in(packages.write(tmp_path, rows))
    assert "enrolment.shortened" in packages.codes(run)
    earlier = Enrolment.objects.get(student=_student("Sol"), school__name="Elm School")
    assert earlier.exit_on == date(2026, 1, 4)


def test_a_break_within_a_running_term_parts_two_enrolments(tmp_path: Path) -> None:
    rows = packages.district()
    rows["enrollments"] += [
        {"sourcedId": "e5", "classSourcedId": "c1", "schoolSourcedId": "s1", "userSourcedId": "009",
            "role": "student", "beginDate": "2025-08-18", "endDate": "2025-09-30"},
        {"sourcedId": "e6", "classSourcedId": "c1", "schoolSourcedId": "s1", "userSourcedId": "009",
            "role": "student", "beginDate": "2025-11-03", "endDate": "2026-06-05"},
    ]  # fmt: skip
    packages.bring_in(packages.write(tmp_path, rows))
    spells = (
        Enrolment.objects.filter(student=_student("Sky"))
        .order_by("entry_on")
        .values_list("entry_on", "exit_on")
    )
    assert list(spells) == [(date(2025, 8, 18), date(2025, 9, 30)), (date(2025, 11, 3), date(2026, 6, 5))]


def test_bad_rows_are_set_aside_and_the_others_come_in(tmp_path: Path) -> None:
    rows = packages.district()
    rows["users"][1]["givenName"] = ""
    rows["enrollments"][0]["beginDate"] = "31/02/2026"
    rows["enrollments"].append(
        {
            "sourcedId": "e9",
            "classSourcedId": "nowhere",
            "schoolSourcedId": "s1",
            "userSourcedId": "007",
            "role": "student",
        }
    )
    rows["roles"][4]["role"] = "wizard"
    rows["lineItems"].append(rows["lineItems"][0] | {"title": "Another quiz"})
    run = packages.bring_in(packages.write(tmp_path, rows))
    assert run.state == "applied"
    totals = packages.totals(run)
    assert totals["users.csv"] == (6, 4, 0, 2)  # no given name; a teacher whose role is not known
    assert totals["roles.csv"][3] == 1
    assert totals["lineItems.csv"] == (2, 0, 0, 2)  # the same id twice, saying different things
    assert totals["results.csv"][3] == 2
    assert all(read == applied + unchanged + aside for read, applied, unchanged, aside in totals.values())
    found = {(f.code, f.file, f.row, f.column): f for f in queries.list_findings(run)}
    date_finding = found[("row.invalid_date", "enrollments.csv", 2, "beginDate")]
    assert (date_finding.received_masked, date_finding.severity) == ("99/99/9999", "notice")
    assert ("reference.missing_target_record", "enrollments.csv", 6, "classSourcedId") in found
    assert found[("row.field_required", "users.csv", 3, "givenName")].severity == "row"
    assert not any("Núñez" in str(vars(row)) for row in queries.list_set_aside(run))


def test_metadata_is_kept_and_passwords_never_are(tmp_path: Path) -> None:
    rows = packages.district()
    rows["users"][0] |= {"password": "hunter2", "metadata.bus": "B 12", "homeroom": "4a"}
    packages.bring_in(packages.write(tmp_path, rows))
    sam = _student("Sam")
    assert (sam.metadata["bus"], sam.metadata["homeroom"]) == ("B 12", "4a")
    assert "hunter2" not in str(packages.dump())


def test_passwords_do_not_even_reach_the_landing_folder(tmp_path: Path) -> None:
    rows = packages.district()
    rows["users"][0]["password"] = "hunter2"
    run = packages.bring_in(packages.write(tmp_path, rows))
    kept = [landing.Landed(**one).path for one in run.landed]
    for path in kept:
        with zipfile.ZipFile(path) as archive:
            assert b"hunter2" not in archive.read("users.csv")
            assert b"Sam" in archive.read("users.csv")


def test_a_folder_with_odd_names_encodings_and_headers_is_understood(tmp_path: Path) -> None:
    rows = packages.district()
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "ORGS.csv").write_bytes(packages.to_csv("orgs", rows["orgs"]).encode("utf-8-sig"))
    (folder / "users.csv").write_bytes(packages.to_csv("users", rows["users"]).encode("cp1252"))
    (folder / "roles.csv").write_bytes(packages.to_csv("roles", rows["roles"]).encode("utf-16"))
    sessions = packages.to_csv("academicSessions", rows["academicSessions"]).replace(
        "sourcedId", " SOURCEDID ", 1
    )
    (folder / "academicSessions.csv").write_text(sessions.replace("\n", "\r\n") + "\r\n\r\n", newline="")
    classes = (
        packages.to_csv("classes", rows["classes"])
        .replace("termSourcedIds", "termSourcedId")
        .replace("Algebra 1", '"Algebra\n1"')
    )
    (folder / "classes.csv").write_text(classes)
    (folder / "notes.csv").write_text("a,b\n")
    (folder / ".DS_Store").write_bytes(b"\0")
    run = packages.bring_in(folder)
    assert run.state == "applied"
    assert {
        "file.encoding_guessed",
        "package.unknown_file",
        "package.file_name_case",
        "package.missing_manifest",
        "reference.placeholder_made",
        "row.line_break_in_cell",
    } <= packages.codes(run)
    assert _student("Sam").family_name == "Núñez"
    assert SchoolClass.objects.get(code="", title="Algebra 1").course.title == "Algebra 1"
    assert Organisation.objects.count() == 3


def test_what_a_person_corrected_and_whom_a_court_barred_stays(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, packages.district()))
    sam = _student("Sam")
    Student.objects.filter(pk=sam.pk).update(
        preferred_given_name="Sammy", owned_fields=["preferred_given_name", "email"], email="new@example.org"
    )
    FamilyRight.objects.update(level="barred", set_by_person=True)
    rows = packages.district()
    rows["users"][0] |= {"email": "old@example.org", "preferredGivenName": "Samuel", "middleName": "Lee"}
    run = packages.bring_in(packages.write(tmp_path, rows))
    sam.refresh_from_db()
    assert (sam.preferred_given_name, sam.email, sam.middle_name) == ("Sammy", "new@example.org", "Lee")
    assert [right.level for right in FamilyRight.objects.all()] == ["barred"]
    assert packages.totals(run)["users.csv"] == (6, 1, 5, 0)


def test_delta_changes_what_it_names_and_ends_what_it_says(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, packages.district()))
    stamp = {"status": "active", "dateLastModified": "2026-01-14T10:00:00.000Z"}
    gone = stamp | {"status": "tobedeleted"}
    rows = {
        "users": [packages.DISTRICT["users"][0] | {"familyName": "Nunez-Ode"} | stamp],
        "enrollments": [packages.DISTRICT["enrollments"][2] | gone],
        "results": [
            packages.DISTRICT["results"][1] | gone,
            packages.DISTRICT["results"][0] | {"score": "18"} | stamp,
        ],
    }
    run = packages.bring_in(packages.write(tmp_path, rows, mode="delta"))
    assert run.state == "applied", run.message
    assert {name: counts[1:] for name, counts in packages.totals(run).items() if name != "manifest.csv"} == {
        "users.csv": (1, 0, 0), "enrollments.csv": (1, 0, 0), "results.csv": (2, 0, 0),
    }  # fmt: skip
    assert _student("Sam").family_name == "Nunez-Ode"
    assert Student.objects.filter(ended_on__isnull=True).count() == 3
    assert list(CourseworkResult.objects.values_list("source_key", "score")) == [("x1", 18)]
    ended = Enrolment.objects.get(student=_student("Sol"), school__name="Oak School")
    assert (ended.ended_on, ended.exit_on) == (packages.ON, date(2026, 1, 14))


def test_somebody_who_leaves_the_file_is_ended_and_comes_back_alive(tmp_path: Path) -> None:
    path = packages.write(tmp_path, packages.district())
    packages.bring_in(path)
    rows = packages.district()
    del rows["users"][2], rows["roles"][2]
    packages.bring_in(packages.write(tmp_path / "later", rows))
    sky = _student("Sky")
    assert sky.ended_on == packages.ON
    assert Enrolment.objects.get(student=sky).exit_on == date(2026, 1, 14)
    packages.bring_in(path)
    sky.refresh_from_db()
    assert sky.ended_on is None
    assert Enrolment.objects.get(student=sky).exit_on == date(2026, 6, 5)
