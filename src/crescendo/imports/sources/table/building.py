"""A mapping from what a person chose on the screen: which column is which field, how it is written, whose ids."""

from dataclasses import dataclass, field
from typing import Any

from .fields import TARGETS, Field
from .matching import BY_NUMBER

# Choices beside the file's own columns. No header can be one of them: they begin with a control character.
NOT_GIVEN, SAME_FOR_ALL, FROM_ENROLMENT, FROM_DAY = "", "\x01same", "\x01enrolment", "\x01day"
SIDE_BY_SIDE = "\x01columns"  # several columns of a row hold it, one for each test
TEST, SCORE = "(test)", "(score)"  # what the columns side by side become: the name of each, and its cell

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
    side_by_side: tuple[str, ...] = ()  # columns of scores, each named for its test


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
    one_pass: dict[str, Any] = {"target": target.name, "fields": build_rules(chosen)}
    if chosen.key and not is_wide(chosen):
        one_pass["key"] = {"column": chosen.key}
    passes = [one_pass]
    if target.name == "assessment_results":
        passes.insert(0, _assessments(chosen))
    if is_wide(chosen):
        for item in passes:
            item["unpivot"] = unpivot_of(chosen)
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


def is_wide(chosen: Chosen) -> bool:
    """Whether a row holds the scores of several tests side by side."""
    score = chosen.choices.get("score")
    return bool(chosen.side_by_side) and score is not None and score.column == SIDE_BY_SIDE


def unpivot_of(chosen: Chosen) -> dict[str, Any]:
    """Each column of scores becomes a row, named for its test; an empty cell is no test."""
    return {"name": TEST, "columns": [SCORE], "groups": {column: [column] for column in chosen.side_by_side}}


def build_rules(chosen: Chosen) -> dict[str, dict[str, Any]]:
    """The rule of each field that was given."""
    rules = {
        one.name: _rule(one, chosen.choices[one.name], chosen)
        for one in TARGETS[chosen.target].fields
        if one.name in chosen.choices and chosen.choices[one.name].is_given
    }
    rules = {
        name: rule for name, rule in rules.items() if rule or is_wide(chosen)
    }  # side by side, and none chosen yet
    if is_wide(chosen):
        rules |= {"assessment": {"column": TEST}, "score": rules["score"] | {"column": SCORE}}
        rules["score_text"] = {"column": SCORE}
    return rules


def _rule(one: Field, choice: Choice, chosen: Chosen) -> dict[str, Any]:
    if choice.column == SIDE_BY_SIDE:
        return {"number": choice.written} if choice.written and is_wide(chosen) else {}
    if choice.column == FROM_ENROLMENT:
        return {"find": "enrolment"}
    if choice.column == FROM_DAY:
        return {"find": "on"}
    rule: dict[str, Any] = (
        {"constant": choice.constant} if choice.column == SAME_FOR_ALL else {"column": choice.column}
    )
    if one.kind == "date":
        rule["date"] = "iso" if choice.column == SAME_FOR_ALL else choice.written or "iso"
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
    """The tests that the file or a person names, so that their results have something to belong to."""
    choice = chosen.choices.get("assessment", Choice())
    if choice.column == SAME_FOR_ALL and not is_wide(chosen):
        named: dict[str, Any] = {"constant": choice.constant}
        code: dict[str, Any] = {"constant": f"{chosen.name}/{choice.constant}"}
    else:
        column = TEST if is_wide(chosen) else choice.column
        named, code = {"column": column}, {"template": f"{chosen.name}/{{{column}}}"}
    fields = {"external_id": named, "code": code, "title": named}
    return {"target": "assessments", "distinct": True, "fields": fields}


__all__ = [
    "BUILDABLE",
    "BY_NUMBER",
    "FROM_DAY",
    "FROM_ENROLMENT",
    "NOT_GIVEN",
    "SAME_FOR_ALL",
    "SIDE_BY_SIDE",
    "Choice",
    "Chosen",
    "build_document",
    "build_rules",
    "is_wide",
    "needs_values",
    "unpivot_of",
]
