"""What is written: OneRoster 1.2 to the letter, and extracts that say what the tables say."""

import csv
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from edmeasures import synth

COMMON = "sourcedId,status,dateLastModified,"
# The 1.2 binding's columns in its order.
HEADERS = {
    "academicSessions": "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "orgs": "name,type,identifier,parentSourcedId",
    "courses": "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "classes": "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,"
    "subjectCodes,periods",
    "users": "enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,"
    "grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns,metadata.language",
    "roles": "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
    "enrollments": "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "demographics": "birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
    "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
    "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
    "categories": "title,weight",
    "lineItems": "title,description,assignDate,dueDate,classSourcedId,categorySourcedId,academicSessionSourcedId,"
    "resultValueMin,resultValueMax,schoolSourcedId",
    "results": "lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,classSourcedId,"
    "inProgress,incomplete,late,missing",
}
REQUIRED = {
    "academicSessions": "title type startDate endDate schoolYear",
    "orgs": "name type",
    "courses": "title orgSourcedId",
    "classes": "title courseSourcedId classType schoolSourcedId termSourcedIds",
    "users": "enabledUser username givenName familyName",
    "roles": "userSourcedId roleType role orgSourcedId",
    "enrollments": "classSourcedId schoolSourcedId userSourcedId role",
    "demographics": "",
    "categories": "title",
    "lineItems": "title assignDate dueDate classSourcedId categorySourcedId academicSessionSourcedId schoolSourcedId",
    "results": "lineItemSourcedId studentSourcedId scoreStatus scoreDate",
}
REFERENCES = {
    ("academicSessions", "parentSourcedId"): "academicSessions",
    ("orgs", "parentSourcedId"): "orgs",
    ("courses", "schoolYearSourcedId"): "academicSessions",
    ("courses", "orgSourcedId"): "orgs",
    ("classes", "courseSourcedId"): "courses",
    ("classes", "schoolSourcedId"): "orgs",
    ("classes", "termSourcedIds"): "academicSessions",
    ("users", "agentSourcedIds"): "users",
    ("users", "primaryOrgSourcedId"): "orgs",
    ("roles", "userSourcedId"): "users",
    ("roles", "orgSourcedId"): "orgs",
    ("enrollments", "classSourcedId"): "classes",
    ("enrollments", "schoolSourcedId"): "orgs",
    ("enrollments", "userSourcedId"): "users",
    ("demographics", "sourcedId"): "users",
    ("lineItems", "classSourcedId"): "classes",
    ("lineItems", "categorySourcedId"): "categories",
    ("lineItems", "academicSessionSourcedId"): "academicSessions",
    ("lineItems", "schoolSourcedId"): "orgs",
    ("results", "lineItemSourcedId"): "lineItems",
    ("results", "studentSourcedId"): "users",
    ("results", "classSourcedId"): "classes",
}
ROLES = {
    "aide",
    "counselor",
    "districtAdministrator",
    "guardian",
    "parent",
    "principal",
    "relative",
    "student",
    "teacher",
}
Rows = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def district() -> synth.District:
    return synth.demo_district(300, seed=3)


@pytest.fixture(scope="module")
def folder(district: synth.District, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("district")
    synth.write(district, out)
    return out


@pytest.fixture(scope="module")
def package(folder: Path) -> Rows:
    rows = {}
    for name in HEADERS:
        with (folder / "oneroster" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows[name] = list(csv.DictReader(file, strict=True))
    return rows


def extract(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "extracts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_the_standards_in_its_order(folder: Path, name: str) -> None:
    first = (folder / "oneroster" / f"{name}.csv").read_text(encoding="utf-8").split("\n", 1)[0]
    assert first == COMMON + HEADERS[name]


def test_the_manifest_names_all_21_files_of_the_standard(folder: Path) -> None:
    lines = (folder / "oneroster" / "manifest.csv").read_text().splitlines()
    assert lines[:3] == ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"]
    modes = {
        line.split(",")[0].removeprefix("file."): line.split(",")[1]
        for line in lines
        if line.startswith("file.")
    }
    assert len(modes) == 21
    assert {name for name, mode in modes.items() if mode == "bulk"} == set(HEADERS)
    assert {mode for name, mode in modes.items() if name not in HEADERS} == {"absent"}
    assert {path.stem for path in (folder / "oneroster").iterdir()} == {*HEADERS, "manifest"}


@pytest.mark.parametrize("name", HEADERS)
def test_bulk_rows_have_blank_status_unique_ids_and_every_required_cell(package: Rows, name: str) -> None:
    rows = package[name]
    assert rows
    assert {(row["status"], row["dateLastModified"]) for row in rows} == {("", "")}
    assert Counter(row["sourcedId"] for row in rows).most_common(1)[0][1] == 1
    for column in REQUIRED[name].split():
        assert all(row[column] for row in rows), column


@pytest.mark.parametrize(("name", "column"), REFERENCES)
def test_every_reference_is_in_the_package(package: Rows, name: str, column: str) -> None:
    there = {row["sourcedId"] for row in package[REFERENCES[name, column]]}
    named = {one for row in package[name] for one in row[column].split(",") if one}
    assert named
    assert named <= there


def test_a_person_has_one_primary_role_at_an_organisation(package: Rows) -> None:
    primary = Counter(
        (r["userSourcedId"], r["orgSourcedId"]) for r in package["roles"] if r["roleType"] == "primary"
    )
    assert max(primary.values()) == 1
    assert {r["userSourcedId"] for r in package["roles"]} == {u["sourcedId"] for u in package["users"]}
    assert all(r["role"] in ROLES or r["role"].startswith("ext:") for r in package["roles"])


def test_a_class_has_one_primary_teacher(package: Rows) -> None:
    teachers = Counter(r["classSourcedId"] for r in package["enrollments"] if r["primary"] == "true")
    assert set(teachers.values()) == {1}
    assert set(teachers) == {row["sourcedId"] for row in package["classes"]}


def test_line_items_stand_in_grading_periods_that_hold_their_due_day(package: Rows) -> None:
    sessions = {row["sourcedId"]: row for row in package["academicSessions"]}
    for item in package["lineItems"]:
        session = sessions[item["academicSessionSourcedId"]]
        assert session["type"] == "gradingPeriod"
        assert session["startDate"] <= item["dueDate"] <= session["endDate"]
        assert item["assignDate"] <= item["dueDate"]


def test_scores_stay_in_their_bounds(package: Rows) -> None:
    top = {row["sourcedId"]: float(row["resultValueMax"]) for row in package["lineItems"]}
    scored = [row for row in package["results"] if row["score"]]
    assert len(scored) > 0.9 * len(package["results"])
    assert all(0 <= float(row["score"]) <= top[row["lineItemSourcedId"]] for row in scored)


def test_homerooms_tell_the_school_enrolments_of_the_tables(district: synth.District, package: Rows) -> None:
    homerooms = {row["sourcedId"]: row for row in package["classes"] if row["classType"] == "homeroom"}
    told = {
        (
            r["userSourcedId"],
            r["schoolSourcedId"],
            homerooms[r["classSourcedId"]]["grades"],
            r["beginDate"],
            r["endDate"],
        )
        for r in package["enrollments"]
        if r["role"] == "student" and r["classSourcedId"] in homerooms
    }
    known = {
        (
            synth.text_id("student", row["student_id"]),
            synth.text_id("organisation", row["school_id"]),
            row["grade_level"],
            str(row["entry_on"]),
            str(row["exit_on"] or ""),
        )
        for row in district.tables["enrolments"].to_pylist()
    }
    assert told == known


def test_sam_is_in_the_package_with_fay_who_reads_spanish_and_bryn(package: Rows) -> None:
    users = {row["sourcedId"]: row for row in package["users"]}
    sam = next(
        user for user in users.values() if user["givenName"] == "Sam" and user["familyName"] == "Ortega"
    )
    assert (sam["sourcedId"], sam["grades"]) == ("00100001", "07")
    fay, bryn = (users[agent] for agent in sam["agentSourcedIds"].split(","))
    assert (fay["givenName"], fay["metadata.language"]) == ("Fay", "es")
    assert (bryn["givenName"], bryn["metadata.language"]) == ("Bryn", "en")
    for member in synth.cast:
        assert (users[member.sourced_id]["givenName"], users[member.sourced_id]["familyName"]) == (
            member.given_name,
            member.family_name,
        )


def test_results_say_what_the_tables_say(district: synth.District, package: Rows) -> None:
    written = Counter(
        (
            r["studentSourcedId"],
            r["lineItemSourcedId"],
            r["scoreStatus"],
            float(r["score"]) if r["score"] else None,
            r["scoreDate"],
            r["late"],
        )
        for r in package["results"]
    )
    tables = Counter(
        (
            synth.text_id("student", row["student_id"]),
            synth.text_id("item", row["item_id"]),
            row["status"],
            row["score"],
            str(row["scored_on"]),
            str(row["is_late"]).lower(),
        )
        for row in district.tables["coursework_results"].to_pylist()
    )
    assert written == tables


def test_attendance_extract_says_what_the_table_says(district: synth.District, folder: Path) -> None:
    written = Counter(
        (
            r["student_id"],
            r["school_id"],
            date.fromisoformat(r["date"]),
            r["category"],
            float(r["absent_share"]),
        )
        for r in extract(folder, "attendance_events")
    )
    table = Counter(
        (
            synth.text_id("student", row["student_id"]),
            synth.text_id("organisation", row["school_id"]),
            row["on"],
            row["category"],
            row["absent_share"],
        )
        for row in district.tables["attendance_events"].to_pylist()
    )
    assert written == table


def test_extract_rows_are_the_tables_rows(district: synth.District, folder: Path) -> None:
    names = {"activities": "activity_events"} | {
        name: name
        for name in (
            "calendar_days", "attendance_submissions", "assessments", "assessment_results", "participation_checks",
            "behaviour_incidents", "course_outcomes",
        )
    }  # fmt: skip
    for file, table in names.items():
        assert len(extract(folder, file)) == district.tables[table].num_rows, file


def test_the_command_writes_a_district_and_prints_what_was_planted(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "edmeasures.synth", "--students", "200", "--seed", "4", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "effect 0.20 SD" in ran.stdout
    assert "effect 0.00 SD" in ran.stdout
    assert "1.6 times as many absences" in ran.stdout
    assert "r = 0.35" in ran.stdout
    assert (tmp_path / "out" / "truths.json").is_file()


def test_the_command_says_what_is_wrong_with_a_size(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "edmeasures.synth", "--students", "20", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "students is 20: ask for 200 to 1000000" in ran.stderr
    assert not (tmp_path / "out").exists()
