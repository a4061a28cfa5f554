"""What a new table's columns may mean, told by their names and by what is in them. A person confirms all of it."""

import re
from dataclasses import dataclass

from .models import Source
from .sources.table.building import BUILDABLE, FROM_DAY, FROM_ENROLMENT, NOT_GIVEN, SIDE_BY_SIDE
from .sources.table.fields import TARGETS, Field, Target
from .sources.table.guessing import Column, best_days, could_hold, guess_all
from .sources.table.matching import column_of_students
from .sources.table.rates import Match, match_schools, match_students

# Fields by which a table is told from others: a day and a student stand in nearly every one.
TELLING = {
    "attendance_events": ("category", "absent_share"),
    "assessment_results": ("assessment", "score"),
    "coursework_results": ("item", "score"),
    "students": ("given_name", "family_name"),
    "participation_checks": ("took_part",),
    "school_attendance_counts": ("attendance_rate", "enrolled"),
    "course_outcomes": ("course", "passed"),
    "behaviour_incidents": ("severity",),
    "activity_events": ("minutes",),
}


@dataclass(frozen=True)
class Proposal:
    """A choice for each field, whose ids the students' are, and what each source knows of them."""

    columns: dict[str, str]
    students: list[Match]
    ids_of: str = ""
    side_by_side: tuple[str, ...] = ()  # columns of scores, where a row seems to hold several tests


_NO_SCORE = re.compile(r"grade|year|period|room|age|phone|zip|id$|number|\bno\b|rank", re.IGNORECASE)
SCORES_SIDE_BY_SIDE = (2, 15)  # fewer is one test, more is one test with its parts


def propose(
    target: Target, columns: list[Column], sources: list[Source], *, student: str | None = None
) -> Proposal:
    """What stands filled in when the questions are shown first. `student`: the column that was chosen since."""
    guessed = guess_all(target, [column.name for column in columns])
    by_name = {column.name: column for column in columns}
    for one in target.fields:  # a name that is near by chance: 'Assessment Grade' holds no day
        if guessed[one.name] and not (could_hold(one, by_name[guessed[one.name]]) or is_coded(one)):
            guessed[one.name] = NOT_GIVEN
    if "on" in guessed:
        guessed["on"] = guessed["on"] or best_days(columns)
    if "student" in guessed:
        # What the cells say goes before what the header says: 'Student ID' may be the vendor's own.
        guessed["student"] = column_of_students(columns) or guessed["student"]
    matches: list[Match] = []
    chosen = by_name.get(guessed.get("student", "") if student is None else student)
    if chosen:
        matches = match_students(chosen.all_values)
    for one in target.fields:
        if one.kind == "year" and not guessed[one.name] and target.field("on"):
            guessed[one.name] = FROM_DAY
        if one.name == "school" and target.field("student"):
            guessed[one.name] = _school(by_name.get(guessed[one.name]), matches)
    _leave_twins_out(target, guessed)
    several = _scores(target, columns, guessed)
    if several:
        guessed["score"] = SIDE_BY_SIDE
    fallback = next((source.slug for source in sources if source.kind == "oneroster"), "")
    return Proposal(guessed, matches, matches[0].source if matches else fallback, several)


def _scores(target: Target, columns: list[Column], guessed: dict[str, str]) -> tuple[str, ...]:
    """Columns of numbers in a table that names neither a test nor a score: each may be a test of its own."""
    if target.name != "assessment_results" or guessed["score"] or guessed["assessment"]:
        return ()
    score, taken = target.field("score"), set(guessed.values())
    found = [
        one.name
        for one in columns
        if score and one.name not in taken and not _NO_SCORE.search(one.name) and could_hold(score, one)
    ]
    fewest, most = SCORES_SIDE_BY_SIDE
    return tuple(found) if fewest <= len(found) <= most and 3 * len(found) >= len(columns) else ()


def is_coded(one: Field) -> bool:
    """A field whose codes somebody explains on the next page: any column may hold them."""
    return one.name in ("category", "absent_share", "took_part", "passed") or (
        one.kind == "choice" and one.required
    )


def _school(column: Column | None, students: list[Match]) -> str:
    """A vendor's schools have seldom our ids: their column is taken only where every one is known."""
    matches = match_schools(column.all_values) if column else []
    known_by = {match.source for match in matches if match.known == match.ids}
    trusted = column and known_by and (not students or students[0].source in known_by)
    return column.name if column and trusted else FROM_ENROLMENT


def _leave_twins_out(target: Target, guessed: dict[str, str]) -> None:
    """A column that a needed field has is not proposed for another one that the file can do without."""
    needed = {guessed[one.name] for one in target.fields if one.required} - {NOT_GIVEN}
    for one in target.fields:
        twin_is_meant = one.name in ("code", "score_text")  # the text as the source wrote it
        if not one.required and guessed[one.name] in needed and not twin_is_meant:
            guessed[one.name] = NOT_GIVEN


def propose_target(columns: list[Column]) -> str:
    """What one row of the file most likely holds: the table most of whose telling fields have a column."""
    names = [column.name for column in columns]
    found = {}
    for name in BUILDABLE:
        guessed = guess_all(TARGETS[name], names)
        telling = TELLING.get(name, ())
        found[name] = sum(bool(guessed[field]) for field in telling) / len(telling) if telling else 0
    best = max(found, key=lambda name: found[name])
    return best if found[best] > 0 else "assessment_results"
