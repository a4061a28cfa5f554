"""The district as a OneRoster 1.2 bulk package: strictly the standard's files, headers and order."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .cast_members import DISTRICT_ID
from .classes import HOMEROOM, SUBJECTS, course_number, course_numbers, course_title
from .coursework import CATEGORIES, NOT_SUBMITTED, PARTIAL
from .coursework import STATUSES as MARK_STATUSES
from .delimited import CHUNK, empty, same, write_csv
from .district import District, Year
from .ids import text_id, text_ids
from .oneroster_people import PEOPLE
from .schools import DISTRICT_NAME, GRADE_CODES, GRADES
from .tables import dates, item_title, named, numbers

Columns = dict[str, pa.Array]
_COMMON = ("sourcedId", "status", "dateLastModified")
HEADERS: dict[str, tuple[str, ...]] = {
    "academicSessions": (*_COMMON, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    "orgs": (*_COMMON, "name", "type", "identifier", "parentSourcedId"),
    "courses": (
        *_COMMON,
        "schoolYearSourcedId",
        "title",
        "courseCode",
        "grades",
        "orgSourcedId",
        "subjects",
        "subjectCodes",
    ),
    "classes": (
        *_COMMON,
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
    ),
    "users": (
        *_COMMON,
        "enabledUser",
        "username",
        "userIds",
        "givenName",
        "familyName",
        "middleName",
        "identifier",
        "email",
        "sms",
        "phone",
        "agentSourcedIds",
        "grades",
        "password",
        "userMasterIdentifier",
        "preferredGivenName",
        "preferredMiddleName",
        "preferredFamilyName",
        "primaryOrgSourcedId",
        "pronouns",
        "metadata.language",
    ),
    "roles": (
        *_COMMON,
        "userSourcedId",
        "roleType",
        "role",
        "beginDate",
        "endDate",
        "orgSourcedId",
        "userProfileSourcedId",
    ),
    "enrollments": (
        *_COMMON,
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
    ),
    "demographics": (
        *_COMMON,
        "birthDate",
        "sex",
        "americanIndianOrAlaskaNative",
        "asian",
        "blackOrAfricanAmerican",
        "nativeHawaiianOrOtherPacificIslander",
        "white",
        "demographicRaceTwoOrMoreRaces",
        "hispanicOrLatinoEthnicity",
        "countryOfBirthCode",
        "stateOfBirthAbbreviation",
        "cityOfBirth",
        "publicSchoolResidenceStatus",
    ),
    "categories": (*_COMMON, "title", "weight"),
    "lineItems": (
        *_COMMON,
        "title",
        "description",
        "assignDate",
        "dueDate",
        "classSourcedId",
        "categorySourcedId",
        "academicSessionSourcedId",
        "resultValueMin",
        "resultValueMax",
        "schoolSourcedId",
    ),
    "results": (
        *_COMMON,
        "lineItemSourcedId",
        "studentSourcedId",
        "scoreStatus",
        "score",
        "scoreDate",
        "comment",
        "textScore",
        "classSourcedId",
        "inProgress",
        "incomplete",
        "late",
        "missing",
    ),
}
# The 1.2 standard names 21 files; the manifest says of each whether it is there.
_ABSENT = (
    "classResources",
    "courseResources",
    "lineItemLearningObjectiveIds",
    "lineItemScoreScales",
    "resources",
    "resultLearningObjectiveIds",
    "resultScoreScales",
    "scoreScales",
    "userProfiles",
    "userResources",
)


def write_oneroster(district: District, folder: Path) -> dict[str, int]:
    """Write the package into `folder` (made if needed). Returns the rows of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_manifest(folder / "manifest.csv")
    rows = {}
    for name, header in HEADERS.items():
        parts = (_filled(part, header) for part in _PARTS[name](district))
        rows[name] = write_csv(folder / f"{name}.csv", header, parts)
    return rows


def _filled(part: Columns, header: tuple[str, ...]) -> Columns:
    """The part with every column of the header; what it does not say stays blank, as status must in bulk."""
    rows = len(part["sourcedId"])
    return {**{name: empty(rows) for name in header if name not in part}, **part}


def _write_manifest(path: Path) -> None:
    modes = {f"file.{name}": "bulk" for name in HEADERS} | {f"file.{name}": "absent" for name in _ABSENT}
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"]
    lines += [f"{name},{modes[name]}" for name in sorted(modes)]
    lines += [f"source.systemName,{DISTRICT_NAME} (made up)", "source.systemCode,synth"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _sessions(district: District) -> Iterator[Columns]:
    rows = [session for year in district.years for session in year.calendar.sessions]
    yield {
        "sourcedId": pa.array([s.sourced_id for s in rows]),
        "title": pa.array([s.title for s in rows]),
        "type": pa.array([s.kind for s in rows]),
        "startDate": pa.array([s.begins_on for s in rows]),
        "endDate": pa.array([s.ends_on for s in rows]),
        "parentSourcedId": pa.array([s.parent for s in rows], pa.string()),
        "schoolYear": pa.array([s.school_year for s in rows]),
    }


def _orgs(district: District) -> Iterator[Columns]:
    schools = district.schools
    numbers_ = text_ids("organisation", np.concatenate([[DISTRICT_ID], schools.ids]))
    yield {
        "sourcedId": numbers_,
        "name": pa.array([DISTRICT_NAME, *schools.names]),
        "type": pa.array(["district"] + ["school"] * len(schools)),
        "identifier": numbers_,
        "parentSourcedId": pa.array(
            [None] + [text_id("organisation", DISTRICT_ID)] * len(schools), pa.string()
        ),
    }


def _courses(district: District) -> Iterator[Columns]:
    pairs = [(grade, subject) for grade in range(GRADES) for subject in range(len(SUBJECTS))]
    for year in district.school_years:
        yield {
            "sourcedId": pa.array([text_id("course", course_number(year, g, s)) for g, s in pairs]),
            "schoolYearSourcedId": same(f"{year}-year", len(pairs)),
            "title": pa.array([course_title(g, s) for g, s in pairs]),
            "courseCode": pa.array([f"{g * 10 + s:04d}" for g, s in pairs]),
            "grades": pa.array([GRADE_CODES[g] for g, _ in pairs]),
            "orgSourcedId": same(text_id("organisation", DISTRICT_ID), len(pairs)),
            "subjects": pa.array([None if s == HOMEROOM else SUBJECTS[s] for _, s in pairs], pa.string()),
        }


def _classes(district: District) -> Iterator[Columns]:
    for year in district.years:
        classes = year.classes
        rows = zip(classes.grade.tolist(), classes.subject.tolist(), classes.section.tolist(), strict=True)
        yield {
            "sourcedId": text_ids("class", classes.number),
            "title": pa.array(classes.titles(), pa.string()),
            "grades": named(GRADE_CODES, classes.grade),
            "courseSourcedId": text_ids(
                "course", course_numbers(classes.school_year, classes.grade, classes.subject)
            ),
            "classCode": pa.array([f"{g:02d}{s}-{k + 1:02d}" for g, s, k in rows], pa.string()),
            "classType": named(("scheduled", "homeroom"), (classes.subject == HOMEROOM).astype(np.int64)),
            "location": pc.binary_join_element_wise(
                "Room ", pc.cast(pa.array(100 + classes.teacher % 200), pa.string()), ""
            ),
            "schoolSourcedId": text_ids("organisation", district.schools.ids[classes.school]),
            "termSourcedIds": same(f"{classes.school_year}-year", len(classes)),
            "subjects": named([None, *SUBJECTS[1:]], classes.subject),
            "periods": named(("0", "1", "2", "3", "4", "5"), classes.subject),
        }


def _enrollments(district: District) -> Iterator[Columns]:
    first = 1
    for year in district.years:
        for part in _students_in_classes(district, year):
            rows = len(part["userSourcedId"])
            yield {"sourcedId": text_ids("enrollment", np.arange(first, first + rows)), **part}
            first += rows
        part = _teachers_of_classes(district, year)
        rows = len(part["userSourcedId"])
        yield {"sourcedId": text_ids("enrollment", np.arange(first, first + rows)), **part}
        first += rows


def _students_in_classes(district: District, year: Year) -> Iterator[Columns]:
    who, subjects = year.enrolments, len(SUBJECTS)
    step = CHUNK // subjects
    for begin in range(0, len(who), step):
        enrolment = np.repeat(np.arange(begin, min(begin + step, len(who))), subjects)
        class_row = year.classes.of_enrolment[begin : begin + step].ravel()
        yield {
            "classSourcedId": text_ids("class", year.classes.number[class_row]),
            "schoolSourcedId": text_ids("organisation", district.schools.ids[who.school[enrolment]]),
            "userSourcedId": text_ids("student", district.students.ids[who.student[enrolment]]),
            "role": same("student", len(enrolment)),
            "beginDate": dates(who.entry_on[enrolment]),
            "endDate": dates(who.exit_on[enrolment]),
        }


def _teachers_of_classes(district: District, year: Year) -> Columns:
    classes, days = year.classes, year.calendar.instructional
    ends = days[classes.school, -1].copy()
    if classes.school_year == district.school_years[-1]:
        ends[:] = np.datetime64("NaT")
    return {
        "classSourcedId": text_ids("class", classes.number),
        "schoolSourcedId": text_ids("organisation", district.schools.ids[classes.school]),
        "userSourcedId": text_ids("staff", classes.teacher),
        "role": same("teacher", len(classes)),
        "primary": same("true", len(classes)),
        "beginDate": dates(days[classes.school, 0]),
        "endDate": dates(ends),
    }


def _categories(district: District) -> Iterator[Columns]:
    yield {
        "sourcedId": pa.array([code for code, _, _ in CATEGORIES]),
        "title": pa.array([title for _, title, _ in CATEGORIES]),
        "weight": pa.array([weight for _, _, weight in CATEGORIES]),
    }


def _line_items(district: District) -> Iterator[Columns]:
    for year in district.years:
        items, classes = year.items, year.classes
        quarters = [s for s in year.calendar.sessions if s.kind == "gradingPeriod"]
        begins = np.array([s.begins_on for s in quarters], "datetime64[D]")
        titles = [
            item_title(c, s) for c, s in zip(items.category.tolist(), items.sequence.tolist(), strict=True)
        ]
        yield {
            "sourcedId": text_ids("item", items.number),
            "title": pa.array(titles, pa.string()),
            "assignDate": dates(items.assigned_on),
            "dueDate": dates(items.due_on),
            "classSourcedId": text_ids("class", classes.number[items.class_row]),
            "categorySourcedId": named([code for code, _, _ in CATEGORIES], items.category),
            "academicSessionSourcedId": named(
                [s.sourced_id for s in quarters], np.searchsorted(begins, items.due_on, side="right") - 1
            ),
            "resultValueMin": numbers(np.zeros(len(titles))),
            "resultValueMax": numbers(items.score_max),
            "schoolSourcedId": text_ids(
                "organisation", district.schools.ids[classes.school[items.class_row]]
            ),
        }


def _results(district: District) -> Iterator[Columns]:
    first = 1
    for year in district.years:
        marks, who = year.marks, year.enrolments
        for begin in range(0, len(marks), CHUNK):
            part = slice(begin, min(begin + CHUNK, len(marks)))
            status = marks.status[part]
            yield {
                "sourcedId": text_ids("result", np.arange(first + part.start, first + part.stop)),
                "lineItemSourcedId": text_ids("item", year.items.number[marks.item[part]]),
                "studentSourcedId": text_ids(
                    "student", district.students.ids[who.student[marks.enrolment[part]]]
                ),
                "scoreStatus": named(MARK_STATUSES, status),
                "score": numbers(marks.score[part]),
                "scoreDate": dates(marks.scored_on[part]),
                "classSourcedId": text_ids("class", year.classes.number[marks.class_row[part]]),
                "incomplete": pa.array(status == PARTIAL),
                "late": pa.array(marks.late[part]),
                "missing": pa.array(status == NOT_SUBMITTED),
            }
        first += len(marks)


_PARTS = {
    "academicSessions": _sessions,
    "orgs": _orgs,
    "courses": _courses,
    "classes": _classes,
    **PEOPLE,
    "enrollments": _enrollments,
    "categories": _categories,
    "lineItems": _line_items,
    "results": _results,
}
