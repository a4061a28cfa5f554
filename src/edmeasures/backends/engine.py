"""What an evaluation asks of the engine that runs its SELECTs: DuckDB in-process, or Spark where the data already are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self, TypeAlias

import pyarrow as pa

from ..tables import Table, TableSpec

if TYPE_CHECKING:
    from ..compose import Parameter
    from ..making import SourceOfSelects

#: How a caller names an engine: by word, or an open one of their own.
Backend: TypeAlias = "Literal['duckdb', 'spark'] | Engine"


class Engine(Protocol):
    """Tables by name, and the rows of SELECTs over them. A SELECT is written in the catalogue's subset of DuckDB SQL."""

    @property
    def is_far(self) -> bool:
        """Whether a question costs more than its rows: what lies in memory is then checked here, by DuckDB."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def arrow(self, sql: str) -> pa.Table:
        """The rows of a SELECT."""
        ...

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a SELECT, some at a time."""
        ...

    def materialise(self, name: str, select: str) -> None:
        """Keep the rows of a SELECT under a name, in place of what had it before."""
        ...

    def append(self, name: str, select: str) -> None:
        """Add the rows of a SELECT to kept rows, column by column of the same name; a column it leaves out is null."""
        ...

    def register(self, name: str, table: pa.Table) -> None:
        """Lay an Arrow table beside the others."""
        ...

    def forget(self, name: str) -> None:
        """Take back a table that was declared, so that kept rows may have its name."""
        ...

    def declare(self, spec: TableSpec, table: Table | None, id_type: str, where: str = "") -> None:
        """A table with the declared columns and types over what was handed in; empty without it."""
        ...

    def columns(self, table: Table) -> dict[str, str]:
        """Names and SQL types of the columns of a table that was handed in."""
        ...

    def rows_at(self, name: str, condition: str, limit: int) -> list[int]:
        """Where rows of a declared table stand in what was handed in, from 1; empty where rows have no place."""
        ...

    def make(self, block: str, run: SourceOfSelects, parameters: Mapping[str, Parameter]) -> None:
        """Keep a table of the attendance kernel (compose.MADE)."""
        ...


def open_engine(backend: Backend, *, memory_limit: str, threads: int) -> Engine:
    """The engine of this name, opened; an engine is taken as it is.

    Raises
    ------
    ValueError
        For a name that no engine has.
    """
    if not isinstance(backend, str):
        return backend
    if backend == "duckdb":
        from .duckdb import Duck  # noqa: PLC0415 - most of a second of import

        return Duck(memory_limit=memory_limit, threads=threads)
    if backend == "spark":
        from .spark import Spark  # noqa: PLC0415 - Java starts with it

        return Spark(memory_limit=memory_limit, threads=threads)
    raise ValueError(f"No backend is called {backend!r}. There are: duckdb, spark.")
