"""What a class's scores look like: the pieces of work, and one sheet with a row for each student."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crescendo.records import actions as records
from crescendo.records import permissions
from crescendo.records import queries as facts
from crescendo.records.models import CourseworkItem
from crescendo.roster import queries as roster
from crescendo.roster.models import SchoolClass, Student
from crescendo.roster.viewer import Viewer

_FIELD = re.compile(r"(score|missing|seen)-([1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Work:
    """One piece of work of a class. `n_unscored`: of how many students nobody has said anything, once it is due."""

    item: CourseworkItem
    n_unscored: int
    is_due: bool


@dataclass(frozen=True)
class Row:
    """One student of a sheet: what the form showed, what is typed, and why it was not saved."""

    student: Student
    seen: str
    typed: str
    is_missing: bool
    notes: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet as somebody sent it: the number fields, the ticks "not handed in", and what the form had shown."""

    numbers: Mapping[int, str]
    ticked: frozenset[int]
    seen: Mapping[int, str]

    @property
    def both(self) -> frozenset[int]:
        """The rows that say two new things at once."""
        return frozenset(
            pk for pk in self.ticked if self._is_new(pk) and self.seen.get(pk) != records.MISSING
        )

    @property
    def typed(self) -> dict[int, str]:
        """What each row says, without those that say two things. What the person changed speaks, not what stood there."""
        late = {pk for pk in self.ticked if self._is_new(pk)}
        said = {**self.numbers, **dict.fromkeys(self.ticked - late, records.MISSING)}
        return {pk: text for pk, text in said.items() if pk not in self.both}

    def _is_new(self, pk: int) -> bool:
        number = self.numbers.get(pk, "")
        return number not in {"", self.seen.get(pk)}


def describe_coursework(*, viewer: Viewer, school_class: SchoolClass) -> list[Work]:
    """The class's pieces of work: those that are due and wait for scores first, then by the due day, latest first."""
    items = list(
        facts.list_class_coursework(viewer=viewer, class_id=school_class.pk).select_related("school_class")
    )
    students = roster.list_class_students(viewer=viewer, class_id=school_class.pk)
    unscored = records.count_unscored(items=items, student_ids=list(students.values_list("pk", flat=True)))
    works = [Work(item, unscored[item.pk], item.due_on <= viewer.on) for item in items]
    return sorted(works, key=lambda work: not (work.is_due and work.n_unscored))


def posted(data: Mapping[str, str], kind: str) -> dict[int, str]:
    """`score-12=8.5` of a form, by student."""
    return {
        int(match[2]): value.strip()
        for name, value in data.items()
        if (match := _FIELD.fullmatch(name)) and match[1] == kind
    }


def read_sheet(data: Mapping[str, str]) -> Sheet:
    """The form, taken apart."""
    return Sheet(posted(data, "score"), frozenset(posted(data, "missing")), posted(data, "seen"))


def describe_sheet(
    *,
    viewer: Viewer,
    item: CourseworkItem,
    sent: Sheet | None = None,
    saved: records.ScoresSaved | None = None,
) -> dict[str, object]:
    """The sheet as it stands; what could not be saved is shown again as it was typed, with the reason."""
    members = records.list_members(item=item, viewer=viewer)
    students = roster.list_students(viewer=viewer).in_bulk(members)
    results = records.results_of(item=item, student_ids=members)
    problems = _problems(sent, saved) if sent and saved else {}
    rows = [
        _row_again(students[pk], results[pk], sent, problems[pk], is_newer=pk in saved.overtaken)
        if sent and saved and pk in problems
        else _row(students[pk], results[pk])
        for pk in members
    ]
    return {
        "item": item,
        "school_class": item.school_class,
        "rows": rows,
        "most": records.written(item.score_max) if item.score_max is not None else "",
        "may_record": permissions.may_record_scores(viewer, item.school_class),
        "wrong": [row for row in rows if row.problem],
        "gone": [sent.numbers.get(pk, "") for pk in problems if pk not in students] if sent else [],
    }


def _problems(sent: Sheet, saved: records.ScoresSaved) -> dict[int, str]:
    return {
        **saved.refused,
        **dict.fromkeys(sent.both, _("A score, and not handed in: leave one of the two.")),
    }


def _row(student: Student, result: records.Result) -> Row:
    is_missing = result.says == records.MISSING
    return Row(student, result.says, "" if is_missing else result.says, is_missing, _notes(result))


def _row_again(student: Student, result: records.Result, sent: Sheet, problem: str, *, is_newer: bool) -> Row:
    """As it was typed. Whoever has read that there is a newer score may save over it; nobody does so unread."""
    pk = student.pk
    seen = result.says if is_newer else sent.seen.get(pk, result.says)
    return Row(student, seen, sent.numbers.get(pk, ""), pk in sent.ticked, _notes(result), problem)


def _notes(result: records.Result) -> tuple[str, ...]:
    said = []
    if result.status == "exempt":
        said.append(_("Excused from this work"))
    if result.is_late and result.says != records.MISSING:
        said.append(_("Handed in late"))
    if result.is_incomplete:
        said.append(_("Not finished"))
    if result.status == "submitted" and not result.says:
        said.append(_("Handed in, no score yet"))
    if result.sent is not None:
        theirs = {"": _("no score"), records.MISSING: _("not handed in")}.get(result.sent, result.sent)
        said.append(
            _("The school\u2019s system says: %(score)s. What was entered here counts.") % {"score": theirs}
        )
    return tuple(said)
