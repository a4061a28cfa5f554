"""What one export works with: a DuckDB of its own, and what it left out or changed on the way."""

from pathlib import Path
from types import TracebackType

import duckdb

MEMORY_LIMIT = "1200MB"


class Desk:
    """`files` holds a SELECT for each file of the package, with the standard's columns as text."""

    def __init__(self, folder: Path, source: str) -> None:
        self.folder, self.source = folder, source
        self.files: dict[str, str] = {}
        self.left_out: dict[str, int] = {}
        self.changed: dict[str, int] = {}

    def __enter__(self) -> "Desk":
        self.db = duckdb.connect(
            ":memory:",
            config={"memory_limit": MEMORY_LIMIT, "threads": 2, "temp_directory": str(self.folder / "spill")},
        )
        self.db.execute("SET TimeZone = 'UTC'")
        self.db.execute("SET enable_progress_bar = false")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()

    def count(self, sql: str) -> int:
        """How many rows a SELECT has."""
        return int(self.db.execute(f"SELECT count(*) FROM ({sql})").fetchone()[0])  # type: ignore[index]

    def leave_out(self, reason: str, rows: int) -> None:
        if rows:
            self.left_out[reason] = self.left_out.get(reason, 0) + rows

    def change(self, reason: str, rows: int) -> None:
        if rows:
            self.changed[reason] = self.changed.get(reason, 0) + rows
