"""What a new table's columns may mean: a proposal that a person confirms. Nothing here is ever used unconfirmed."""

import difflib
import re
from dataclasses import dataclass

from .fields import Field, Target
from .reader import Received
from .shapes import DATE_FORMATS

# What other systems call our fields. Lower case, letters and digits alone.
SYNONYMS = {
    "student": (
        "studentid",
        "studentnumber",
        "pupilid",
        "learnerid",
        "localid",
        "stateid",
        "upn",
        "sisid",
        "idstudent",
    ),
    "school": ("schoolid", "schoolcode", "schoolnumber", "site", "campus", "building", "urn", "dbn", "orgid"),
    "on": (
        "date",
        "day",
        "attendancedate",
        "absencedate",
        "testdate",
        "eventdate",
        "assessmentdate",
        "incidentdate",
    ),
    "category": ("category", "type", "status", "attendancecode", "code", "reason"),
    "absent_share": (
        "absentshare",
        "shareabsent",
        "share",
        "portion",
        "daypart",
        "duration",
        "amount",
        "absence",
    ),
    "code": ("code", "attendancecode", "absencecode"),
    "attendance_rate": ("attnpct", "attendancerate", "attendance", "percentpresent", "pctpresent"),
    "enrolled": ("enrolled", "enrollment", "enrolment", "onroll", "membership"),
    "score": ("score", "scalescore", "rawscore", "mark", "points", "result", "rit", "testritscore"),
    "standard_error": ("standarderror", "stderr", "sem", "teststandarderror", "standarderrorofmeasurement"),
    "score_text": ("score", "mark", "grade"),
    "assessment": ("assessment", "assessmentid", "assessmentcode", "test", "testname", "exam"),
    "item": ("assignmentid", "itemid", "lineitemid", "assignment"),
    "school_class": ("classid", "sectionid", "section", "class"),
    "class": ("classid", "sectionid", "section", "class"),
    "course": ("courseid", "coursecode", "course"),
    "grade_level": ("grade", "gradelevel", "yeargroup", "year"),
    "school_year": ("schoolyear", "year", "academicyear"),
    "external_id": (
        "id",
        "sourcedid",
        "code",
        "number",
        "studentid",
        "schoolid",
        "assessmentcode",
        "assessmentid",
    ),
    "given_name": ("firstname", "givenname", "forename"),
    "family_name": ("lastname", "familyname", "surname"),
    "born_on": ("dob", "birthdate", "dateofbirth"),
    "sex": ("sex", "gender"),
    "is_instructional": ("instructional", "schoolday", "open"),
    "severity": ("severity", "level"),
    "kind": ("kind", "type", "category", "incident", "activity", "behaviour", "behavior"),
    "passed": ("passed", "pass"),
    "took_part": ("tookpart", "participated", "present"),
    "title": ("title", "name", "description"),
    "name": ("name", "schoolname", "title"),
    "calendar": ("calendar", "calendarid", "calendarcode"),
}
CLOSE_ENOUGH = 0.88  # a slip of the keyboard; 'assessment grade' is no 'assessment code'
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?")
_TWO_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")


@dataclass(frozen=True)
class Column:
    """A column of the file: its name, its first values, and how many different values it has (up to a limit)."""

    name: str
    examples: tuple[str, ...]
    values: tuple[str, ...]  # the different values, where there are few
    first: tuple[str, ...] = ()  # the cells of the first rows
    all_values: tuple[str, ...] = ()  # every different value: what the forms of dates are judged by


MOST_VALUES = 60
FIRST_ROWS = 5
MOST_DAYS = 5000  # more different days than any school has; enough to see a day above the twelfth


def describe_columns(received: Received, examples: int = 3) -> list[Column]:
    """Each column with a few values to recognise it by."""
    columns = []
    for column in received.columns:
        different = received.table[column].unique().to_pylist()
        filled = [value for value in different if value and value.strip()]
        first = tuple(value or "" for value in received.table[column].slice(0, FIRST_ROWS).to_pylist())
        few = tuple(sorted({value.strip() for value in filled})) if len(filled) <= MOST_VALUES else ()
        columns.append(Column(column, tuple(filled[:examples]), few, first, tuple(filled[:MOST_DAYS])))
    return columns


def guess_column(field: Field, columns: list[str]) -> str:
    """The column that most likely holds a field, or '' where none is close."""
    plain = {column: re.sub(r"[^a-z0-9]", "", column.lower()) for column in columns}
    wanted = [field.name.replace("_", ""), *SYNONYMS.get(field.name, ())]
    for name in wanted:
        for column, letters in plain.items():
            if letters == name:
                return column
    for column, letters in plain.items():
        if difflib.get_close_matches(letters, wanted, 1, CLOSE_ENOUGH):
            return column
    return ""


def guess_all(target: Target, columns: list[str]) -> dict[str, str]:
    """A column for each field of a target, as far as names tell."""
    return {field.name: guess_column(field, columns) for field in target.fields}


def possible_date_formats(values: list[str]) -> list[str]:
    """The ways to read these dates that no value contradicts. Two or more: a person has to say which."""
    filled = [value.strip() for value in values if value and value.strip()]
    if not filled:
        return list(DATE_FORMATS)
    if all(_ISO.fullmatch(value) for value in filled):
        return ["iso"]
    parts = [_TWO_FIRST.fullmatch(value) for value in filled]
    if all(parts):
        year = "%y" if any(len(part[3]) == 2 for part in parts if part) else "%Y"
        month_first = all(int(part[1]) <= 12 for part in parts if part)
        day_first = all(int(part[2]) <= 12 for part in parts if part)
        return [f"%m/%d/{year}"] * month_first + [f"%d/%m/{year}"] * day_first
    return [one for one in DATE_FORMATS if one != "iso" and all(_fits(value, one) for value in filled[:200])]


MOST = 0.5
_DAY = re.compile(r"\d+[/.-]\d|\d{8}$")
_YEAR = re.compile(r"(19|20)\d\d")
_NO_EVENT = re.compile(
    r"birth|dob|enrol|entry|exit|start|begin|end|modif|creat|updat|sync|load|export", re.IGNORECASE
)


def could_hold(field: Field, column: Column) -> bool:
    """Whether the cells of a column can be what a field holds, whatever the column is called."""
    filled = [value.strip() for value in column.all_values if value.strip()]
    if not filled:
        return False
    if field.kind == "date":
        return all(_DAY.match(value) for value in filled) and bool(possible_date_formats(filled))
    if field.kind in ("number", "integer", "share"):
        return sum(_is_number(value) for value in filled) > MOST * len(filled)
    if field.kind == "choice":
        return bool({value.lower() for value in column.values} & set(field.choices))
    if field.kind == "year":
        return all(_YEAR.match(value) for value in filled)
    return field.kind != "boolean" or 0 < len(column.values) <= MOST_TRUTHS


MOST_TRUTHS = 4  # yes, no, and what stands for 'nobody said'


def _is_number(value: str) -> bool:
    try:
        float(value.rstrip("% ").replace(",", "."))
    except ValueError:
        return False
    return True


def best_days(columns: list[Column]) -> str:
    """Of several columns of days the only one that is named for something that happened; '' where that is unclear."""
    field = Field("on", "date", "The day")
    days = [one.name for one in columns if could_hold(field, one)]
    events = [name for name in days if not _NO_EVENT.search(name)]
    return events[0] if len(events) == 1 else days[0] if len(days) == 1 else ""


def _fits(value: str, date_format: str) -> bool:
    from datetime import datetime  # noqa: PLC0415

    try:
        datetime.strptime(value, date_format)  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        return False
    return True
