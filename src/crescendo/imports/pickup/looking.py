"""One look for one source's files: what is new is brought in, the same bytes again do nothing, and each look says what came of it."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from crescendo.core.second_connection import open_second_connection
from crescendo.imports import actions, landing
from crescendo.imports.models import ImportRun, Look, PickUp, Source, Taken
from crescendo.imports.progress import SourceBusy
from crescendo.imports.sources import FetchProblem, find_fetch

from .doors import Door, DoorClosed, Lying, is_wanted, name_when_taken, open_door

State, Outcome, Way = ImportRun.State, Look.Outcome, PickUp.Way
STILL = timedelta(seconds=60)  # a file that has not changed for so long is whole
AGAIN_AFTER = timedelta(hours=1)  # what should have come today and did not is looked for again
MOST_TRIES = 3  # of bytes on which the work itself broke
ANSWERS = {
    State.REFUSED: "refused",
    State.WAITING: "asks",
}  # what became of a delivery that was taken, in a code
LOOKS_KEPT = 200
LOOK_SPACE = 7216  # advisory locks: one look at a source at a time


def is_due(pick_up: PickUp, *, at: datetime) -> bool:
    """Whether it is time to look. A file that is being watched is looked at again as soon as it may be whole."""
    if pick_up.way == Way.HAND:
        return False
    last = pick_up.looked_at
    if last is None or last > at:  # nobody has looked, or the clock of a demo began its day again
        return True
    if pick_up.seen and at - last >= STILL:
        return True
    if pick_up.from_hour is None:
        return at - last >= timedelta(minutes=pick_up.every_minutes) - STILL / 2
    opens = at.replace(hour=pick_up.from_hour, minute=0, second=0, microsecond=0)
    came = pick_up.arrived_at is not None and pick_up.arrived_at >= opens
    return at >= opens and not came and (last < opens or at - last >= AGAIN_AFTER)


def look(source: Source, *, at: datetime, still: timedelta = STILL) -> Look | None:
    """Look once, and bring in what is whole. Never inside a transaction. None: somebody else is looking."""
    with _alone(source.pk) as is_alone:
        if not is_alone:
            return None
        one = _Look(source, at, still)
        try:
            one.do()
        except DoorClosed as closed:
            one.note(Outcome.FAILED, code=closed.code, said=closed.said)
        except FetchProblem as problem:
            one.note(Outcome.FAILED, code="api.failed", said=str(problem))
        except SourceBusy:
            one.note(Outcome.BLOCKED, code="busy")
        except Exception as error:
            one.note(Outcome.FAILED, code="unexpected", said=type(error).__name__)
            raise
        finally:
            one.close()
    return Look.objects.filter(source=source).first()


@contextmanager
def _alone(source_id: int) -> Iterator[bool]:
    with open_second_connection() as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOOK_SPACE, source_id]).fetchone()
        yield bool(row and row[0])


@dataclass
class _Look:
    source: Source
    at: datetime
    still: timedelta

    def __post_init__(self) -> None:
        self.pick_up = PickUp.objects.select_related("source").get(source=self.source)
        self.scratch = landing.work_folder() / f"pickup-{self.source.pk}"
        self.noted = False

    def do(self) -> None:
        self._finish_what_was_left()
        if self.pick_up.way == Way.API:
            return self._ask()
        if self.pick_up.way == Way.HAND:
            return None
        with open_door(self.pick_up) as door:
            self._collect(door)
        return None

    def close(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.pick_up.looked_at = self.at
        self.pick_up.save(update_fields=["looked_at", "seen", "arrived_at"])

    # -- what is new -----------------------------------------------------------------------------------------------

    def _collect(self, door: Door) -> None:
        wanted = [one for one in door.list_files() if is_wanted(one.name, self.pick_up.pattern)]
        known = self._known_marks()
        for one in wanted:  # a look that was killed after its import comes back to clear the file away
            if known.get(one.name) == one.marks:
                self._clear(door, [one])
        new = sorted(
            (one for one in wanted if known.get(one.name) != one.marks),
            key=lambda one: (one.changed, one.name),
        )
        whole = [one for one in new if self._stands_still(one)]
        arriving = [one for one in new if one not in whole]
        self.pick_up.seen = {one.name: [*one.marks, self._seen_at(one)] for one in new}
        if self.pick_up.is_one_delivery:
            deliveries = [sorted(whole, key=lambda one: one.name)] if whole and not arriving else []
        else:
            deliveries = [[one] for one in whole]
        for delivery in deliveries:
            if self._waits():
                self._arrived()
                return self.note(Outcome.BLOCKED, code="waits", file_name=delivery[0].name)
            self._take(door, delivery)
            for one in delivery:
                self.pick_up.seen.pop(one.name, None)
        if not self.noted:
            self.note(Outcome.UNREADY if new else Outcome.NOTHING, file_name=new[0].name if new else "")
        return None

    def _known_marks(self) -> dict[str, list[float]]:
        """Files that lie there as they did when they were brought in. Where the work broke, they are tried again."""
        found: dict[str, list[float]] = {}
        for taken in Taken.objects.filter(source=self.source).select_related("run"):
            if not _broke(taken):
                found.update({name: marks for name, marks in taken.marks.items() if name not in found})
        return found

    def _seen_at(self, one: Lying) -> str:
        before = self.pick_up.seen.get(one.name)
        return str(before[2]) if before and before[:2] == one.marks else self.at.isoformat()

    def _stands_still(self, one: Lying) -> bool:
        since = self.at - datetime.fromisoformat(self._seen_at(one))
        return since >= self.still

    def _waits(self) -> bool:
        """The next delivery builds on one that waits for an OK: it is not taken before somebody has decided."""
        return self.source.runs.filter(state=State.WAITING).exists()

    # -- bringing in -----------------------------------------------------------------------------------------------

    def _take(self, door: Door, files: list[Lying]) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True, mode=0o700)
        for one in files:
            door.copy(one, self.scratch / one.name)
        digest = _digest([self.scratch / one.name for one in files])
        before = Taken.objects.filter(source=self.source, sha256=digest).select_related("run").first()
        if before and _was_used(before) and self._is_newest(before):
            before.marks |= {one.name: one.marks for one in files}
            before.save(update_fields=["marks"])
            self._clear(door, files)
            self._arrived()
            return self.note(Outcome.SAME, file_name=files[0].name, run=before.run)
        is_older = bool(before and _was_used(before))
        run = self._land(files, digest, before, ask=is_older)
        self._work(run, code="older" if is_older else "")
        run.refresh_from_db()
        if run.state != State.FAILED:
            self._clear(door, files)
        return None

    def _is_newest(self, taken: Taken) -> bool:
        return not Taken.objects.filter(source=self.source, at__gt=taken.at).exists()

    @transaction.atomic
    def _land(self, files: list[Lying], digest: str, before: Taken | None, *, ask: bool) -> ImportRun:
        """The bytes and the word that they were taken, together: a killed look neither loses nor doubles them."""
        run = actions.land_files(
            source=self.source, paths=[self.scratch / one.name for one in files], names=[one.name for one in files],
            by=None, at=self.at, options={"picked_up": self.pick_up.way} | ({"always_ask": True} if ask else {}),
        )  # fmt: skip
        tries = before.tries + 1 if before and before.run.state == State.FAILED else 1
        marks = {one.name: one.marks for one in files}
        Taken.objects.update_or_create(
            source=self.source, sha256=digest,
            defaults={"run": run, "marks": marks, "tries": tries, "at": self.at},
        )  # fmt: skip
        return run

    def _work(self, run: ImportRun, *, code: str = "") -> None:
        self._arrived()
        ask = bool(run.options.get("always_ask"))
        try:
            actions.run_import(run, on=self.at.date(), at=self.at, always_ask=ask)
        except SourceBusy:
            return self.note(Outcome.BLOCKED, code="busy", file_name=run.file_name, run=run)
        except Exception as error:  # its own page says where it broke; other sources and files go on
            return self.note(
                Outcome.FAILED,
                code="import.stopped",
                said=type(error).__name__,
                file_name=run.file_name,
                run=run,
            )
        return self.note(
            Outcome.TAKEN, code=code or ANSWERS.get(run.state, ""), file_name=run.file_name, run=run
        )

    def _finish_what_was_left(self) -> None:
        """A look that was killed between keeping the bytes and reading them: they are read now."""
        for taken in Taken.objects.filter(source=self.source, run__state__in=ImportRun.WORKING):
            if not self._waits():
                self._work(taken.run)

    def _clear(self, door: Door, files: list[Lying]) -> None:
        for one in files:
            if self.pick_up.after == PickUp.After.MOVE:
                door.move(one, name_when_taken(one.name, self.at))
            elif self.pick_up.after == PickUp.After.DELETE:
                door.delete(one)

    def _ask(self) -> None:
        fetch = find_fetch(self.source.kind)
        if fetch is None:
            raise DoorClosed("api.none", self.source.kind)
        if self._waits():
            return self.note(Outcome.BLOCKED, code="waits")
        run = fetch(self.source, by=None, on=self.at.date(), at=self.at)
        self._arrived()
        return self.note(Outcome.TAKEN, code=ANSWERS.get(run.state, ""), file_name=run.file_name, run=run)

    # -- what came of it -------------------------------------------------------------------------------------------

    def _arrived(self) -> None:
        self.pick_up.arrived_at = self.at

    def note(
        self,
        outcome: str,
        *,
        code: str = "",
        said: str = "",
        file_name: str = "",
        run: ImportRun | None = None,
    ) -> None:
        """One line for as long as it stays the same."""
        self.noted = True
        line = {"outcome": outcome, "code": code, "said": said[:400], "file_name": file_name[:255]}
        last = Look.objects.filter(source=self.source).first()
        is_same = last and all(getattr(last, name) == value for name, value in line.items())
        if last and is_same and outcome != Outcome.TAKEN:
            last.last_at, last.times = self.at, last.times + 1
            last.save(update_fields=["last_at", "times"])
            return
        Look.objects.create(source=self.source, run=run, began_at=self.at, last_at=self.at, **line)
        old = Look.objects.filter(source=self.source).values_list("pk", flat=True)[LOOKS_KEPT:]
        Look.objects.filter(pk__in=list(old)).delete()


def _broke(taken: Taken) -> bool:
    return taken.run.state == State.FAILED and taken.tries < MOST_TRIES


def _was_used(taken: Taken) -> bool:
    """Used, waiting, or turned down by a person. What was refused for its form may come again: a mapping was mended."""
    if taken.run.state == State.FAILED:
        return taken.tries >= MOST_TRIES
    return taken.run.state != State.REFUSED or bool(taken.run.preview)


def _digest(paths: list[Path]) -> str:
    """Of the bytes as they came, before anything is scrubbed; several files with their names."""
    total = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            one = hashlib.file_digest(file, "sha256").hexdigest()
        if len(paths) == 1:
            return one
        total.update(f"{path.name}\0{one}\n".encode())
    return total.hexdigest()
