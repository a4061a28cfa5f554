"""The work of one run, from the raw bytes to the applied rows. It holds no state that a killed process could leave."""

import logging
import shutil
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime

from django.db import DatabaseError, connection, transaction

from crescendo.accounts.models import AuditEntry
from crescendo.records import changes

from . import brake, endings, landing, telling
from .accounting import count_rows
from .applying import Applier
from .bench import SET_ASIDE_SHOWN, RawFile, Workbench
from .exchange import Exchange
from .findings import Refused
from .models import Finding, ImportRun, SetAsideRow
from .planning import Piece, Planner
from .previewing import summarise, take_samples
from .progress import Watch
from .sources import get_stage

log = logging.getLogger("crescendo.imports")

State = ImportRun.State


class _Stopped(Exception):
    """Leave the transaction without writing: a dry run, or a person has to say yes first."""


class Work:
    """Does one run. Every path ends in a state: checked (dry run), waiting, refused, applied, or failed."""

    def __init__(self, run: ImportRun, watch: Watch, *, on: date, at: datetime) -> None:
        self.run, self.watch, self.on, self.at = run, watch, on, at

    def do(self, *, always_ask: bool = False, approved: bool = False) -> ImportRun:
        self.folder = landing.make_work_folder(self.run.pk)
        self.bench = self._make_bench()
        try:
            self._stage()
            self._plan_and_apply(always_ask=always_ask, approved=approved)
        except Refused:
            self._finish(State.REFUSED)
        except _Stopped:
            pass
        except BaseException as error:
            self._finish(State.FAILED, message=f"{type(error).__name__} at {self.watch.step}")
            raise
        finally:
            self.bench.close()
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.run.state == State.APPLIED:
            _refresh_statistics(self.filled)
        self.watch("done")
        return self.run

    def _make_bench(self) -> Workbench:
        landed = [landing.Landed(**one) for one in self.run.landed]
        return Workbench(
            files=[RawFile(one.name, one.path) for one in landed],
            folder=self.folder,
            source=self.run.source.slug,
            settings=self.run.source.settings,
            strict=self.run.is_strict,
            on=self.on,
            at=self.at,
            progress=self.watch,
            fetch_stored=self._fetch_stored,
            options=self.run.options,
        )

    def _fetch_stored(self, sql: str, columns: dict[str, str], into: str) -> int:
        """What is stored, for a source that looks while it reads. The plan looks again, in the transaction."""
        with connection.cursor() as cursor:
            return Exchange(cursor, self.bench.db, self.folder).fetch(sql, columns, into)

    def _stage(self) -> None:
        self.watch("reading")
        get_stage(self.run.source.kind)(self.bench)
        self.bench.stop_on_errors()
        self.watch("checked")
        if self.run.state == State.LANDED:
            self.run.state = State.CHECKED
            self.run.save(update_fields=["state"])

    # -- compare, brake, apply -----------------------------------------------------------------------------------

    def _plan_and_apply(self, *, always_ask: bool, approved: bool) -> None:
        with self.watch.alone(), transaction.atomic(), connection.cursor() as cursor:
            # What was compared is what is changed: a row that somebody edits meanwhile makes this run fail, not them.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            exchange = Exchange(cursor, self.bench.db, self.folder)
            pieces = Planner(self.bench, exchange, on_step=self.watch).plan()
            endings.place_endings(exchange, pieces)
            if approved:
                endings.hold_back(exchange, pieces, self.run.held_back)
            self._compare(pieces)
            if not self._may_apply(pieces, always_ask=always_ask, approved=approved):
                transaction.set_rollback(True)
                stopped = True
            else:
                Applier(self.bench, exchange, cursor, self.run.pk, on_step=self.watch).apply(pieces)
                self._announce(pieces)
                self._save(State.APPLIED)
                self._audit("import.applied")
                self.filled = _count_new_rows(pieces)
                self.watch("committing")
                stopped = False
        if stopped:
            self._finish(State.CHECKED if self.run.is_dry_run else State.WAITING)
            raise _Stopped

    def _compare(self, pieces: list[Piece]) -> None:
        self.watch("counting")
        for piece in pieces:
            take_samples(self.bench.db, piece)
        self.run.counts = count_rows(self.bench, pieces)
        self.seen = self.run.preview
        self.run.preview = summarise(pieces)
        self.run.reasons = [asdict(reason) for piece in pieces for reason in _reasons(piece)]

    def _may_apply(self, pieces: list[Piece], *, always_ask: bool, approved: bool) -> bool:
        if self.run.is_dry_run:
            return False
        if approved:
            return not self._ends_more_than_was_seen()
        return not always_ask and not self.run.reasons

    def _ends_more_than_was_seen(self) -> bool:
        """Between preview and OK the stored rows may have changed. A person says yes to what they saw, not to more."""
        for target, counts in self.run.preview.items():
            seen = self.seen.get(target, {})
            if any(counts[word] > seen.get(word, 0) for word in ("ended", "retracted")):
                self.run.message = "Since the preview, more rows would end. Look again."
                return True
        return False

    def _announce(self, pieces: list[Piece]) -> None:
        years = {year for piece in pieces for year in piece.years if _touches(piece)}
        if any(_touches(piece) and not piece.target.is_fact for piece in pieces):
            with connection.cursor() as cursor:
                cursor.execute("SELECT DISTINCT school_year FROM roster_enrolment")
                years |= {row[0] for row in cursor.fetchall()}
        changes.announce(school_years=years)

    # -- the record of the run -----------------------------------------------------------------------------------

    def _finish(self, state: str, message: str = "") -> None:
        if state == State.REFUSED and not self.run.counts:
            self.run.counts = {
                name: {"read": table.rows, "applied": 0, "unchanged": 0, "set_aside": 0}
                for name, table in self.bench.tables.items()
            }
        self.run.message = message or self.run.message
        with transaction.atomic():
            self._save(state)
            self._audit(f"import.{state}")
            if state == State.WAITING:
                self._keep_endings()
                telling.tell_that_it_waits(self.run, on=self.on, at=self.at)

    def _keep_endings(self) -> None:
        with connection.cursor() as cursor:
            endings.keep_list(Exchange(cursor, self.bench.db, self.folder), self.run.pk)

    def _save(self, state: str) -> None:
        run = self.run
        run.state, run.finished_at = state, None if state == State.WAITING else self.at
        run.findings.all().delete()
        run.set_aside_rows.all().delete()
        run.endings.all().delete()
        Finding.objects.bulk_create(
            [
                Finding(
                    run=run, code=one.code, severity=one.severity, file=one.file[:255], row=one.row,
                    column=one.column[:255], expected=one.expected[:300], received_masked=one.received[:120],
                    what_to_do=one.what_to_do[:300], count=one.count,
                )
                for one in self.bench.found
            ]
        )  # fmt: skip
        SetAsideRow.objects.bulk_create(
            [
                SetAsideRow(
                    run=run, file=file, row=row, code=code, column=column or "",
                    received_masked=self.bench.masked(received, column or ""),
                )
                for file, row, code, column, received in self._shown_set_aside()
            ]
        )  # fmt: skip
        run.save()

    def _shown_set_aside(self) -> list[tuple[str, int, str, str | None, str | None]]:
        return self.bench.db.execute(
            f"""SELECT file, _row, code, col, received FROM set_aside
                QUALIFY row_number() OVER (PARTITION BY file, code, col ORDER BY _row) <= {SET_ASIDE_SHOWN}
                ORDER BY file, _row, code"""
        ).fetchall()

    def _audit(self, verb: str) -> None:
        by = self.run.approved_by or self.run.by
        AuditEntry.objects.create(
            at=self.at, by=by, verb=verb, object_type="imports.ImportRun", object_id=self.run.pk
        )


def _count_new_rows(pieces: list[Piece]) -> Counter[str]:
    """How many rows each table got, by its name; facts by the tables of their school years."""
    filled = Counter[str]()
    for piece in pieces:
        new = piece.count("create")
        partitions = [f"{piece.target.table}_{year}" for year in piece.years]
        for table in partitions if piece.target.is_fact else [piece.target.table]:
            filled[table] += new
        if piece.target.entity:
            filled["roster_externalid"] += new
    return filled


def _refresh_statistics(filled: Counter[str]) -> None:
    """So that the first questions after a large import are planned for what is there now.

    The run is over by now: whatever goes wrong here, its rows are applied.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT crescendo_refresh_statistics(%s, %s)", [[*filled], [*filled.values()]])
    except DatabaseError as problem:
        log.warning("statistics are left to autovacuum: %s", type(problem).__name__)


def _touches(piece: Piece) -> bool:
    return any(number for action, number in piece.counts.items() if action != "same")


def _reasons(piece: Piece) -> list[brake.Reason]:
    return brake.list_reasons(
        target=piece.target.name,
        ending=piece.count("end") + piece.count("retract"),
        live=piece.live,
        emptied_schools=piece.emptied_schools,
    )
