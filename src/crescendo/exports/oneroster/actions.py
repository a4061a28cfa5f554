"""Writing a package, and the line in the audit trail."""

import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from crescendo.accounts.models import AuditEntry, User
from crescendo.imports.exchange import Exchange

from . import package, rows
from .desk import Desk


@dataclass(frozen=True)
class Report:
    """What a package holds, and what it does not: rows by file, rows by reason."""

    files: dict[str, int]
    left_out: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)


def write_package(path: Path, *, source: str, by: User | None, at: datetime) -> Report:
    """Write everything that is live into a ZIP. What is read is one state of the database."""
    with tempfile.TemporaryDirectory(prefix="crescendo-export-") as scratch:
        folder = Path(scratch)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            with Desk(folder, source) as desk:
                rows.make(desk, Exchange(cursor, desk.db, folder))
                files = package.write(desk, path)
                report = Report(files, desk.left_out, desk.changed)
            AuditEntry.objects.create(
                at=at, by=by, verb="roster.exported", object_type="imports.Source", object_id=0
            )
    return report
