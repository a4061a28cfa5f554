"""A student's facts as a reader sees them: a table for each kind, its columns filled from the snapshot's rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crescendo.indicators.printed import part
from crescendo.records import models as records
from crescendo.ui import printing, vocabulary


@dataclass(frozen=True)
class Names:
    """What the ids in the facts stand for: titles of schools, classes, tests, pieces of work and courses."""

    schools: Mapping[int, str]
    tests: Mapping[int, str]
    items: Mapping[int, records.CourseworkItem]
    courses: Mapping[int, str]


def day_words(value: object) -> str:
    return formats.date_format(value, "DATE_FORMAT") if value else printing.NO_VALUE


def answer(value: bool | None) -> str:
    return printing.NO_VALUE if value is None else _("yes") if value else _("no")


def number_words(value: float | None) -> str:
    return printing.NO_VALUE if value is None else part(value)


def _choice(model: Any, field: str, value: str) -> str:
    return str(dict(model._meta.get_field(field).flatchoices).get(value, value))


Fact = Mapping[str, Any]
Said = Callable[[Fact, Names], str]


def said_tables() -> dict[str, tuple[str, list[tuple[str, Said]]]]:
    """Each fact table as a reader sees it: its caption, and its columns with how a fact fills them."""
    day: tuple[str, Said] = (_("Day"), lambda f, n: day_words(f["on"]))
    return {
        "attendance_events": (
            _("Absences and late arrivals"),
            [
                day,
                (
                    _("What was recorded"),
                    lambda f, n: _choice(records.AttendanceEvent, "category", f["category"]),
                ),
                (_("Share of the day missed"), lambda f, n: printing.percent(f["absent_share"], 0)),
            ],
        ),
        "assessment_results": (
            _("Test results"),
            [
                day,
                (_("Test"), lambda f, n: n.tests.get(f["assessment_id"], "")),
                (_("Score"), lambda f, n: number_words(f["score"])),
                (_("Counts as proficient"), lambda f, n: answer(f["is_proficient"])),
                (
                    pgettext("of a test", "Status"),
                    lambda f, n: _choice(records.AssessmentResult, "status", f["status"]),
                ),
            ],
        ),
        "coursework_results": (
            _("Pieces of work"),
            [
                (
                    _("Due"),
                    lambda f, n: day_words(n.items[f["item_id"]].due_on) if f["item_id"] in n.items else "",
                ),
                (_("Work"), lambda f, n: n.items[f["item_id"]].title if f["item_id"] in n.items else ""),
                (
                    pgettext("of a piece of work", "Status"),
                    lambda f, n: _choice(records.CourseworkResult, "status", f["status"]),
                ),
                (_("Late"), lambda f, n: answer(f["is_late"])),
                (_("Missing"), lambda f, n: answer(f["is_missing"])),
            ],
        ),
        "participation_checks": (
            _("Checks of who took part"),
            [day, (_("Took part"), lambda f, n: answer(f["took_part"]))],
        ),
        "activity_events": (
            _("Activities outside lessons"),
            [
                day,
                (_("Activity"), lambda f, n: vocabulary.known_word(f["kind"])),
                (_("Minutes"), lambda f, n: number_words(f["minutes"])),
            ],
        ),
        "platform_activity": (
            _("Days on the learning platform"),
            [
                day,
                (_("Actions"), lambda f, n: number_words(f["actions"])),
                (_("Minutes"), lambda f, n: number_words(f["minutes"])),
            ],
        ),
        "behaviour_incidents": (
            _("Behavior incidents"),
            [day, (_("What was recorded"), lambda f, n: vocabulary.known_word(f["kind"]))],
        ),
        "course_outcomes": (
            _("How courses ended"),
            [
                day,
                (_("Course"), lambda f, n: n.courses.get(f["course_id"], f["subject"] or "")),
                (_("Passed"), lambda f, n: answer(f["passed"])),
                (_("Credits earned"), lambda f, n: number_words(f["credits_earned"])),
            ],
        ),
        "enrolments": (
            _("Enrollments"),
            [
                (_("School"), lambda f, n: n.schools.get(f["school_id"], "")),
                (_("First day"), lambda f, n: day_words(f["entry_on"])),
                (_("Last day"), lambda f, n: day_words(f["exit_on"])),
            ],
        ),
    }
