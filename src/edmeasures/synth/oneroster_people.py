"""The people of the OneRoster package: users, roles and demographics of students, family members and staff."""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .calendars import first_day
from .cast_members import BY_KEY
from .delimited import same
from .district import District
from .enrolments import STAYS
from .ids import text_ids
from .people import ADULT_ROLES, FAMILY_NAMES, GIVEN_NAMES, SEXES
from .schools import GRADE_CODES
from .tables import dates, named

Columns = dict[str, pa.Array]
_DOMAIN = "@northfield.example"
_RACES = {
    "native": "americanIndianOrAlaskaNative",
    "asian": "asian",
    "black": "blackOrAfricanAmerican",
    "pacific": "nativeHawaiianOrOtherPacificIslander",
    "white": "white",
    "two_or_more": "demographicRaceTwoOrMoreRaces",
    "hispanic": "hispanicOrLatinoEthnicity",
}


def _truth(values: np.ndarray) -> pa.Array:
    return named(("false", "true"), values.astype(np.int64))


def _email(name: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(name, pa.scalar(_DOMAIN), "")


def latest_enrolment(district: District) -> np.ndarray:
    """Per student: year index, row and school of the latest enrolment, three columns."""
    latest = np.full((len(district.students), 3), -1)
    for k, year in enumerate(district.years):
        who = year.enrolments
        # Rows stand in order of entry, so that the last one written is the latest.
        latest[who.student] = np.stack([np.full(len(who), k), np.arange(len(who)), who.school], axis=1)
    return latest


def _users(district: District) -> Iterator[Columns]:
    yield _student_users(district)
    yield _family_users(district)
    yield _staff_users(district)


def _student_users(district: District) -> Columns:
    students, households = district.students, district.households
    latest = latest_enrolment(district)
    number = text_ids("student", students.ids)
    family = named(FAMILY_NAMES, households.family_name[students.household])
    second = pa.array([*FAMILY_NAMES, None], pa.string()).take(
        pa.array(students.second_family_name % (len(FAMILY_NAMES) + 1))
    )
    first_adult = district.adults.first_of_household[students.household]
    has_two = district.adults.first_of_household[students.household + 1] - first_adult > 1
    adults = [
        text_ids("family", first_adult + 1),
        text_ids("family", pa.array(first_adult + 2, pa.int64(), mask=~has_two)),
    ]
    newest = district.school_years[-1]
    last_grade = students.grade - (newest - students.last_year)
    return {
        "sourcedId": number,
        "enabledUser": _truth(students.last_year == newest),
        "username": number,
        "givenName": named(GIVEN_NAMES, students.given_name),
        "familyName": pc.binary_join_element_wise(family, second, " ", null_handling="skip"),
        "identifier": number,
        "agentSourcedIds": pc.binary_join_element_wise(*adults, ",", null_handling="skip"),
        "grades": named(GRADE_CODES, last_grade),
        "primaryOrgSourcedId": text_ids("organisation", district.schools.ids[latest[:, 2]]),
    }


def _family_users(district: District) -> Columns:
    adults = district.adults
    number = text_ids("family", adults.number)
    language = district.households.speaks[adults.household].copy()
    language[BY_KEY["bryn"].number - 1] = "en"
    return {
        "sourcedId": number,
        "enabledUser": same("true", len(number)),
        "username": number,
        "givenName": named(GIVEN_NAMES, adults.given_name),
        "familyName": named(FAMILY_NAMES, adults.family_name),
        "email": _email(number),
        "metadata.language": pa.array(language.tolist(), pa.string()),
    }


def _staff_users(district: District) -> Columns:
    staff = district.staff
    number = text_ids("staff", staff.number)
    return {
        "sourcedId": number,
        "enabledUser": same("true", len(number)),
        "username": number,
        "givenName": pa.array(staff.given_name),
        "familyName": pa.array(staff.family_name),
        "identifier": number,
        "email": _email(number),
        "primaryOrgSourcedId": text_ids("organisation", staff.organisation),
    }


def _roles(district: District) -> Iterator[Columns]:
    first = 1
    for part in (_student_roles(district), _family_roles(district), *_staff_roles(district)):
        rows = len(part["userSourcedId"])
        yield {"sourcedId": text_ids("role", np.arange(first, first + rows)), **part}
        first += rows


def _student_roles(district: District) -> Columns:
    """One row per student and school: from the first day there to the last."""
    enrolments = [year.enrolments for year in district.years]
    student = np.concatenate([e.student for e in enrolments])
    school = np.concatenate([e.school for e in enrolments])
    entry = np.concatenate([e.entry_on for e in enrolments])
    exit_ = np.concatenate([e.exit_on for e in enrolments])
    stays = np.concatenate([e.reason == STAYS for e in enrolments])
    key = student * len(district.schools) + school
    order = np.lexsort((entry, key))
    first = np.flatnonzero(np.concatenate([[True], key[order][1:] != key[order][:-1]]))
    last = np.concatenate([first[1:], [len(order)]]) - 1
    still = np.logical_or.reduceat(stays[order], first)
    ends = exit_[order][last].copy()
    ends[still] = np.datetime64("NaT")
    return {
        "userSourcedId": text_ids("student", district.students.ids[student[order][first]]),
        "roleType": same("primary", len(first)),
        "role": same("student", len(first)),
        "beginDate": dates(entry[order][first]),
        "endDate": dates(ends),
        "orgSourcedId": text_ids("organisation", district.schools.ids[school[order][first]]),
    }


def _family_roles(district: District) -> Columns:
    """One row per family member and school that one of their children belongs to."""
    adults, students = district.adults, district.students
    school = latest_enrolment(district)[:, 2]
    counts = np.diff(adults.first_of_household)[students.household]
    child = np.repeat(np.arange(len(students)), counts)
    place = np.arange(len(child)) - np.repeat(np.cumsum(counts) - counts, counts)
    adult = adults.first_of_household[students.household[child]] + place
    pairs = np.unique(np.stack([adult, school[child]], axis=1), axis=0)
    return {
        "userSourcedId": text_ids("family", adults.number[pairs[:, 0]]),
        "roleType": same("primary", len(pairs)),
        "role": named(ADULT_ROLES, adults.role[pairs[:, 0]]),
        "orgSourcedId": text_ids("organisation", district.schools.ids[pairs[:, 1]]),
    }


def _staff_roles(district: District) -> Iterator[Columns]:
    staff = district.staff
    begins = np.datetime64(first_day(district.school_years[0]))
    for rows, kind in ((np.arange(len(staff)), "primary"), (np.flatnonzero(staff.also_teaches), "secondary")):
        yield {
            "userSourcedId": text_ids("staff", staff.number[rows]),
            "roleType": same(kind, len(rows)),
            "role": pa.array(
                [staff.role[i] if kind == "primary" else "teacher" for i in rows.tolist()], pa.string()
            ),
            "beginDate": dates(np.full(len(rows), begins)),
            "orgSourcedId": text_ids("organisation", staff.organisation[rows]),
        }


def _demographics(district: District) -> Iterator[Columns]:
    students = district.students
    yield {
        "sourcedId": text_ids("student", students.ids),
        "birthDate": dates(students.born_on),
        "sex": named(SEXES, students.sex),
        **{column: _truth(students.race == race) for race, column in _RACES.items()},
    }


PEOPLE: dict[str, Callable[[District], Iterator[Columns]]] = {
    "users": _users,
    "roles": _roles,
    "demographics": _demographics,
}
