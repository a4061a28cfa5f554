"""A class's scores for one piece of work, in one go: what can be saved is saved, and the rest says why not."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

from ..models import CourseworkItem, CourseworkResult
from ..models.facts import MADE_HERE
from . import scores

MISSING = "missing"  # "not handed in", as a form says it
_NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,10})?")
_LIKE_A_THOUSAND = re.compile(r"-?[0-9]{1,3},[0-9]{3}")


@dataclass(frozen=True)
class Result:
    """What counts of one student's work. `says` is how a form shows it: a number, "missing", or nothing yet.

    `sent` is what another system says where a score typed here stands above it and differs.
    """

    says: str = ""
    status: str = ""
    is_late: bool = False
    is_incomplete: bool = False
    sent: str | None = None


@dataclass(frozen=True)
class ScoresSaved:
    """What saving did: whose scores changed, and why the others' were refused, by student.

    `overtaken` are those of the refused whom somebody else scored while the form lay open.
    """

    changed: tuple[int, ...]
    refused: Mapping[int, str]
    overtaken: frozenset[int]


def list_members(*, item: CourseworkItem, viewer: Viewer) -> list[int]:
    """Whose work it is, by name: in the class when it was due, or today, as the viewer sees them."""
    there = scores.members(item, viewer.on).values("student_id")
    students = roster.list_students(viewer=viewer).filter(pk__in=there)
    return list(students.order_by("sort_key", "id").values_list("pk", flat=True))


def results_of(*, item: CourseworkItem, student_ids: list[int]) -> dict[int, Result]:
    """Each student's result as it counts: ours, or else what was sent. Nothing recorded says nothing."""
    rows = CourseworkResult.objects.filter(
        school_year=item.school_class.school_year, student_id__in=student_ids, item_id=item.pk
    )
    ours: dict[int, CourseworkResult] = {}
    sent: dict[int, CourseworkResult] = {}
    for row in rows.order_by("id"):
        (ours if row.source == MADE_HERE else sent)[row.student_id] = row
    return {pk: _result(ours.get(pk), sent.get(pk)) for pk in student_ids}


def count_unscored(*, items: Sequence[CourseworkItem], student_ids: list[int]) -> dict[int, int]:
    """For each piece of work of one class, of how many of these students nobody has said anything yet."""
    rows = CourseworkResult.objects.filter(
        school_year__in={item.school_class.school_year for item in items},
        student_id__in=student_ids,
        item_id__in=[item.pk for item in items],
    )
    counts: dict[tuple[int, int], CourseworkResult] = {}
    for row in rows.order_by("id"):
        before = counts.get((row.item_id, row.student_id))
        if before is None or before.source != MADE_HERE or row.source == MADE_HERE:
            counts[row.item_id, row.student_id] = row
    known = Counter(item_id for (item_id, _student), row in counts.items() if _is_known(row))
    return {item.pk: len(student_ids) - known[item.pk] for item in items}


def _is_known(row: CourseworkResult) -> bool:
    return row.status == "exempt" or _says(row) != ""


def _result(ours: CourseworkResult | None, sent: CourseworkResult | None) -> Result:
    row = ours or sent
    if row is None:
        return Result()
    says, said = _says(row), _says(sent) if ours and sent else None
    return Result(
        says, row.status, bool(row.is_late), bool(row.is_incomplete), said if said != says else None
    )


def _says(row: CourseworkResult) -> str:
    if row.score is not None and row.status != "exempt":
        return written(row.score)
    return MISSING if row.status == "not submitted" or row.is_missing else ""


def written(score: float) -> str:
    """A score as a form shows it and reads it again.

    >>> written(8.0), written(8.25)
    ('8', '8.25')
    """
    return f"{score:.10f}".rstrip("0").rstrip(".")


def why_not_a_score(text: str, item: CourseworkItem) -> str:
    """Why this text cannot be the score of that work, in words for who typed it; empty where it can."""
    if not _NUMBER.fullmatch(text):
        return _("\u201c%(text)s\u201d is not a number. Write it like 8 or 8.5.") % {"text": text[:40]}
    if _LIKE_A_THOUSAND.fullmatch(text):
        return _(
            "\u201c%(text)s\u201d can be read in two ways. Write it with a point, or without the comma."
        ) % {"text": text}
    score, low, high = _number(text), item.score_min or 0.0, item.score_max
    if score < low:
        return _("%(score)s is less than the lowest score, %(low)s.") % {"score": text, "low": written(low)}
    if high is not None and score > high:
        return _("%(score)s is more than the highest score, %(high)s.") % {
            "score": text,
            "high": written(high),
        }
    return ""


def _number(text: str) -> float:
    return float(text.replace(",", "."))


@transaction.atomic
def record_scores(
    *, item_id: int, typed: Mapping[int, str], seen: Mapping[int, str], by: Viewer, at: datetime
) -> ScoresSaved:
    """Save a class's scores. `typed` says each student's: a number, "missing", or "" for no score yet.

    `seen` is what the form showed before. Only what this person changed is written; a score that somebody else entered
    while the form lay open stays, and the row says so.
    """
    item = scores.item_to_score(item_id=item_id, by=by)
    members = list_members(item=item, viewer=by)
    wanted = {pk: text for pk, text in sorted(typed.items()) if text != seen.get(pk)}
    gone = {
        pk: _("Not in this class any more. Correct the class list first.")
        for pk in wanted.keys() - set(members)
    }
    called = [pk for pk in wanted if pk not in gone]
    for pk in called:  # in one order, so that two who save at once never wait for each other for ever
        scores.wait_for_others(item.school_class.school_year, MADE_HERE, _key(item, pk))
    now = results_of(item=item, student_ids=called)
    refused, overtaken, changed = dict(gone), set(), []
    for pk in called:
        text = wanted[pk]
        if _canonical(text) == now[pk].says:
            continue
        if pk in seen and now[pk].says != seen[pk]:
            refused[pk] = _overtaken_words(now[pk])
            overtaken.add(pk)
        elif text not in {"", MISSING} and (why_not := why_not_a_score(text, item)):
            refused[pk] = why_not
        elif _put(item, pk, text, by, at):
            changed.append(pk)
    if changed:
        scores.announce(item, changed)
    return ScoresSaved(tuple(changed), refused, frozenset(overtaken))


def _canonical(text: str) -> str:
    return (
        written(_number(text)) if _NUMBER.fullmatch(text) and not _LIKE_A_THOUSAND.fullmatch(text) else text
    )


def _put(item: CourseworkItem, student_id: int, text: str, by: Viewer, at: datetime) -> bool:
    wordless = {"": scores.NO_SCORE_YET, MISSING: scores.NOT_HANDED_IN}
    said = wordless[text] if text in wordless else scores.outcome(_number(text), by.on)
    key = _key(item, student_id)
    return scores.put(item, student_id, said, source=MADE_HERE, source_key=key, by=by, at=at)


def _key(item: CourseworkItem, student_id: int) -> str:
    return f"{item.pk}:{student_id}"


def _overtaken_words(now: Result) -> str:
    said = {"": _("no score yet"), MISSING: _("not handed in")}.get(now.says, now.says)
    return _(
        "Somebody else changed this while your page was open. Now it says: %(now)s. "
        "Save again to put yours in its place."
    ) % {"now": said}
