import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crescendo.core.errors import NotAllowed
from crescendo.records import actions as records
from crescendo.records import permissions
from crescendo.records import queries as facts
from crescendo.records.rules import AS_SENT
from crescendo.roster import queries as roster
from crescendo.roster.models import SchoolClass, Student
from crescendo.roster.viewer import Viewer

# In the order in which a teacher reads them; the first is what nobody has to tap.
CHOICES: tuple[tuple[str, Promise], ...] = (
    ("present", _("Here")),
    ("late", _("Late")),
    ("unexcused", _("Away")),
    ("excused", _("Away, excused")),
    ("half_unexcused", _("Half day")),
    ("half_excused", _("Half day, excused")),
)
WORDS = dict(CHOICES) | {AS_SENT: _("As the school's system sent it")}
_FIELD = re.compile(r"(mark|seen)-([1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Line:
    """One student of a register: the mark that counts now, and the one that the form shows."""

    student: Student
    seen: str
    mark: str

    @property
    def choices(self) -> tuple[tuple[str, Promise], ...]:
        """What can be said of the student; what another system sent in its own way stays one of them."""
        return (*CHOICES, (AS_SENT, WORDS[AS_SENT])) if self.seen == AS_SENT else CHOICES


def posted(data: Mapping[str, str], kind: str) -> dict[int, str]:
    """`mark-12=late` of a form, by student."""
    return {
        int(match[2]): value
        for name, value in data.items()
        if (match := _FIELD.fullmatch(name)) and match[1] == kind
    }


def describe_register(
    *, viewer: Viewer, school_class: SchoolClass, on: date, posted: Mapping[str, str]
) -> dict[str, object]:
    """The register as it stands; what somebody just sent in vain is shown again."""
    if not permissions.may_record_attendance(viewer, school_class):
        raise NotAllowed
    called = records.list_called(school_class=school_class, on=on, viewer=viewer)
    students = roster.list_students(viewer=viewer).in_bulk(called)
    seen = records.marks_of_day(school_year=school_class.school_year, student_ids=called, on=on)
    lines = [
        Line(students[pk], posted.get(f"seen-{pk}") or seen[pk], posted.get(f"mark-{pk}") or seen[pk])
        for pk in called
    ]
    return {
        "school_class": school_class,
        "on": on,
        "is_today": on == viewer.on,
        "lines": lines,
        "register": facts.find_register(viewer=viewer, class_id=school_class.pk, on=on),
    }


def describe_today(*, viewer: Viewer, school_class: SchoolClass) -> dict[str, object]:
    """What the class's page says of today's register."""
    called = records.list_called(school_class=school_class, on=viewer.on, viewer=viewer)
    marks = records.marks_of_day(school_year=school_class.school_year, student_ids=called, on=viewer.on)
    students = roster.list_students(viewer=viewer).in_bulk([pk for pk in called if marks[pk] != "present"])
    return {
        "may_close_day": permissions.may_close_day(viewer, school_class.school_id),
        "may_take_register": permissions.may_record_attendance(viewer, school_class),
        "register": facts.find_register(viewer=viewer, class_id=school_class.pk, on=viewer.on),
        "not_here": [(students[pk], WORDS[marks[pk]]) for pk in called if pk in students],
        "is_counted": facts.is_day_counted(
            school_id=school_class.school_id, school_year=school_class.school_year, on=viewer.on
        ),
    }
