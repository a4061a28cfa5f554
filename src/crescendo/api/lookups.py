"""What a set of marks names, asked once for all of them: students, where they are, who may write of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.utils import formats
from django.utils.translation import gettext as _

from crescendo.core.errors import NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

from .rules import Mark, Ref

_IDS = "SELECT external_id, object_id FROM roster_externalid WHERE source = %s AND entity = %s AND external_id = ANY(%s)"
_SEEN = """
SELECT v.student_id, bool_or(v.reason IN ('organisation', 'class')) FROM crescendo_visible v
JOIN roster_student s ON s.id = v.student_id AND s.erased_at IS NULL
WHERE v.student_id = ANY(%s) GROUP BY v.student_id
"""
_WHERE = """
SELECT student_id, school_id, entry_on, exit_on, ended_on FROM roster_enrolment
WHERE student_id = ANY(%s) ORDER BY student_id, is_primary DESC, id
"""
_TAUGHT = """
SELECT DISTINCT c.school_id, d."on" FROM roster_calendarday d JOIN roster_calendar c ON c.id = d.calendar_id
WHERE d.is_instructional AND c.school_id = ANY(%s) AND d."on" = ANY(%s)
"""


@dataclass
class Known:
    """The answers. `students` and `items` map a reference to our id."""

    by: Viewer
    source: str
    students: dict[str, int]
    items: dict[str, int]
    seen: dict[int, bool]
    enrolled: dict[int, list[tuple[int, date, date | None, date | None]]]
    within: frozenset[int] | None
    taught: set[tuple[int, date]] = field(default_factory=set)

    def student(self, ref: Ref) -> int:
        """Our id of a student in the maker's scope; `NotFound` says nothing of whom there may be beyond it."""
        found = self._id(ref, self.students, "student")
        if found not in self.seen:
            raise NotFound(_("There is no such student, or nothing that lets you see them."))
        return found

    def item(self, ref: Ref) -> int:
        return self._id(ref, self.items, "item")

    def _id(self, ref: Ref, known: dict[str, int], name: str) -> int:
        if ref.ours is not None:
            return ref.ours
        if ref.theirs not in known:
            raise NotFound(
                _("No %(what)s of yours is called '%(id)s'.") % {"what": name, "id": ref.theirs[:80]}
            )
        return known[ref.theirs]

    def is_staff_of(self, student_id: int) -> bool:
        return self.by.is_staff and self.seen.get(student_id, False)

    def school_of(self, student_id: int, on: date, *, taught: bool) -> int:
        """Where the student was enrolled that day, inside the caller's organisation."""
        schools = [
            school for school, entry, exit_, ended in self.enrolled.get(student_id, ())
            if entry <= on and (exit_ is None or exit_ >= on) and (ended is None or ended > on)
        ]  # fmt: skip
        if not schools:
            raise Refused(
                _("Student %(id)s is not enrolled at any school on %(day)s. Send the enrollment first.")
                % {"id": student_id, "day": formats.date_format(on)}
            )
        self.check_within(schools[0])
        if taught and (schools[0], on) not in self.taught:
            raise Refused(
                _("The student's school holds no school on %(day)s, by its calendar.")
                % {"day": formats.date_format(on)}
            )
        return schools[0]

    def check_within(self, school_id: int) -> None:
        if self.within is not None and school_id not in self.within:
            raise NotFound(_("There is no such student, or nothing that lets you see them."))


def look_up(marks: Sequence[Mark], *, source: str, by: Viewer, organisation_id: int | None) -> Known:
    """Six questions, however many marks."""
    students = _ids(source, "student", {m.student.theirs for m in marks if m.student.ours is None})
    items = _ids(source, "line_item", {m.item.theirs for m in marks if m.item.theirs})
    named = sorted({*students.values(), *(m.student.ours for m in marks if m.student.ours)})
    seen = dict(_rows(_SEEN, [named]))
    enrolled: dict[int, list[tuple[int, date, date | None, date | None]]] = defaultdict(list)
    for student_id, *spell in _rows(_WHERE, [sorted(seen)]):
        enrolled[student_id].append(tuple(spell))
    schools = sorted({spell[0] for spells in enrolled.values() for spell in spells})
    days = sorted({m.on for m in marks if m.kind == "attendance" and m.on})
    within = None if organisation_id is None else frozenset(roster.list_subtree_ids([organisation_id]))
    taught = set(_rows(_TAUGHT, [schools, days])) if days else set()
    return Known(by, source, students, items, seen, enrolled, within, taught)


def _ids(source: str, entity: str, theirs: Iterable[str]) -> dict[str, int]:
    wanted = sorted(theirs)
    return dict(_rows(_IDS, [source, entity, wanted])) if wanted else {}


def _rows(sql: str, values: list[object]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
