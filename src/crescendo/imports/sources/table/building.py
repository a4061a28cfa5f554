"""A mapping from what a person chose on the screen: which column is which field, how it is written, whose ids."""

from dataclasses import dataclass, field
from typing import Any

from .fields import TARGETS, Field
from .matching import BY_NUMBER

# Choices beside the file's own columns. No header can be one of them: they begin with a control character.
NOT_GIVEN, SAME_FOR_ALL, FROM_ENROLMENT, FROM_DAY = "", "\x01same", "\x01enrolment", "\x01day"

# What a person can map on the screen: one file, one kind of row.
BUILDABLE = (
    "attendance_events",
    "attendance_submissions",
    "school_attendance_counts",
    "assessment_results",
    "coursework_results",
    "participation_checks",
    "activity_events",
    "behaviour_incidents",
    "course_outcomes",
    "students",
    "organisations",
)
_TRUTHS = {
    "true": True,
    "t": True,
    "yes": True,
    "y": True,
    "1": True,
    "false": False,
    "f": False,
    "no": False,
    "n": False,
    "0": False,
}


@dataclass(frozen=True)
class Choice:
    """What was chosen for one field."""

    column: str = NOT_GIVEN
    constant: str = ""
    written: str = ""  # a date format, or percent or comma for a number

    @property
    def is_given(self) -> bool:
        return self.column != NOT_GIVEN


@dataclass(frozen=True)
class Chosen:
    """Everything chosen for one table."""

    name: str
    title: str
    target: str
    choices: dict[str, Choice]
    ids_of: str = ""
    key: str = ""
    header_row: int = 1
    values: dict[str, dict[str, str]] = field(default_factory=dict)  # field -> value in the file -> meaning


def needs_values(one: Field, values: tuple[str, ...]) -> bool:
    """Whether somebody has to say what each value of the column means."""
    match one.kind:
        case "choice":
            return not set(values) <= set(one.choices)
        case "boolean":
            return not {value.lower() for value in values} <= set(_TRUTHS)
        case "share":
            return not all(_is_number(value) for value in values)
    return False


def _is_number(value: str) -> bool:
    try:
        float(value.rstrip("% ").replace(",", "."))
    except ValueError:
        return False
    return True


def build_document(chosen: Chosen, *, version: int = 1) -> dict[str, Any]:
    """The mapping as a document: what is saved with the source, exported, and read back by every import."""
    target = TARGETS[chosen.target]
    rules = {
        one.name: _rule(one, chosen.choices[one.name], chosen)
        for one in target.fields
        if one.name in chosen.choices and chosen.choices[one.name].is_given
    }
    one_pass: dict[str, Any] = {"target": target.name, "fields": rules}
    if chosen.key:
        one_pass["key"] = {"column": chosen.key}
    passes = [one_pass]
    if target.name == "assessment_results" and chosen.choices["assessment"].column != SAME_FOR_ALL:
        passes.insert(0, _assessments(chosen))
    head: dict[str, Any] = {
        "name": chosen.name,
        "title": chosen.title,
        "source": chosen.name,
        "version": version,
    }
    if chosen.ids_of:
        head["ids_of"] = chosen.ids_of
    return {
        "mapping": head,
        "file": {"main": {"pattern": "*", "header_row": chosen.header_row}},
        "pass": passes,
    }


def _rule(one: Field, choice: Choice, chosen: Chosen) -> dict[str, Any]:
    if choice.column == FROM_ENROLMENT:
        return {"find": "enrolment"}
    if choice.column == FROM_DAY:
        return {"find": "on"}
    rule: dict[str, Any] = (
        {"constant": choice.constant} if choice.column == SAME_FOR_ALL else {"column": choice.column}
    )
    if one.kind == "date":
        rule["date"] = choice.written or "iso"
    elif choice.written:
        rule["number"] = choice.written
    if values := chosen.values.get(one.name):
        # A value without a meaning is left out: its rows are set aside and shown, never guessed.
        rule["values"] = {value: meaning for value, meaning in values.items() if meaning}
    if (
        one.kind == "id"
        and chosen.ids_of
        and one.name != "external_id"
        and one.entity in ("student", "org", "class")
    ):
        rule["refers_to"] = [chosen.ids_of]
    return rule


def _assessments(chosen: Chosen) -> dict[str, Any]:
    """The tests that the file names, so that their results have something to belong to."""
    column = chosen.choices["assessment"].column
    fields = {
        "external_id": {"column": column},
        "code": {"template": f"{chosen.name}/{{{column}}}"},
        "title": {"column": column},
    }
    return {"target": "assessments", "distinct": True, "fields": fields}


__all__ = [
    "BUILDABLE",
    "BY_NUMBER",
    "FROM_DAY",
    "FROM_ENROLMENT",
    "NOT_GIVEN",
    "SAME_FOR_ALL",
    "Choice",
    "Chosen",
    "build_document",
    "needs_values",
]
