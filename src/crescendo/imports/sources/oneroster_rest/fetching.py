"""A fetch: every collection that the service has, as JSON lines in a folder that is then landed like any delivery."""

import json
import os
from pathlib import Path
from typing import Any

from crescendo.imports.sources.oneroster.specification import BY_NAME

from .calling import FetchFailed, Service, Settings
from .flattening import FIELDS, NOTE

ROSTERING = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics")
GRADEBOOK = ("categories", "scoreScales", "lineItems", "results")
# Without these a roster says nothing: a service that does not give them is not read.
NEEDED = ("orgs", "academicSessions", "classes", "users", "enrollments")


def secret_of(slug: str) -> str:
    """The source's secret, from the worker's environment: it stands in no table and no file.

    A system called 'key' has none: CRESCENDO_SECRET_KEY is the site's own, and is sent nowhere.
    """
    if slug.lower() == "key":
        return ""
    return os.environ.get(f"CRESCENDO_SECRET_{slug.upper().replace('-', '_')}", "")


def fetch(
    settings: dict[str, Any], secret: str, folder: Path, *, since: str = "", **service: Any
) -> dict[str, int]:
    """Write what the service has into the folder; how many records of each collection."""
    said = Settings.of(settings)
    gradebook = said.gradebook_base or (said.base if said.version == "1.1" else "")
    counts: dict[str, int] = {}
    with Service(said, secret, **service) as asked:
        wanted = [(said.base, name) for name in ROSTERING] + [
            (gradebook, name) for name in GRADEBOOK if gradebook
        ]
        for base, name in wanted:
            rows = asked.read(base, name, since=since)
            if rows is None:
                if name in NEEDED:
                    raise FetchFailed(
                        f"The service does not give '{name}' to this client. Ask its keeper for the scope."
                    )
                continue
            with (folder / f"{name}.jsonl").open("w") as file:
                counts[name] = 0
                for row in rows:
                    file.write(json.dumps(_kept(row, name), ensure_ascii=True) + "\n")
                    counts[name] += 1
    note = {"mode": "delta" if since else "bulk", "version": said.version, "counts": counts}
    (folder / NOTE).write_text(json.dumps(note))
    return counts


def _kept(row: dict[str, Any], name: str) -> dict[str, Any]:
    """The standard's fields alone: nothing else is written down, and never a password."""
    assert f"{name}.csv" in BY_NAME
    return {key: value for key, value in row.items() if key in FIELDS[name]}
