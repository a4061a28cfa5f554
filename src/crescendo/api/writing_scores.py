"""Scores that came in a batch: by the rules of `records.actions.scores`, asked once for all pieces of work."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.records import permissions
from crescendo.records.actions import scores
from crescendo.records.models import CourseworkItem
from crescendo.records.models.facts import MADE_HERE
from crescendo.roster import queries as roster
from crescendo.roster.models import ClassEnrolment

from .rules import Mark
from .writing import Said, Stored, Writer, _fetch

Spell = tuple[date, date | None, date | None]


class Scores(Writer):
    table, fact_table, verb = "records_courseworkresult", "coursework_results", "score.recorded"
    columns = (
        "student_id",
        "item_id",
        "score",
        "status",
        "scored_on",
        "is_missing",
        "class_id",
        "score_text",
        "comment",
    )
    types = ("bigint", "bigint", "float8", "text", "date", "bool", "bigint", "text", "text")

    def begin(self, marks: Sequence[Mark]) -> None:
        self.taken = _("This work has a score under the key '%(key)s'. Send that key to change it.")
        named = {*self.known.items.values(), *(m.item.ours for m in marks if m.item.ours)}
        self.items = CourseworkItem.objects.select_related("school_class").in_bulk(sorted(named))
        self.classes = {item.school_class_id: item.school_class for item in self.items.values()}
        seen = roster.list_classes(viewer=self.by).filter(pk__in=self.classes).order_by()
        self.seen = set(seen.values_list("pk", flat=True))
        self._reach: dict[int, bool] = {}
        self.ensure({taught.school_year for taught in self.classes.values()})
        students = sorted(self.known.seen)
        self.spells: dict[tuple[int, int], list[Spell]] = defaultdict(list)
        members = ClassEnrolment.objects.filter(
            school_class__in=self.classes, student__in=students
        ).order_by()
        for class_id, student, *spell in members.values_list(
            "school_class_id", "student_id", "begins_on", "ends_on", "ended_on"
        ):
            self.spells[class_id, student].append(tuple(spell))
        self._read_stored(marks, students)

    def _read_stored(self, marks: Sequence[Mark], students: list[int]) -> None:
        years = sorted({taught.school_year for taught in self.classes.values()})
        for year, key, id_, student, item, school, *said in _fetch(
            "SELECT school_year, source_key, id, student_id, item_id, school_id, score, status, scored_on, is_missing "
            "FROM records_courseworkresult WHERE school_year = ANY(%s) AND source = %s "
            "AND (source_key = ANY(%s) OR (student_id = ANY(%s) AND item_id = ANY(%s)))",
            [years, self.known.source, sorted({m.key for m in marks}), students, sorted(self.items)],
        ):
            self.years[year].by_key[key] = Stored(id_, (student, item), school, tuple(said))
            self.years[year].key_of[student, item] = key

    def take(self, mark: Mark) -> bool:
        item = self._item(self.known.item(mark.item))
        student_id = self._member(item, mark, mark.score)
        said = scores.NOT_HANDED_IN if mark.score is None else scores.outcome(mark.score, self.by.on)
        taught = item.school_class
        values = (said["score"], said["status"], said["scored_on"], said["is_missing"])
        more = (taught.pk, "", "")
        return self.put(taught.school_year, mark, (student_id, item.pk), taught.school_id, values, more)

    def _item(self, item_id: int) -> CourseworkItem:
        item = self.items.get(item_id)
        if item is None or item.school_class_id not in self.seen:
            raise NotFound(_("There is no such piece of work, or nothing that lets you see it."))
        if not self._may_score(item.school_class_id):
            raise NotAllowed(_("Only those who teach this class can enter its scores."))
        if item.source == MADE_HERE and item.ended_on is not None:
            raise Refused(_("This work was withdrawn. Bring it back first."))
        self.known.check_within(item.school_class.school_id)
        return item

    def _may_score(self, class_id: int) -> bool:
        if class_id not in self._reach:
            self._reach[class_id] = permissions.may_record_scores(self.by, self.classes[class_id])
        return self._reach[class_id]

    def _member(self, item: CourseworkItem, mark: Mark, score: float | None) -> int:
        """In the order of `records`: the student is named, the score possible, the student a member."""
        student_id = self.known._id(mark.student, self.known.students, "student")
        low, high = item.score_min or 0.0, item.score_max
        if score is not None and (not low <= score or (high is not None and score > high)):
            raise Refused(
                _("The score is %(score)s. It lies between %(low)s and %(high)s.")
                % {"score": score, "low": low, "high": high if high is not None else "∞"}
            )
        self.known.student(mark.student)
        on, day = self.by.on, min(self.by.on, max(item.due_on, item.assigned_on))
        spells = self.spells.get((item.school_class_id, student_id), ())
        if not any(_holds(spell, one) for spell in spells for one in (on, day)):
            raise Refused(
                _("Student %(id)s is not in this class. Correct the class list first.") % {"id": student_id}
            )
        return student_id

    def same(self, stored: Said, said: Said) -> bool:
        """The day of scoring alone is no change."""
        return stored[:2] == said[:2]

    def audit_of(self, fact: Stored) -> tuple[str, int, int, dict[str, object]]:
        student_id, item_id = fact.matter
        return "courseworkitem", item_id, student_id, {"source": self.source}

    def topics_of(self, fact: Stored) -> Iterable[str]:
        yield f"student:{fact.matter[0]}"
        yield f"class:{self.items[fact.matter[1]].school_class_id}"


def _holds(spell: Spell, on: date) -> bool:
    begins, ends, ended = spell
    return begins <= on and (ends is None or ends >= on) and (ended is None or ended > on)
