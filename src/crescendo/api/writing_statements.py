"""Statements become kept records, and a student's also activities: by the rules of the files (imports/sources/xapi).

A statement of somebody whom the sender's maker may not see, or who is on no roster, is kept and is nobody's.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core import school_time
from crescendo.core.errors import Refused
from crescendo.imports.sources.xapi import agents, meaning
from crescendo.imports.sources.xapi.statements import UUID
from crescendo.records import changes
from crescendo.roster.viewer import Viewer

from .lookups import Known
from .rules import Mark
from .writing import _execute, _fetch, _turned

Person = tuple[str, int]  # student or staff, and our id
Row = tuple[Any, ...]
TABLES = {"student": ("roster_student", "p.erased_at IS NULL"), "staff": ("roster_staffmember", "true")}

_PEOPLE = """
SELECT '{entity}', p.id, p.username, p.email, p.ended_on IS NULL FROM {table} p
WHERE {living} AND (%(all)s OR lower(trim(p.username)) = ANY(%(names)s) OR lower(trim(p.email)) = ANY(%(mails)s)
    OR p.id IN (SELECT object_id FROM roster_externalid WHERE entity = '{entity}' AND lower(external_id) = ANY(%(names)s)))
"""
_IDS = """
SELECT entity, object_id, external_id, source = %(source)s FROM roster_externalid
WHERE entity IN ('student', 'staff') AND lower(external_id) = ANY(%(names)s)
"""
_SEEN = """
SELECT v.student_id FROM crescendo_visible v WHERE v.student_id = ANY(%s) AND v.reason IN ('organisation', 'class')
GROUP BY v.student_id
"""
_WHERE = """
SELECT student_id, school_id, entry_on, exit_on FROM roster_enrolment
WHERE is_primary AND student_id = ANY(%s) ORDER BY student_id, entry_on DESC
"""
_KEEP = """
INSERT INTO records_keptrecord (school_year, source, source_key, kind, data, "on", student_id, staff_id, school_id)
SELECT * FROM unnest(%s::smallint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::bigint[],
                     %s::bigint[])
"""
_DO = """
INSERT INTO records_activityevent (school_year, source, source_key, school_id, student_id, "on", kind, title, minutes, is_on_platform)
SELECT *, true FROM unnest(%s::smallint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::date[], %s::text[], %s::text[],
                     %s::float8[])
ON CONFLICT DO NOTHING
"""
_UNDO = """
DELETE FROM records_activityevent WHERE source = %s AND source_key = ANY(%s) RETURNING school_year, school_id, student_id
"""
_VOIDED = """
SELECT lower(data::jsonb->'object'->>'id') FROM records_keptrecord WHERE source = %s AND kind = 'voidingStatement'
AND lower(data::jsonb->'object'->>'id') = ANY(%s)
"""


@dataclass(frozen=True)
class Spell:
    school_id: int
    entry_on: date
    exit_on: date | None


class Statements:
    """One of the writers of `working`: take each statement, then write them all."""

    def __init__(self, known: Known, *, source: str, by: Viewer, at: datetime) -> None:
        self.known, self.source, self.by, self.at = known, source, by, at
        self.zone, self.language = school_time.zone(), settings.LANGUAGE_CODE
        self.kept: list[Row] = []
        self.done: list[Row] = []
        self.voiding: set[str] = set()
        self.held: dict[str, str] = {}

    def begin(self, marks: Sequence[Mark]) -> None:
        keys = sorted({mark.key for mark in marks})
        for key, data in _fetch(
            "SELECT source_key, data FROM records_keptrecord WHERE source = %s AND source_key = ANY(%s) "
            "AND kind IN ('statement', 'voidingStatement')", [self.source, keys],
        ):  # fmt: skip
            self.held[key] = data
        self.voided = {key for (key,) in _fetch(_VOIDED, [self.source, keys])}
        self._find_people([mark.statement["actor"] for mark in marks if mark.statement])
        students = sorted({id_ for entity, id_ in self.people.values() if entity == "student"})
        self.seen = {id_ for (id_,) in _fetch(_SEEN, [students])}
        self.spells: dict[int, list[Spell]] = defaultdict(list)
        for student_id, *spell in _fetch(_WHERE, [students]):
            self.spells[student_id].append(Spell(*spell))

    def _find_people(self, actors: Sequence[Mapping[str, Any]]) -> None:
        """`people`: calling -> the one person who answers to it; whoever left counts only where nobody who is here does."""
        wanted = {calling for actor in actors for calling in agents.callings(actor)}
        said = {
            "names": [one.removeprefix("account:") for one in wanted if one.startswith("account:")],
            "mails": [one.removeprefix("mbox:") for one in wanted if one.startswith("mbox:")],
            "all": any(one.startswith("sha1:") for one in wanted),  # a digest is found by making all of them
        }
        ids: dict[Person, list[str]] = defaultdict(list)
        for entity, id_, external_id, is_own in _fetch(_IDS, said | {"source": self.source}):
            if is_own or UUID.fullmatch(external_id):
                ids[entity, id_].append(external_id)
        found: dict[str, dict[bool, set[Person]]] = defaultdict(lambda: defaultdict(set))
        for entity, (table, living) in TABLES.items():
            sql = _PEOPLE.format(entity=entity, table=table, living=living)
            for _entity, id_, username, email, is_live in _fetch(sql, said):
                for calling in agents.callings_of(username=username, email=email, ids=ids[entity, id_]):
                    found[calling][is_live].add((entity, id_))
        self.answering = {calling: by_life[True] or by_life[False] for calling, by_life in found.items()}
        self.people = {calling: next(iter(who)) for calling, who in self.answering.items() if len(who) == 1}

    def _who(self, actor: Mapping[str, Any]) -> Person | None:
        found = set().union(*(self.answering.get(calling, set()) for calling in agents.callings(actor)))
        return next(iter(found)) if len(found) == 1 else None

    def take(self, mark: Mark) -> bool:
        """True where something is new. A statement never changes: another content under its id is refused."""
        statement = mark.statement or {}
        if mark.key in self.held:
            held = json.loads(self.held[mark.key])
            if held and meaning.canonical(held) != meaning.canonical(statement):
                raise Refused(_("A statement of this id came before, with another content."))
            return False
        on = meaning.day_of(statement, self.zone) or self.at.date()
        year = school_time.school_year_of(on)
        entity, id_ = self._who(statement["actor"]) or ("", 0)
        school_id = self._school_of(id_, on) if entity == "student" else None
        student_id = id_ if entity == "student" and self._may_be_named(id_) else None
        kind, data = meaning.kind_of_record(statement), json.dumps(statement, ensure_ascii=False)
        self.held[mark.key] = data
        self.kept.append(
            (year, self.source, mark.key, kind, data, on, student_id, id_ if entity == "staff" else None, school_id if student_id else None)
        )  # fmt: skip
        if kind == meaning.VOIDING:
            self.voiding.add(meaning.voids(statement))
        elif student_id and school_id:
            said = (meaning.verb_of(statement), meaning.title_of(statement, self.language), meaning.minutes_of(statement))  # fmt: skip
            self.done.append((year, self.source, mark.key, school_id, student_id, on, *said))
        return True

    def _may_be_named(self, student_id: int) -> bool:
        """Whether this sender's maker works with the student, inside the part of the district that the sender was given."""
        within = self.known.within
        return student_id in self.seen and (
            within is None or any(spell.school_id in within for spell in self.spells[student_id])
        )

    def _school_of(self, student_id: int, on: date) -> int | None:
        """The primary school of the day, as for files: the latest spell that had begun, if it had not ended."""
        begun = next((spell for spell in self.spells[student_id] if spell.entry_on <= on), None)
        if begun is None or (begun.exit_on is not None and begun.exit_on < on):
            return None
        within = self.known.within
        return begun.school_id if within is None or begun.school_id in within else None

    def write(self) -> None:
        """All at once: kept, done, undone; then the trail, and the announcement."""
        for year in sorted({row[0] for row in self.kept}):
            _execute("SELECT crescendo_ensure_school_year(%s)", [year])
        if self.kept:
            _execute(_KEEP, _turned(self.kept))
        gone = self.voided | self.voiding
        done = [row for row in self.done if row[2] not in gone]
        if done:
            _execute(_DO, _turned(done))
        touched = {(row[0], row[3], row[4]) for row in done}
        if self.voiding:
            touched |= set(_fetch(_UNDO, [self.source, sorted(self.voiding)]))
        self._say(touched)

    def _say(self, touched: set[tuple[int, int, int]]) -> None:
        accounts.record_audits(
            verb="activity.sent", by=self.by.user_id, at=self.at,
            about=[("student", student, student, {"source": self.source}) for _year, _school, student in sorted(touched)],
        )  # fmt: skip
        topics: dict[tuple[int, int], set[str]] = defaultdict(set)
        for year, school_id, student_id in touched:
            topics[year, school_id].add(f"student:{student_id}")
        for (year, school_id), pages in sorted(topics.items()):
            changes.announce_marks(
                school_year=year, school_id=school_id, tables=["activity_events"], topics=pages
            )
