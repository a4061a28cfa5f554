"""Putting back what a run changed: created rows leave, changed and ended rows get their former values."""

from collections.abc import Callable

from django.db import IntegrityError, connection
from django.db.backends.utils import CursorWrapper

from crescendo.roster.models import ExternalId

from .bench import quoted
from .models import Change, ImportRun
from .targets import TARGETS, Target


class UndoRefused(Exception):
    """The run cannot be undone: something else was built on it."""


def undo_rows(run: ImportRun, *, on_step: Callable[[str, int, int | None], None]) -> None:
    """Undo every row of a run, in the caller's transaction."""
    _refuse_after_later_runs(run)
    ExternalId.objects.filter(pk__in=run.options.get("renamed_ids", [])).delete()
    with connection.cursor() as cursor:
        targets = list(reversed(TARGETS.values()))
        for position, target in enumerate(targets):
            on_step("undoing", position, len(targets))
            _restore(cursor, run, target)
        for target in targets:
            _take_back(cursor, run, target)
        try:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            raise UndoRefused(
                "Other records point at rows of this delivery. Undo or correct those first."
            ) from error


def _refuse_after_later_runs(run: ImportRun) -> None:
    later = ImportRun.objects.filter(state=ImportRun.State.APPLIED, pk__gt=run.pk)
    if not run.created_rows.exists():
        later = later.filter(source=run.source)
    if newest := later.order_by("-pk").first():
        raise UndoRefused(f"Delivery {newest.pk} came later and may build on this one. Undo it first.")


def _restore(cursor: CursorWrapper, run: ImportRun, target: Target) -> None:
    if not Change.objects.filter(run=run, target=target.name).exists():
        return
    table = target.table
    cursor.execute(
        f"""INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, before)).* FROM imports_change
            WHERE run_id = %s AND target = %s AND action = 'retracted'""",
        [run.pk, target.name],
    )
    names = sorted(
        target.stored_names - {"id", "school_year"} if target.is_fact else target.stored_names - {"id"}
    )
    cursor.execute("DROP TABLE IF EXISTS images")
    cursor.execute(
        """CREATE TEMP TABLE images ON COMMIT DROP AS SELECT DISTINCT ON (object_id) object_id, before, after
           FROM imports_change WHERE run_id = %s AND target = %s AND action <> 'retracted' ORDER BY object_id, id""",
        [run.pk, target.name],
    )
    held = "is_primary" if target.name == "school_enrolments" else ""
    if held:  # primary enrolments may not overlap on the way back either
        cursor.execute(f"UPDATE {table} SET is_primary = false WHERE id IN (SELECT object_id FROM images)")
    sets = ", ".join(f"{quoted(name)} = {_former(name)}" for name in names if name != held)
    same_year = "AND t.school_year = (i.before->>'school_year')::int" if target.is_fact else ""
    cursor.execute(
        f"""UPDATE {table} t SET {sets} FROM images i, jsonb_populate_record(NULL::{table}, i.before) b
            WHERE t.id = i.object_id {same_year}"""
    )
    if held:
        _take_back(cursor, run, target)  # the new primary enrolments make room first
        cursor.execute(
            f"""UPDATE {table} t SET is_primary = (i.before->>'is_primary')::boolean FROM images i
                WHERE t.id = i.object_id"""
        )


def _former(name: str) -> str:
    """The value before the run; unless somebody has changed this very column since, then theirs stays."""
    column = quoted(name)
    key = "'" + name + "'"
    return (
        f"CASE WHEN i.after IS NULL OR to_jsonb(t)->{key} IS NOT DISTINCT FROM i.after->{key} "
        f"THEN b.{column} ELSE t.{column} END"
    )


def _take_back(cursor: CursorWrapper, run: ImportRun, target: Target) -> None:
    """Delete what the run created."""
    if target.is_fact:
        counts = run.preview.get(target.name, {})
        if counts.get("created"):
            cursor.execute(f"DELETE FROM {target.table} WHERE import_id = %s", [run.pk])
        return
    if target.entity:
        cursor.execute(
            """DELETE FROM roster_externalid e USING imports_createdrows c, unnest(c.object_ids) AS made(id)
               WHERE c.run_id = %s AND c.target = %s AND e.object_id = made.id AND e.entity = %s AND e.source = %s""",
            [run.pk, target.name, target.entity, run.source.slug],
        )
    cursor.execute(
        f"""DELETE FROM {target.table} t USING imports_createdrows c, unnest(c.object_ids) AS made(id)
            WHERE c.run_id = %s AND c.target = %s AND t.id = made.id""",
        [run.pk, target.name],
    ) if "id" in target.stored_names else None
