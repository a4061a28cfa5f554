"""Working off what was accepted: each batch in one transaction with its answers, in the order in which they came.

Runs in the process that counts marks (`crescendo live`), in a thread of its own: a batch waits for no measurement. Killed
half-way, the batch still waits. A batch that fails three times says so and lets the others pass.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import translation

from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster import scope
from crescendo.roster.viewer import Viewer

from . import lookups, rules, writing, writing_scores, writing_statements
from .models import Batch

log = logging.getLogger("crescendo.api")

LOCK = 7220  # PostgreSQL advisory lock: one process works batches off at a time
MOST_TOGETHER = 10_000  # marks of one transaction; a batch is never divided
MOST_ATTEMPTS = 3
WRITERS = {
    "attendance": writing.Attendance,
    "score": writing_scores.Scores,
    "activity": writing.Activity,
    "statement": writing_statements.Statements,
}

Answer = tuple[int, str, str, str, int | None]  # row, key, status, problem, student


def work_off(*, clock: Callable[[], datetime]) -> int:
    """Work off everything that waits; how many marks that were. Each transaction is told its own time."""
    marks = 0
    while done := _work_off_some(clock):
        marks += done
    return marks


def count_waiting() -> int:
    """How many marks wait to be worked off."""
    found = Batch.objects.filter(state=Batch.State.ACCEPTED).aggregate(marks=Sum("received"))
    return found["marks"] or 0


def _work_off_some(clock: Callable[[], datetime]) -> int:
    """The oldest batches of one sender, together: a mark that came alone costs little then. 0: none waits."""
    waiting = list(
        Batch.objects.filter(state=Batch.State.ACCEPTED)
        .order_by("id")
        .values_list("id", "sender", "received", "by_id", "organisation_id", "attempts", "scopes")[:2000]
    )
    if not waiting:
        return 0
    together, marks = [waiting[0]], waiting[0][2]
    for one in waiting[1:]:
        alike = (one[1], *one[3:5], one[6]) == (waiting[0][1], *waiting[0][3:5], waiting[0][6])
        if not alike or marks + one[2] > MOST_TOGETHER or waiting[0][5]:
            break
        together.append(one)
        marks += one[2]
    ids = [one[0] for one in together]
    try:
        with transaction.atomic():
            _work_off_batches(ids, clock())
    except Exception as problem:
        log.warning("batch %s was not worked off: %s", ids[0], type(problem).__name__)
        _note_attempt(ids, clock())
    return max(marks, 1)


def _note_attempt(ids: Sequence[int], at: datetime) -> None:
    """What failed together is tried one by one; what failed three times is said to have failed."""
    tried = Batch.objects.filter(pk__in=ids, state=Batch.State.ACCEPTED)
    for batch in tried.only("attempts"):
        batch.attempts += 1
        batch.save(update_fields=["attempts"])
    tried.filter(attempts__gte=MOST_ATTEMPTS).update(state=Batch.State.FAILED, finished_at=at, body=None)


def _work_off_batches(ids: Sequence[int], at: datetime) -> None:
    batches = list(
        Batch.objects.filter(pk__in=ids).select_related("by").order_by("id").select_for_update(of=("self",))
    )
    first, on = batches[0], at.date()
    scope.look_as(first.by_id, on)
    viewer = roster.get_viewer(user=first.by, on=on)
    with connection.cursor() as cursor:  # the same lock as marks that are answered at once
        cursor.execute("SELECT pg_advisory_xact_lock(7219, hashtext(%s))", [first.source])
    sent = [(batch, json.loads(bytes(batch.body))["marks"]) for batch in batches]
    rows = [mark for _batch, marks in sent for mark in marks]
    with translation.override(first.by.language):
        answers = record_marks(
            marks=rows, source=first.source, by=viewer, at=at, allowed=frozenset(first.scopes),
            organisation_id=first.organisation_id,
        )  # fmt: skip
    begins = 0
    for batch, marks in sent:
        _finish(batch, answers[begins : begins + len(marks)], begins, at)
        begins += len(marks)
    Batch.objects.bulk_update(batches, ["state", "finished_at", "body", "counts", "findings"])


def _finish(batch: Batch, answers: Sequence[Answer], begins: int, at: datetime) -> None:
    batch.state, batch.finished_at, batch.body = Batch.State.DONE, at, None
    batch.counts = dict(Counter(status for _row, _key, status, _problem, _student in answers))
    batch.findings = [
        [row - begins, key, status, problem, student]
        for row, key, status, problem, student in answers
        if problem
    ]


def record_marks(
    *,
    marks: Sequence[Any],
    source: str,
    by: Viewer,
    at: datetime,
    allowed: frozenset[str],
    organisation_id: int | None = None,
) -> list[Answer]:
    """Write each mark, or say in a sentence why not; one answer for each, in order. The caller opened the transaction."""
    answers: dict[int, Answer] = {}
    shaped = list(_read(marks, by.on, allowed, answers))
    known = lookups.look_up(shaped, source=source, by=by, organisation_id=organisation_id)
    for kind, writer_of in WRITERS.items():
        mine = [mark for mark in shaped if mark.kind == kind]
        if not mine:
            continue
        writer = writer_of(known, source=source, by=by, at=at)
        writer.begin(mine)
        for mark in mine:
            status, problem = _take(writer, mark)
            student = known.students.get(mark.student.theirs, mark.student.ours) if problem else None
            answers[mark.row] = (mark.row, mark.key, status, problem, student)
        writer.write()
    return [answers[row] for row in range(len(marks))]


def _read(marks: Sequence[Any], today: date, allowed: frozenset[str], answers: dict[int, Answer]) -> Any:
    for row, sent in enumerate(marks):
        try:
            yield rules.read_mark(row, sent, today=today, allowed=allowed)
        except Refused as problem:
            key = sent.get("key") if isinstance(sent, dict) else None
            answers[row] = (row, key[:255] if rules.is_text(key) else "", "refused", _plain(problem), None)


def _plain(problem: Exception) -> str:
    """A sentence that PostgreSQL can keep, whatever it quotes."""
    return "".join(c for c in str(problem) if c != "\0" and not "\ud800" <= c <= "\udfff")


def _take(writer: Any, mark: rules.Mark) -> tuple[str, str]:
    try:
        return ("recorded" if writer.take(mark) else "unchanged"), ""
    except Refused as problem:
        return "refused", _plain(problem)
    except NotFound as problem:
        return "not_found", _plain(problem)
    except NotAllowed as problem:
        return "not_allowed", _plain(problem)
