"""Deliveries for the pitfalls: tables with their mapping, and a look at what a run said."""

from pathlib import Path
from typing import Any

import packages
from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun
from crescendo.roster.models import ExternalId, Student

APPLIED, REFUSED, WAITING = ImportRun.State.APPLIED, ImportRun.State.REFUSED, ImportRun.State.WAITING


def mapping(target: str, mode: str = "changes", ids_of: str = "sis", **fields: Any) -> dict[str, Any]:
    """A mapping of one file to one target, whose ids are those of the roster's source."""
    return {
        "mapping": {"name": target, "source": target.replace("_", "-"), "ids_of": ids_of},
        "file": {"main": {"pattern": "*"}},
        "pass": [{"target": target, "mode": mode, "fields": fields}],
    }


def send(folder: Path, content: str, how: dict[str, Any], *, slug: str = "", **options: Any) -> ImportRun:
    """Import a table by a mapping, from the source that the mapping names."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "rows.csv"
    path.write_text(content)
    slug = slug or how["mapping"]["source"]
    source = queries.find_source(slug) or actions.create_source(
        slug=slug, title=slug, kind="table", by=None, at=packages.AT
    )
    return actions.start_import(
        source=source, path=path, by=None, on=packages.ON, at=packages.AT, options={"mapping": how}, **options
    )


def said(run: ImportRun) -> dict[str, list[str]]:
    """What a run found, by code: what to do about it."""
    found: dict[str, list[str]] = {}
    for one in queries.list_findings(run):
        found.setdefault(one.code, []).append(one.what_to_do)
    return found


def student(key: str, source: str = "sis") -> Student:
    """The student whom the source calls so."""
    link = ExternalId.objects.get(source=source, entity="student", external_id=key)
    return Student.objects.get(pk=link.object_id)
