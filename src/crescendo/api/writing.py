"""Marks become facts: many at once, by the rules that one mark follows in `records.actions`.

Each writer reads what is stored of the keys and the matters that its marks name, goes through the marks in their order,
and writes what differs in two statements. A mark and a later one of the same batch behave as if they came one by one.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core import school_time
from crescendo.core.errors import NotAllowed, Refused
from crescendo.records import changes
from crescendo.records import rules as records
from crescendo.roster.viewer import Viewer

from .lookups import Known
from .rules import PLATFORM, Mark

Said = tuple[Any, ...]
MATTER = 2  # columns: the student, and the day or the piece of work


@dataclass
class Stored:
    """One fact as it is, and as it will be. `id` None: it is new."""

    id: int | None
    matter: tuple[Any, ...]  # whom and what it is about: a key stays with it
    school_id: int
    said: Said
    is_changed: bool = False
    more: tuple[Any, ...] = ()


@dataclass
class Year:
    """The facts of one school year that the marks may touch."""

    by_key: dict[str, Stored] = field(default_factory=dict)
    key_of: dict[tuple[Any, ...], str] = field(default_factory=dict)  # one mark for a matter


class Writer(ABC):
    """What the three kinds share: put a mark in its place, write, audit, announce."""

    table = ""
    fact_table = ""
    verb = ""
    one_for_a_matter = True
    columns: tuple[str, ...] = ()  # matter, said, more: in this order
    types: tuple[str, ...] = ()
    taken = ""

    def __init__(self, known: Known, *, source: str, by: Viewer, at: datetime) -> None:
        self.known, self.source, self.by, self.at = known, source, by, at
        self.years: dict[int, Year] = defaultdict(Year)
        self.touched: list[tuple[int, Stored]] = []

    def put(
        self, year: int, mark: Mark, matter: tuple[Any, ...], school_id: int, said: Said, more: Said = ()
    ) -> bool:
        """True where something changes."""
        facts = self.years[year]
        other = facts.key_of.get(matter) if self.one_for_a_matter else None
        if other is not None and other != mark.key:
            raise Refused(self.taken % {"key": other})
        found = facts.by_key.get(mark.key)
        if found is None:
            found = facts.by_key[mark.key] = Stored(None, matter, school_id, said, True, more)
            facts.key_of[matter] = mark.key
        elif found.matter != matter:
            raise Refused(_("The key '%(key)s' belongs to another mark.") % {"key": mark.key})
        elif self.same(found.said, said):
            return False
        else:
            found.said, found.is_changed = said, True
        self.touched.append((year, found))
        return True

    def same(self, stored: Said, said: Said) -> bool:
        return stored == said

    def write(self) -> None:
        """New facts in one statement, changed ones in another; then the trail, and the announcement."""
        for year, facts in self.years.items():
            changed = [(key, fact) for key, fact in facts.by_key.items() if fact.is_changed]
            if changed:
                self._insert(year, [pair for pair in changed if pair[1].id is None])
                self._update(year, [fact for _key, fact in changed if fact.id is not None])
        accounts.record_audits(
            verb=self.verb, by=self.by.user_id, at=self.at,
            about=[self.audit_of(fact) for _year, fact in self.touched],
        )  # fmt: skip
        self._announce()

    def _insert(self, year: int, new: Sequence[tuple[str, Stored]]) -> None:
        if not new:
            return
        rows = [
            (year, self.source, key, fact.school_id, *fact.matter, *fact.said, *fact.more)
            for key, fact in new
        ]
        columns = ("school_year", "source", "source_key", "school_id", *self.columns)
        types = ("smallint", "text", "text", "bigint", *self.types)
        _execute(
            f"INSERT INTO {self.table} ({', '.join(columns)}) "
            f"SELECT * FROM unnest({', '.join(f'%s::{one}[]' for one in types)})",
            _turned(rows),
        )

    def _update(self, year: int, changed: Sequence[Stored]) -> None:
        if not changed:
            return
        last = MATTER + len(changed[0].said)
        names, types = self.columns[MATTER:last], self.types[MATTER:last]
        sets = ", ".join(f"{name} = new.{name}" for name in names)
        listed = ", ".join(f"%s::{one}[]" for one in ("bigint", *types))
        _execute(
            f"UPDATE {self.table} f SET {sets} FROM unnest({listed}) AS new(id, {', '.join(names)}) "
            "WHERE f.school_year = %s AND f.id = new.id",
            [*_turned([(fact.id, *fact.said) for fact in changed]), year],
        )

    @abstractmethod
    def audit_of(self, fact: Stored) -> tuple[str, int, int, dict[str, object]]:
        """object type, object, student, detail"""

    def topics_of(self, fact: Stored) -> Iterable[str]:
        yield f"student:{fact.matter[0]}"

    def _announce(self) -> None:
        topics: dict[tuple[int, int], set[str]] = defaultdict(set)
        for year, fact in self.touched:
            topics[year, fact.school_id].update(self.topics_of(fact))
        for (year, school_id), found in sorted(topics.items()):
            changes.announce_marks(
                school_year=year, school_id=school_id, tables=[self.fact_table], topics=found
            )

    def ensure(self, years: Iterable[int]) -> None:
        for year in sorted(years):
            _execute("SELECT crescendo_ensure_marked_year(%s)", [year])


class Attendance(Writer):
    table, fact_table, verb = "records_attendanceevent", "attendance_events", "attendance.sent"
    columns = ("student_id", '"on"', "category", "absent_share", "code")
    types = ("bigint", "date", "text", "float8", "text")

    def begin(self, marks: Sequence[Mark]) -> None:
        self.taken = _(
            "The student has a mark of that day under the key '%(key)s'. Send that key to change it."
        )
        self.ensure({school_time.school_year_of(m.on) for m in marks if m.on})
        students = sorted(self.known.seen)
        for year, key, id_, student, on, school, category, share in _fetch(
            'SELECT school_year, source_key, id, student_id, "on", school_id, category, absent_share '
            "FROM records_attendanceevent WHERE school_year = ANY(%s) AND source = %s "
            'AND (source_key = ANY(%s) OR (student_id = ANY(%s) AND "on" = ANY(%s)))',
            [*self._wanted(marks), students, sorted({m.on for m in marks if m.on})],
        ):
            self.years[year].by_key[key] = Stored(id_, (student, on), school, (category, share))
            self.years[year].key_of[student, on] = key

    def _wanted(self, marks: Sequence[Mark]) -> tuple[list[int], str, list[str]]:
        years = sorted({school_time.school_year_of(m.on) for m in marks if m.on})
        return years, self.source, sorted({m.key for m in marks})

    def take(self, mark: Mark) -> bool:
        student_id = self.known.student(mark.student)
        if not (self.by.may("attendance.record") and self.known.is_staff_of(student_id)):
            raise NotAllowed(_("Whoever made this key may not record attendance of this student."))
        school_id = self.known.school_of(student_id, mark.on, taught=True)
        year = school_time.school_year_of(mark.on)
        return self.put(year, mark, (student_id, mark.on), school_id, records.MARKS[mark.mark], ("",))

    def audit_of(self, fact: Stored) -> tuple[str, int, int, dict[str, object]]:
        student_id, on = fact.matter
        return "student", student_id, student_id, {"on": on.isoformat(), "source": self.source}


class Activity(Attendance):
    """Time in a club or a team, or on a learning platform: as many a day as there are keys."""

    table, fact_table, verb = "records_activityevent", "activity_events", "activity.sent"
    one_for_a_matter = False
    columns = ("student_id", '"on"', "kind", "title", "minutes", "is_on_platform")
    types = ("bigint", "date", "text", "text", "float8", "boolean")

    def begin(self, marks: Sequence[Mark]) -> None:
        self.ensure({school_time.school_year_of(m.on) for m in marks if m.on})
        for year, key, id_, student, on, school, *said in _fetch(
            'SELECT school_year, source_key, id, student_id, "on", school_id, kind, title, minutes, is_on_platform '
            "FROM records_activityevent WHERE school_year = ANY(%s) AND source = %s AND source_key = ANY(%s)",
            list(self._wanted(marks)),
        ):
            self.years[year].by_key[key] = Stored(id_, (student, on), school, tuple(said))

    def take(self, mark: Mark) -> bool:
        student_id = self.known.student(mark.student)
        if not self.known.is_staff_of(student_id):
            raise NotAllowed(_("Whoever made this key may not record activity of this student."))
        school_id = self.known.school_of(student_id, mark.on, taught=False)
        year = school_time.school_year_of(mark.on)
        what = (mark.activity, mark.title, mark.minutes, mark.activity == PLATFORM)
        return self.put(year, mark, (student_id, mark.on), school_id, what)


def _turned(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _execute(sql: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _fetch(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
