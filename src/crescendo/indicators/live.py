"""Marks are counted as they come (D4): the school they belong to is measured again by the same code, at once.

One pass takes the marks that the current run does not contain, reads the school's slice (`live_slice`), asks the same
`edmeasures.evaluate`, and writes what differs (`live_writing`) in one transaction: students' numbers, the school's, those
of every organisation above it, weeks, and which groups are hidden. A pass that is killed leaves the marks waiting. A run
that is published meanwhile makes the pass begin again, with that run.
"""

import logging
from collections import defaultdict
from collections.abc import Callable

import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Q

from crescendo.core import live
from crescendo.indicators import evaluation, live_slice, live_writing
from crescendo.indicators.live_memory import Bases, Memory
from crescendo.indicators.models import LiveBase, LiveChange, MeasurementRun
from crescendo.indicators.publication import from_bytes
from crescendo.roster import queries as roster

log = logging.getLogger("crescendo.indicators")

LOCK = 7218  # PostgreSQL advisory lock: one process counts marks at a time


class RunReplaced(Exception):
    """Another run was published during the pass: its numbers are to be brought up to date instead."""


def count_waiting_marks(memory: Memory | None = None, *, give_way: Callable[[], None] = lambda: None) -> int:
    """Count every mark that waits, school by school. Says how many schools were measured.

    `memory` is what this process keeps from one call to the next; without one, everything is read. `give_way` is called
    before each school, and comes back when nothing more urgent is to be done.
    """
    memory = memory or Memory()
    measured = 0
    for run in MeasurementRun.objects.filter(is_current=True).order_by("school_year"):
        while True:
            give_way()  # before the marks are read: those that come meanwhile are counted in the same pass
            if (waiting := _next_school(run)) is None:
                break
            try:
                measure_school(run, *waiting, memory)
            except RunReplaced:
                memory.forget()
                log.info("run %s was replaced; its successor is brought up to date", run.pk)
                return measured + count_waiting_marks(memory, give_way=give_way)
            except BaseException:
                memory.forget()
                raise
            measured += 1
    return measured


def _waiting(run: MeasurementRun) -> list[LiveChange]:
    not_counted = Q(counted_in__isnull=True) | ~Q(counted_in=run.pk)
    return list(LiveChange.objects.filter(not_counted, school_year=run.school_year).order_by("id"))


def _next_school(run: MeasurementRun) -> tuple[int, list[int], set[str]] | None:
    """The school whose mark has waited longest: its waiting marks and the tables they changed."""
    by_school: dict[int, list[LiveChange]] = defaultdict(list)
    for change in _waiting(run):
        by_school[change.school_id].append(change)
    for school_id, changes in by_school.items():
        return school_id, [c.pk for c in changes], {table for c in changes for table in c.tables}
    return None


def measure_school(
    run: MeasurementRun, school_id: int, change_ids: list[int], tables: set[str], memory: Memory
) -> None:
    """Measure one school again from its facts, and put the results into the run."""
    indicators = live_slice.affected(sorted(tables))
    memory.begin(run.pk)
    bases = memory.bases = memory.bases or read_bases(run)
    if (
        not bases.references or not indicators
    ):  # a run from before marks were counted: the next one brings a base
        _note_counted(run, change_ids)
        return
    taken = live_slice.read_slice(
        school_id=school_id,
        school_year=run.school_year,
        as_of=run.as_of,
        indicators=indicators,
        references=bases.references,
        kept=memory.facts_of(school_id),
    )
    codes = [indicator.code for indicator in indicators]
    found = evaluation.evaluate_tables(
        taken.tables, codes, school_year=run.school_year, as_of=run.as_of, threads=1
    )
    above = [pk for pk in roster.list_ancestor_ids(school_id) if pk != school_id]
    with transaction.atomic():
        if not _hold(run):
            raise RunReplaced
        topics = live_writing.write(
            run=run, school_id=school_id, above=above, taken=taken, codes=codes, found=found, bases=bases
        )
        _note_counted(run, change_ids)
        live.announce(topics)
    log.info("school %s measured again in run %s", school_id, run.pk)


def read_bases(run: MeasurementRun) -> Bases:
    """What the run's roll-ups were added up from, and what its students are compared with."""
    parts: dict[str, pa.Table] = {}
    references: dict[str, pa.Table] = {}
    for row in LiveBase.objects.filter(run_id=run.pk).order_by("id"):
        where = parts if row.kind == LiveBase.Kind.PARTS else references
        where[row.name] = from_bytes(bytes(row.content))
    return Bases(parts, references)


def _hold(run: MeasurementRun) -> bool:
    """Keep the run current until this transaction ends; False where another one has taken its place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM indicators_measurementrun WHERE id = %s AND is_current FOR SHARE", [run.pk]
        )
        return cursor.fetchone() is not None


def _note_counted(run: MeasurementRun, change_ids: list[int]) -> None:
    LiveChange.objects.filter(pk__in=change_ids).update(counted_in=run.pk)
