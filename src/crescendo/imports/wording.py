"""Imports in the words of the people who read them. No database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crescendo.core import numbers

from .models import ImportRun

State = ImportRun.State

TARGETS: dict[str, Promise] = {
    "organisations": gettext_lazy("schools and districts"),
    "sessions": gettext_lazy("terms"),
    "calendars": gettext_lazy("calendars"),
    "calendar_days": gettext_lazy("calendar days"),
    "courses": gettext_lazy("courses"),
    "classes": gettext_lazy("classes"),
    "class_sessions": gettext_lazy("terms of classes"),
    "students": gettext_lazy("students"),
    "staff": gettext_lazy("staff"),
    "family": gettext_lazy("family members"),
    "posts": gettext_lazy("posts"),
    "class_staff": gettext_lazy("teachers of classes"),
    "class_enrolments": gettext_lazy("students in classes"),
    "school_enrolments": gettext_lazy("enrolment dates"),
    "family_links": gettext_lazy("family links"),
    "family_rights": gettext_lazy("rights of family members"),
    "characteristics": gettext_lazy("kinds of characteristics"),
    "student_characteristics": gettext_lazy("characteristics of students"),
    "assessments": gettext_lazy("assessments"),
    "assessment_levels": gettext_lazy("performance levels"),
    "assessment_results": gettext_lazy("assessment results"),
    "coursework_categories": gettext_lazy("kinds of coursework"),
    "coursework_items": gettext_lazy("pieces of coursework"),
    "coursework_results": gettext_lazy("coursework results"),
    "attendance_events": gettext_lazy("absences and late arrivals"),
    "attendance_submissions": gettext_lazy("days with attendance sent"),
    "school_attendance_counts": gettext_lazy("daily attendance of schools"),
    "participation_checks": gettext_lazy("participation checks"),
    "activity_events": gettext_lazy("activities"),
    "behaviour_incidents": gettext_lazy("behaviour incidents"),
    "course_outcomes": gettext_lazy("course outcomes"),
    "kept_records": gettext_lazy("records kept as they came"),
}
BADGES = {
    State.LANDED: "info",
    State.CHECKED: "info",
    State.WAITING: "attention",
    State.REFUSED: "bad",
    State.APPLIED: "good",
    State.UNDONE: "plain",
    State.FAILED: "bad",
}
# First words of a finding's code, for the heading of what happened; the advice stands with each finding.
CODES: dict[str, Promise] = {
    "row.missing": gettext_lazy("A required cell is empty"),
    "row.damaged_id": gettext_lazy("Ids were damaged by a spreadsheet"),
    "row.unknown_value": gettext_lazy("A value that nothing was said about"),
    "row.bad_date": gettext_lazy("Not a date in the expected form"),
    "row.bad_number": gettext_lazy("Not a number"),
    "row.bad_whole_number": gettext_lazy("Not a whole number"),
    "row.bad_truth_value": gettext_lazy("Neither true nor false"),
    "row.bad_school_year": gettext_lazy("Not a school year"),
    "row.out_of_range": gettext_lazy("Outside the possible range"),
    "row.too_long": gettext_lazy("Too long"),
    "row.ragged_row": gettext_lazy("More or fewer cells than the header"),
    "row.duplicate_id": gettext_lazy("The same id twice, saying different things"),
    "reference.missing_target_record": gettext_lazy("Names something that we do not know"),
    "fact.student_not_enrolled": gettext_lazy("The student was not enrolled that day"),
    "ids.matched": gettext_lazy("Matching IDs"),
    "ids.mostly_unmatched": gettext_lazy("Most student ids are unknown"),
    "value.unlikely": gettext_lazy("Unlikely values, taken as they are"),
    "file.missing_column": gettext_lazy("A column is missing"),
    "file.missing": gettext_lazy("A file is missing"),
    "file.not_used": gettext_lazy("A file was not used"),
    "file.unknown": gettext_lazy("No file that the mapping knows"),
    "file.empty": gettext_lazy("The file is empty"),
    "file.empty_file": gettext_lazy("The file is empty"),
    "file.no_rows": gettext_lazy("A header without rows"),
    "file.too_wide": gettext_lazy("More columns than any table has"),
    "file.too_large": gettext_lazy("The file is too large"),
    "file.truncated_file": gettext_lazy("The file is cut off"),
    "file.wrong_encoding": gettext_lazy("The file's letters cannot be read"),
    "file.encoding_assumed": gettext_lazy("The file is not UTF-8"),
    "file.duplicate_header": gettext_lazy("Two columns have the same name"),
    "file.spreadsheet": gettext_lazy("A spreadsheet, not a table"),
    "file.damaged_json": gettext_lazy("The file is no complete JSON"),
    "file.encoding": gettext_lazy("The file's letters cannot be read"),
    "file.encoding_guessed": gettext_lazy("The file is not UTF-8"),
    "file.not_case": gettext_lazy("Not a CASE package"),
    "file.not_text": gettext_lazy("The file holds bytes that no text has"),
    "file.nested_column": gettext_lazy("A column that holds lists, not plain values"),
    "file.quote_error": gettext_lazy("A quotation mark in the wrong place"),
    "file.quote_not_closed": gettext_lazy("A quotation mark that is never closed"),
    "file.unknown_column": gettext_lazy("A column that the format does not have"),
    "file.unknown_standard": gettext_lazy("A version of the standard that we do not read"),
    "ids.column_chosen": gettext_lazy("Which column of student ids was taken"),
    "person.erased": gettext_lazy("A person who was erased here is named again"),
    "record.older": gettext_lazy("Older than what we hold"),
    "reference.placeholder_made": gettext_lazy("Made a stand-in for something that was named but not sent"),
    "rest.filled_in": gettext_lazy("Filled in from other parts of the answer"),
    "row.damaged_json": gettext_lazy("A record that is no complete JSON"),
    "row.duplicate_sourced_id": gettext_lazy("The same id twice, saying different things"),
    "row.field_not_allowed_in_bulk": gettext_lazy("Filled, but must be empty in a full delivery"),
    "row.field_required": gettext_lazy("A required cell is empty"),
    "row.field_required_in_delta": gettext_lazy("A cell that a delivery of changes needs is empty"),
    "row.future_date": gettext_lazy("A day that has not been yet"),
    "row.line_break_in_cell": gettext_lazy("A line break inside a cell"),
    "row.long_ago": gettext_lazy("A day longer ago than any school record"),
    "row.repeated_xml_id": gettext_lazy("The same mark on two records of a document"),
    "row.too_few_cells": gettext_lazy("Fewer cells than the header"),
    "row.too_many_cells": gettext_lazy("More cells than the header"),
    "value.foreign_namespace": gettext_lazy("A code from another organisation's list"),
    "value.unmapped": gettext_lazy("A code that we have no word for"),
    "activity.not_enrolled": gettext_lazy("Something done on a day without enrolment"),
    "actor.ambiguous": gettext_lazy("More than one person answers to it"),
    "actor.unknown": gettext_lazy("Nobody on the roster answers to it"),
    "association.unknown_type": gettext_lazy("A tie of a kind that CASE does not know"),
    "document.contradicts": gettext_lazy("Two files describe the same document differently"),
    "package.emptied": gettext_lazy("A framework that lost all its items"),
    "statement.invalid": gettext_lazy("Not a statement"),
    "statement.no_time": gettext_lazy("A statement without a time"),
    "statement.other_content": gettext_lazy("The same id with another content"),
    "mapping.missing": gettext_lazy("Nobody said what the columns mean"),
    "mapping.invalid": gettext_lazy("The mapping cannot be used"),
}


def target_words(target: str) -> str:
    return str(TARGETS.get(target, target.replace("_", " ")))


def code_words(code: str) -> str:
    """What a finding is about; an unknown code is shown as readable as it is."""
    if code in CODES:
        return str(CODES[code])
    return code.rpartition(".")[2].replace("_", " ").capitalize()


def reason_sentence(reason: Mapping[str, Any]) -> str:
    """Why an import waits: '34 students would leave; 412 are here now.'"""
    rows = {
        "n": numbers.count(reason["ending"]),
        "what": target_words(reason["target"]),
        "live": numbers.count(reason["live"]),
    }
    if reason["code"] == "school_would_end":
        return ngettext(
            "All %(what)s of %(schools)s school would end.",
            "All %(what)s of %(schools)s schools would end.",
            reason["schools"],
        ) % (rows | {"schools": numbers.count(reason["schools"])})
    return _("%(n)s of %(live)s %(what)s would end.") % rows


def usual_sentence(usual: int | None) -> str:
    """How many end in an import as usual; nothing to compare with is said too."""
    if usual is None:
        return _("There is no earlier import of this source to compare with.")
    return ngettext("A usual import ends %(n)s.", "A usual import ends %(n)s.", usual) % {
        "n": numbers.count(usual)
    }


def usual_endings(earlier: Iterable[Mapping[str, Mapping[str, Any]]], target: str) -> int | None:
    """The middle of what earlier imports of the source ended, of one kind of row."""
    ended = [
        preview[target].get("ended", 0) + preview[target].get("retracted", 0)
        for preview in earlier
        if target in preview
    ]
    return median_low(ended) if ended else None


@dataclass(frozen=True)
class Freshness:
    """How new what we hold from a source is."""

    words: str
    kind: str


def freshness(last_on: date | None, on: date) -> Freshness:
    """When a source last brought something in, in words; more than a week asks for a look."""
    if last_on is None:
        return Freshness(_("nothing yet"), "attention")
    days = (on - last_on).days
    if days <= 0:
        return Freshness(_("today"), "good")
    words = ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": numbers.count(days)}
    return Freshness(words, "attention" if days > 7 else "good")


def total(counts: Mapping[str, Mapping[str, int]], word: str) -> int:
    """Rows of all files of an import: read, applied, unchanged or set aside."""
    return sum(file.get(word, 0) for file in counts.values())
