"""What the forgiving reader does with rows that come late, files without a table of ours, and packages that lack a file."""

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

import packages
from crescendo.imports import queries
from crescendo.records.models import CourseworkResult, KeptRecord
from crescendo.roster.models import AcademicSession, ClassStaff, SchoolClass, Student

pytestmark = pytest.mark.django_db(transaction=True)


def _stamp(time: str) -> dict[str, str]:
    return {"status": "active", "dateLastModified": f"2026-01-{time}.000Z"}


def test_p48_a_row_of_a_delta_that_comes_late_changes_nothing(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, packages.district()))
    sam, quiz = packages.DISTRICT["users"][0], packages.DISTRICT["results"][0]
    newer = {
        "users": [sam | {"familyName": "Nunez-Ode"} | _stamp("14T10:00:00")],
        "results": [quiz | {"score": "18"} | _stamp("14T10:00:00")],
    }
    older = {
        "users": [sam | {"familyName": "Nunez"} | _stamp("13T10:00:00")],
        "results": [quiz | {"score": "3"} | _stamp("13T10:00:00"), quiz | {"sourcedId": "x9"} | _stamp("13T10:00:00")],
    }  # fmt: skip
    first = packages.write(tmp_path, newer, mode="delta", name="newer.zip")
    packages.bring_in(first)
    run = packages.bring_in(packages.write(tmp_path, older, mode="delta", name="older.zip"))
    totals = packages.totals(run)
    assert (totals["users.csv"], totals["results.csv"]) == ((1, 0, 1, 0), (2, 1, 1, 0))
    assert "row.older_than_stored" in packages.codes(run)
    assert Student.objects.get(given_name="Sam").family_name == "Nunez-Ode"
    assert dict(CourseworkResult.objects.values_list("source_key", "score")) == {
        "x1": 18,
        "x2": None,
        "x9": 17.5,
    }
    again = packages.bring_in(first)  # p45: the same bytes once more, after others
    assert "package.delivered_before" in packages.codes(again)
    assert {counts[1] for counts in packages.totals(again).values()} == {0}


def test_files_without_a_table_are_kept_row_by_row_and_leave_with_the_file(tmp_path: Path) -> None:
    rows = packages.district() | {
        "resources": [{"sourcedId": "b1", "vendorResourceId": "978", "title": "Algebra", "metadata.shelf": "3"}],
        "classResources": [{"sourcedId": "cb1", "classSourcedId": "c1", "resourceSourcedId": "b1"},
            {"sourcedId": "cb2", "classSourcedId": "nowhere", "resourceSourcedId": "b1"}],
        "userProfiles": [{"sourcedId": "p1", "userSourcedId": "007", "profileType": "lms", "vendorId": "v",
            "credentialType": "oauth", "username": "sam", "password": "hunter2"},
            {"sourcedId": "p2", "userSourcedId": "tess", "profileType": "lms", "vendorId": "v", "credentialType": "oauth",
            "username": "tess"}],
        "resultLearningObjectiveIds": [{"sourcedId": "o1", "resultSourcedId": "x1", "source": "unknown",
            "learningObjectiveId": "1.OA", "score": "3"}],
    }  # fmt: skip
    run = packages.bring_in(packages.write(tmp_path, rows))
    assert packages.totals(run)["classResources.csv"] == (2, 1, 0, 1)
    assert packages.totals(run)["resources.csv"] == (1, 1, 0, 0)
    kept = {one.source_key: one for one in KeptRecord.objects.all()}
    sam = Student.objects.get(given_name="Sam").pk
    assert {key: one.student_id for key, one in kept.items()} == {
        "resources|b1": None, "classResources|cb1": None, "userProfiles|p1": sam, "userProfiles|p2": None,
        "resultLearningObjectiveIds|o1": sam,
    }  # fmt: skip
    assert json.loads(kept["resources|b1"].data) == {
        "sourcedId": "b1", "vendorResourceId": "978", "title": "Algebra", "metadata.shelf": "3",
    }  # fmt: skip
    assert "hunter2" not in kept["userProfiles|p1"].data
    assert kept["resources|b1"].school_year == 2026
    del rows["userProfiles"][0]
    rows["resources"][0]["title"] = "Algebra, 2nd edition"
    run = packages.bring_in(packages.write(tmp_path / "later", rows))
    assert run.preview["kept_records"]["retracted"] == 1
    assert packages.totals(run)["resources.csv"] == (1, 1, 0, 0)
    assert set(KeptRecord.objects.values_list("source_key", flat=True)) == set(kept) - {"userProfiles|p1"}


def test_what_is_unusual_but_meant_is_read_and_said(tmp_path: Path) -> None:
    """Terms without a file, a second primary teacher, a result of somebody who never sat in the class, mixed bytes."""
    rows = packages.district()
    del rows["academicSessions"], rows["courses"][0]["schoolYearSourcedId"]
    for line in rows["enrollments"]:
        line |= {"beginDate": "2026-01-07", "endDate": "2026-05-29"}
    rows["enrollments"].append(rows["enrollments"][3] | {"sourcedId": "e5", "userSourcedId": "priya"})
    rows["results"].append(rows["results"][0] | {"sourcedId": "x3", "studentSourcedId": "009"})
    rows["results"][0]["comment"] = 'He said "again", then "yes, ""again"""'
    path = packages.write(tmp_path, rows)
    mixed = tmp_path / "mixed.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(mixed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "users.csv":  # p38: one cell in Windows-1252, the others in UTF-8
                data = data.replace("Fay,Núñez".encode(), "Fay,Núñez".encode("cp1252"))
            new.writestr(name, data)
    run = packages.bring_in(mixed)
    assert run.state == "applied"
    found = {(one.code, one.file, one.count) for one in queries.list_findings(run)}
    assert {
        ("reference.placeholder_made", "classes.csv", 2), ("semantic.two_primary_teachers", "enrollments.csv", 2),
        ("semantic.student_not_enrolled", "results.csv", 1), ("file.encoding_guessed", "users.csv", 1),
    } <= found  # fmt: skip
    term = AcademicSession.objects.get(title="t2")
    assert (term.begins_on, term.ends_on, term.school_year, term.kind) == (
        date(2026, 1, 7),
        date(2026, 5, 29),
        2026,
        "term",
    )
    assert SchoolClass.objects.get(title="Algebra 2").school_year == 2026
    assert [one.staff.given_name for one in ClassStaff.objects.filter(is_primary=True)] == ["Tess"]
    assert set(Student.objects.filter(given_name="Sam").values_list("family_name", flat=True)) == {"Núñez"}
    assert CourseworkResult.objects.get(source_key="x1").comment == 'He said "again", then "yes, ""again"""'
    assert not Student.objects.filter(family_name__contains="Ã").exists()


def test_p05_an_id_that_a_spreadsheet_made_a_number_is_refused_and_zeros_stay(tmp_path: Path) -> None:
    rows = packages.district()
    rows["users"].append(rows["users"][0] | {"sourcedId": "1.23E+15", "givenName": "Neo"})
    rows["roles"].append(rows["roles"][0] | {"sourcedId": "r9", "userSourcedId": "1.23E+15"})
    run = packages.bring_in(packages.write(tmp_path, rows))
    found = {(one.code, one.file, one.column) for one in queries.list_findings(run)}
    assert ("row.invalid_guid", "users.csv", "sourcedId") in found
    assert packages.totals(run)["users.csv"] == (7, 6, 0, 1)
    assert not Student.objects.filter(given_name="Neo").exists()
    run = packages.bring_in(packages.write(tmp_path / "next", packages.district() | {"users": [
        packages.DISTRICT["users"][0] | {"sourcedId": "7"}], "roles": [packages.DISTRICT["roles"][0] | {"userSourcedId": "7"}]},
        mode="delta"))  # fmt: skip
    assert Student.objects.filter(given_name="Sam").count() == 2  # '7' is nobody's '007'
