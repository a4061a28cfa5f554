"""xAPI deliveries for tests: bring one in, and statements made by hand."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from cast import AT
from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun

SOURCE = "lms"


def bring_in(path: Path, *, slug: str = SOURCE, at: datetime = AT, **more: Any) -> ImportRun:
    source = queries.find_source(slug) or actions.create_source(
        slug=slug, title=slug, kind="xapi", by=None, at=at
    )
    return actions.start_import(source=source, path=path, by=None, on=at.date(), at=at, **more)


def codes(run: ImportRun) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in queries.list_findings(run):
        found[one.code] = found.get(one.code, 0) + one.count
    return found


def played(number: int = 1, **more: Any) -> dict[str, Any]:
    """Sam watched a video on the day of the cast."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "actor": {"mbox": "mailto:sam@example.org"},
        "verb": {"id": "https://w3id.org/xapi/video/verbs/played"},
        "object": {"id": "https://videos.example.org/7", "definition": {"name": {"en-US": "Fractions"}}},
        "result": {"duration": "PT12M30S"},
        "timestamp": "2026-03-10T15:00:00Z",
    } | more


def write(folder: Path, *statements: Any, name: str = "statements.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(list(statements), ensure_ascii=False))
    return path
