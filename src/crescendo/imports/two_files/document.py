"""What was confirmed about two files, as an ordinary mapping: versioned, exported, and read like every other."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .reading import EXCEL, EXCEL_FROM, read_share

STUDENTS, ATTENDANCE, DAYS = "students", "attendance", "days"
DAYS_FILE = "school-days.csv"  # days that a person named on the page; kept like any file, so that the number has a source
SLUG = "two-files"


@dataclass(frozen=True)
class DayColumn:
    """A column of days and how they are written."""

    column: str
    written: str
    has_times: bool = False


@dataclass(frozen=True)
class Confirmed:
    """Everything that a person confirmed about the two files."""

    school: str
    school_year: int
    begins_on: date
    student_id: str
    attendance_id: str
    on: DayColumn
    students_file: str = "students.csv"
    attendance_file: str = "attendance.csv"
    parent: str = ""  # the organisation above a school that does not exist yet
    given: str = ""
    family: str = ""
    whole_name: str = ""
    name_has_comma: bool = False
    grade: str = ""
    born_on: DayColumn | None = None
    entry_on: DayColumn | None = None
    exit_on: DayColumn | None = None
    code: str = ""
    meanings: dict[str, str] = field(default_factory=dict)  # code -> 'unexcused:1'
    empty_code: str = ""  # what an empty cell of the code means
    share: str = ""
    share_values: tuple[str, ...] = ()
    makes_calendar: bool = True
    has_more_days: bool = False


def build(one: Confirmed, *, title: str) -> dict[str, Any]:
    """The mapping document."""
    # Marks come before the days that are made of them, so that what is wrong with a row is said of the row.
    passes = [_school(one), _students(one), _enrolments(one), _events(one)]
    if one.makes_calendar:
        passes += [_calendar(one), _calendar_days(one, ATTENDANCE, _day(one.on))]
    passes += [_submissions(one, ATTENDANCE, _day(one.on))]
    if one.has_more_days:
        named = {"column": "day", "date": "iso"}
        passes += [_calendar_days(one, DAYS, named)] if one.makes_calendar else []
        passes += [_submissions(one, DAYS, named)]
    files = {
        STUDENTS: {"pattern": _pattern(one.students_file, STUDENTS), "optional": True},
        ATTENDANCE: {"pattern": _pattern(one.attendance_file, ATTENDANCE), "optional": True},
    }
    if one.has_more_days:
        files[DAYS] = {"pattern": DAYS_FILE, "optional": True}
    return {
        "mapping": {"name": SLUG, "title": title, "source": SLUG, "version": 1},
        "file": files,
        "pass": passes,
    }


def settings() -> dict[str, Any]:
    """A school or district that exists already is known by its name."""
    return {"match": {"org": {"by": "name"}}}


def _pattern(file_name: str, kind: str) -> str:
    """The file as it was called this time, and as it is usually called; a comma would divide the patterns."""
    name = re.sub(r"[\[\]*,]", "?", file_name.lower())
    return f"{name},{kind}.csv*,{kind}.tsv*"


def _day(one: DayColumn) -> dict[str, Any]:
    rule: dict[str, Any] = {"column": one.column}
    if one.has_times:
        rule["pattern"] = r"^(\S+)"
    if one.written == EXCEL:
        return rule | {"drop_zero_decimal": True, "days_from": EXCEL_FROM.isoformat()}
    return rule | {"date": one.written}


def _day_or(one: DayColumn, otherwise: date) -> dict[str, Any]:
    """A day; where the cell is empty, another."""
    if one.written == EXCEL:
        empty = str((otherwise - EXCEL_FROM).days)
    else:
        empty = otherwise.isoformat() if one.written == "iso" else otherwise.strftime(one.written)
    return _day(one) | {"empty": empty}


def _school(one: Confirmed) -> dict[str, Any]:
    fields = {
        "external_id": {"constant": one.school},
        "kind": {"constant": "school"},
        "name": {"constant": one.school},
    }
    if one.parent:
        fields["parent"] = {"constant": one.parent}
    return {"target": "organisations", "file": STUDENTS, "distinct": True, "fields": fields}


def _students(one: Confirmed) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "external_id": {"column": one.student_id},
        "identifier": {"column": one.student_id},
        "given_name": one.given,
        "family_name": one.family,
    }
    if one.whole_name:
        given, family = (r",\s*(.+)$", r"^([^,]+),") if one.name_has_comma else (r"^(.+)\s+\S+$", r"(\S+)$")
        fields["given_name"] = {"column": one.whole_name, "pattern": given}
        fields["family_name"] = {"column": one.whole_name, "pattern": family}
    if one.born_on:
        fields["born_on"] = _day(one.born_on)
    return {"target": "students", "file": STUDENTS, "fields": fields}


def _enrolments(one: Confirmed) -> dict[str, Any]:
    fields: dict[str, Any] = {
        # The year stands in the id, so that the next year's list begins a new enrolment and leaves this one alone.
        "external_id": {"template": f"{{{one.student_id}}}/{one.school_year}"},
        "student": {"column": one.student_id},
        "school": {"constant": one.school},
        "school_year": {"constant": str(one.school_year)},
        "entry_on": {"constant": one.begins_on.isoformat(), "date": "iso"},
        "is_primary": {"constant": "true"},
    }
    if one.entry_on:
        fields["entry_on"] = _day_or(one.entry_on, one.begins_on)
    if one.exit_on:
        fields["exit_on"] = _day(one.exit_on)
    if one.grade:
        fields["grade_level"] = one.grade
    return {"target": "school_enrolments", "file": STUDENTS, "fields": fields}


def _calendar_id(one: Confirmed) -> str:
    return f"{one.school}/{one.school_year}"


def _calendar(one: Confirmed) -> dict[str, Any]:
    fields = {
        "external_id": {"constant": _calendar_id(one)},
        "school": {"constant": one.school},
        "school_year": {"constant": str(one.school_year)},
        "code": {"constant": "default"},
    }
    return {"target": "calendars", "file": ATTENDANCE, "distinct": True, "fields": fields}


def _calendar_days(one: Confirmed, file: str, on: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "calendar": {"constant": _calendar_id(one)},
        "on": on,
        "is_instructional": {"constant": "true"},
    }
    return {"target": "calendar_days", "file": file, "distinct": True, "fields": fields}


def _submissions(one: Confirmed, file: str, on: dict[str, Any]) -> dict[str, Any]:
    """A day that the file names was sent. What is not named is unknown, not a day on which everybody came."""
    fields = {
        "school": {"constant": one.school},
        "on": on,
        "school_year": {"constant": str(one.school_year)},
    }
    return {"target": "attendance_submissions", "file": file, "distinct": True, "fields": fields}


def _events(one: Confirmed) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "student": {"column": one.attendance_id},
        "school": {"constant": one.school},
        "school_year": {"constant": str(one.school_year)},
        "on": _day(one.on),
        "category": {"constant": "other"},
        "absent_share": {"constant": "1"},
    }
    if one.share:
        numbers = {value: read_share(value) for value in one.share_values}
        fields["absent_share"] = {
            "column": one.share,
            "values": {value: str(number) for value, number in numbers.items() if number is not None},
        }
        fields["category"] = {
            "column": one.share,
            "values": {value: "other" if number else "present" for value, number in numbers.items()},
        }
    if one.code:
        fields |= _by_code(one)
    return {"target": "attendance_events", "file": ATTENDANCE, "fields": fields}


def _by_code(one: Confirmed) -> dict[str, Any]:
    """What each code says. A code without a meaning is left out: its rows are set aside and shown."""
    said = {code: meaning.split(":") for code, meaning in one.meanings.items() if meaning}
    category: dict[str, Any] = {
        "column": one.code,
        "values": {code: what for code, (what, _) in said.items()},
    }
    missed: dict[str, Any] = {
        "column": one.code,
        "values": {code: share for code, (_, share) in said.items()},
    }
    if one.empty_code:
        category["empty"], missed["empty"] = one.empty_code.split(":")
    fields = {"code": one.code, "category": category}
    return fields if one.share else fields | {"absent_share": missed}
