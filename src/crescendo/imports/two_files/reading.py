"""What two lists seem to say: which column is what, how days are written, what a code means, which days are missing.

Nothing here is used unconfirmed: it fills in the page on which a person says yes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from crescendo.core.errors import Refused
from crescendo.imports.sources.table.guessing import Column, describe_columns, possible_date_formats
from crescendo.imports.sources.table.mapping import DATE_FORMATS, NULL_TOKENS
from crescendo.imports.sources.table.reader import Received

MOST = 0.8  # share of a column's different values that have to be days
EXCEL = "excel"  # days counted from the last of 1899, as spreadsheets keep them
EXCEL_FROM = date(1899, 12, 30)
_SERIAL = re.compile(r"[34]\d{4}(\.0+)?")
FIRST_WORD = re.compile(r"^\S+")

# Header words, lower case, letters and digits alone; the first that a file has counts.
WORDS = {
    "id": (
        "studentid studentnumber studentno pupilid pupilnumber learnerid id localid stateid upn sisid externalid number "
        "idnumber matrikel expediente matricula"
    ),
    "given": "firstname givenname forename first given preferredname nombre",
    "family": "lastname familyname surname last family apellido apellidos",
    "name": "name fullname studentname student pupil pupilname learner",
    "grade": "grade gradelevel yeargroup schoolgrade level year grado",
    "born_on": "birthdate dateofbirth dob birthday born bornon fechadenacimiento",
    "entry_on": "entrydate enrolmentdate enrollmentdate startdate admissiondate entered entryon",
    "exit_on": "exitdate leavingdate withdrawaldate enddate left exiton",
    "on": "date attendancedate absencedate day on fecha",
    "code": "code attendancecode absencecode status attendance category type mark reason codigo",
    "share": "absentshare share absent absence daysmissed daymissed portion dayportion amount",
}
_AWAY = "absent|absences?|present|attended|missed|enrolled|late|tardy"
TOTALS = re.compile(
    rf"(total|days?|sessions?|times|number)(of)?({_AWAY})|({_AWAY})(days?|sessions?|total|count|rate|percent|pct)|attendancerate"
)

# A code's likely meaning: (category, share of the day missed). Shown, and confirmed or changed by a person.
MEANINGS = {
    "present:0": "p present / \\ here attended asistencia presente",
    "tardy:0": "t l tardy late tarde retraso",
    "excused:1": "e ea ex exc excused authorised authorized justificada",
    "unexcused:1": "u ua ue un unx unexcused unauthorised unauthorized truant injustificada",
    "other:1": "a abs absent ab absence ausente f",
    "other:0.5": "h hd half halfday am pm",
}


@dataclass(frozen=True)
class Seen:
    """What was made out of one file's columns: the guess for each field, '' where nothing is near."""

    columns: tuple[Column, ...]
    guesses: dict[str, str]
    with_blanks: frozenset[str] = frozenset()  # columns in which some cell is empty

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def look_at(received: Received, fields: Iterable[str]) -> Seen:
    """Guess a column for each field. No column is guessed twice."""
    columns = tuple(describe_columns(received))
    letters = {column.name: plain(column.name) for column in columns}
    guesses: dict[str, str] = {}
    for field in fields:
        free = {name: word for name, word in letters.items() if name not in guesses.values()}
        found = (name for wanted in WORDS[field].split() for name, word in free.items() if word == wanted)
        guesses[field] = next(found, "")
    blanks = (
        name
        for name in letters
        if not all(text and text.strip() for text in received.table[name].unique().to_pylist())
    )
    return Seen(columns, guesses, frozenset(blanks))


def look_at_students(received: Received) -> Seen:
    """Guess the columns of a list of students. A whole name counts only where its parts have no columns."""
    seen = look_at(received, ("id", "given", "family", "name", "grade", "born_on", "entry_on", "exit_on"))
    if seen.guesses["given"] and seen.guesses["family"]:
        seen.guesses["name"] = ""
    return seen


def look_at_attendance(received: Received) -> Seen:
    """Guess the columns of a list of attendance; a list of totals is refused, because a total has no days."""
    seen = look_at(received, ("id", "on", "code", "share"))
    if not seen.guesses["on"] or not date_formats(seen.column(seen.guesses["on"])):
        taken = set(seen.guesses.values())
        others = [one.name for one in seen.columns if one.name not in taken and date_formats(one)]
        seen.guesses["on"] = others[0] if others else ""
    if not seen.guesses["on"]:
        _refuse_totals(seen)
    share = seen.column(seen.guesses["share"])
    if share and not shares(share):  # 'Absent: yes' is a code, not a share
        seen.guesses["code"], seen.guesses["share"] = seen.guesses["code"] or share.name, ""
    return seen


def _refuse_totals(seen: Seen) -> None:
    totals = [name for name in seen.names if TOTALS.fullmatch(plain(name))]
    if totals:
        raise Refused(
            _(
                "The attendance file gives totals for each student (column '%(column)s') and no days. A total does not say "
                "on which days attendance was taken, so no rate can be counted from it. Ask your system for the daily list: "
                "one row for each student and day, or for each absence."
            )
            % {"column": totals[0]}
        )
    raise Refused(
        _(
            "No column of the attendance file holds days. It needs one row for each student and day, or for each absence, "
            "with the student's id and the date."
        )
    )


# -- days ----------------------------------------------------------------------------------------------------------


def _filled(column: Column) -> list[str]:
    """Its different values without those that mean nothing. A time behind a day is left off: '3/4/2026 0:00'."""
    found = (value.strip() for value in column.all_values)
    return [FIRST_WORD.findall(value)[0] for value in found if value and value not in NULL_TOKENS]


def has_times(column: Column) -> bool:
    return any(" " in value.strip() for value in column.all_values)


def date_formats(column: Column | None) -> list[str]:
    """The ways in which every value of a column can be read as a day; several where day and month may be swapped."""
    values = _filled(column) if column else []
    if not values:
        return []
    if all(_SERIAL.fullmatch(value) for value in values):
        return [EXCEL]
    # A list of thousands has its slips: what fits most values is a date, and the slips are set aside with their rows.
    return possible_date_formats(values) or _formats_of_most(values)


def _formats_of_most(values: list[str]) -> list[str]:
    fitting = {
        written: sum(read_day(value, written) is not None for value in values)
        for written in (*DATE_FORMATS, EXCEL)
        if written != EXCEL or sum(bool(_SERIAL.fullmatch(value)) for value in values) > MOST * len(values)
    }
    most = max(fitting.values())
    return [written for written, number in fitting.items() if number == most > MOST * len(values)]


def likely_format(column: Column | None) -> str:
    """The format to propose: the only one; or the only one in which no day falls on a weekend."""
    formats = date_formats(column)
    if column is None or len(formats) < 2:
        return formats[0] if formats else ""
    on_weekdays = [one for one in formats if all(day.weekday() < 5 for day in days_in(column, one))]
    return on_weekdays[0] if len(on_weekdays) == 1 else ""


def read_day(value: str, written: str) -> date | None:
    """One value as a day, or None where it is none."""
    value = value.strip().split(" ")[0]
    try:
        if written == EXCEL:
            return EXCEL_FROM + timedelta(days=int(float(value)))
        if written == "iso":
            year, month, day = (int(part) for part in value.split("T")[0].split("-"))
            return date(year, month, day)
        return datetime.strptime(value, written).date()  # noqa: DTZ007  (a day has no zone)
    except (ValueError, OverflowError):
        return None


def days_in(column: Column, written: str) -> list[date]:
    """The days that a column names, in order. A value that is no day is not among them: its rows are set aside."""
    found = {read_day(value, written) for value in _filled(column)}
    return sorted(day for day in found if day is not None)


def weekdays_not_named(days: list[date]) -> list[date]:
    """Mondays to Fridays between the first and the last day of the file that the file does not name."""
    if not days:
        return []
    between = (days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1))
    named = set(days)
    return [day for day in between if day.weekday() < 5 and day not in named]


# -- codes ---------------------------------------------------------------------------------------------------------


def shares(column: Column) -> bool:
    """Whether every value is a share of a day between 0 and 1, or between 0 and 100 percent."""
    values = [value.strip() for value in column.all_values if value.strip() not in ("", *NULL_TOKENS)]
    return bool(values) and all(read_share(value) is not None for value in values)


def read_share(value: str) -> float | None:
    try:
        number = float(value.strip().rstrip("% ").replace(",", "."))
    except ValueError:
        return None
    number = number / 100 if value.strip().endswith("%") else number
    return number if 0 <= number <= 1 else None


def likely_meaning(code: str) -> str:
    """What a code most likely means, or '': then its rows are set aside until somebody says."""
    letters = code.strip().lower()
    for meaning, words in MEANINGS.items():
        if letters in words.split() or (len(letters) > 3 and plain(letters) in words.split()):
            return meaning
    share = read_share(code)
    if share is None:
        return ""
    return {0.0: "present:0", 0.5: "other:0.5", 1.0: "other:1"}.get(share, "")


def has_different_values(column: Column) -> bool:
    """Whether the column could number people: several values, and none of the first ones twice."""
    first = [value for value in column.first if value.strip()]
    return len(first) > 0 and len(set(first)) == len(first)
