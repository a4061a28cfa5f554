"""Apache Spark: the same SELECTs where the data already live in a cluster, said in Spark's dialect by SQLGlot.

The session of the process is taken, or a local one started. The attendance kernel runs as a grouped map over Arrow, a
range of students at a time (`ranges`). Small inputs stay on the driver: a Spark job costs more than their rows.
"""

from __future__ import annotations

import logging
import os
import sys
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import pyarrow as pa

from .. import making
from ..conforming import SHOWN, check_columns, conform, doubtful, typed
from ..tables import Column, Table, TableSpec
from . import ranges
from .dialect import said_in_spark

if TYPE_CHECKING:
    from ..compose import Parameter

_TYPES = {"text": "STRING", "integer": "BIGINT", "number": "DOUBLE", "flag": "BOOLEAN", "date": "DATE"}

#: Inputs of fewer rows in all are measured on the driver's own tables: there a job would take longer than its rows.
SMALL_ROWS = 100_000

#: Settings that suit few rows, and what they go back to; empty: the session's own.
_SUITED = (
    ("spark.sql.shuffle.partitions", "1", ""),
    ("spark.sql.adaptive.enabled", "false", ""),
    ("spark.sql.codegen.wholeStage", "false", ""),
    ("spark.sql.codegen.factoryMode", "NO_CODEGEN", ""),
)


def local_session(*, memory_limit: str = "2GB", threads: int = 2) -> Any:
    """The session of the process, or a new one on this machine alone.

    Parameters
    ----------
    memory_limit : str
        Memory of the Java side, as DuckDB writes it; Python's workers come on top.
    threads : int
        Cores.
    """
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra

    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    # Workers of this machine run what this process runs, with the libraries it sees.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = (
        SparkSession.builder.master(f"local[{threads}]")
        .appName("edmeasures")
        .config("spark.driver.memory", memory_limit.upper().removesuffix("B").lower())
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", str(threads))
    )
    with warnings.catch_warnings():
        # pyspark says that it does not know the newest pandas; nothing here goes through pandas.
        warnings.simplefilter("ignore")
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    # An error is raised; the same again as JSON on the error stream helps nobody.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    return session


class Spark:
    """An engine (`edmeasures.backends.engine.Engine`) over a Spark session.

    Parameters
    ----------
    session : pyspark.sql.SparkSession, optional
        Yours; else the active one, else a local one.
    memory_limit, threads
        Of a session started here.
    ranges : int
        Into how many ranges students are cut for the attendance kernel. Each must fit into a Python worker.
    small_rows : int
        Inputs of fewer rows in all stay on the driver; 0: everything runs on the executors.

    Notes
    -----
    Names of tables live in a session of their own, beside yours, and end with the evaluation.
    """

    def __init__(
        self,
        session: Any = None,
        *,
        memory_limit: str = "2GB",
        threads: int = 2,
        ranges: int = 32,
        small_rows: int = SMALL_ROWS,
    ) -> None:
        given = session or local_session(memory_limit=memory_limit, threads=threads)
        self._session = given.newSession()
        # Days are days everywhere, and a number that overflows is an error, not another number.
        self._session.conf.set("spark.sql.session.timeZone", "UTC")
        self._session.conf.set("spark.sql.ansi.enabled", "true")
        # Spark 4.3 takes its own plan of a union read several times for invalid after this rule (ks4_pupils).
        excluded = "org.apache.spark.sql.catalyst.optimizer.RemoveRedundantAliases"
        self._session.conf.set("spark.sql.optimizer.excludedRules", excluded)
        self._ranges = ranges
        self._small_rows = small_rows
        self._rows: float = 0
        self._suits: bool | None = None
        self._cached: list[Any] = []
        self._theirs: dict[int, str] = {}
        self._parts: dict[str, list[Any]] = {}
        self._grown: set[str] = set()

    @property
    def is_far(self) -> bool:
        """Each question is a job."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for frame in self._cached:
            frame.unpersist()
        for name in self._theirs.values():
            self._session.catalog.dropGlobalTempView(name)

    @property
    def is_small(self) -> bool:
        """Whether the driver keeps what a SELECT found."""
        return self._rows < self._small_rows

    def frame(self, sql: str) -> Any:
        """The Spark DataFrame of a SELECT written for DuckDB."""
        for name in sorted(self._grown):
            parts = self._parts[name]
            whole = parts[0]
            for part in parts[1:]:
                whole = whole.unionByName(part, allowMissingColumns=True)
            whole.createOrReplaceTempView(name)
        self._grown.clear()
        return self._session.sql(said_in_spark(sql))

    def arrow(self, sql: str) -> pa.Table:
        """The rows of a SELECT, collected on the driver."""
        return self._collected(self.frame(sql))

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a SELECT, collected on the driver."""
        yield from self.arrow(sql).to_batches()

    def materialise(self, name: str, select: str) -> None:
        """Keep the rows of a SELECT under a name: on the driver where inputs are small, else on the executors."""
        self._parts[name] = [self._kept(self.frame(select))]
        self._grown.discard(name)
        self._parts[name][0].createOrReplaceTempView(name)

    def append(self, name: str, select: str) -> None:
        """Add the rows of a SELECT to kept rows, column by column of the same name; a column it leaves out is null."""
        self._parts[name].append(self._kept(self.frame(select)))
        self._grown.add(name)

    def register(self, name: str, table: pa.Table) -> None:
        """Lay an Arrow table beside the others."""
        self._laid(table).createOrReplaceTempView(name)

    def forget(self, name: str) -> None:
        """Take back a table that was declared, so that kept rows may have its name."""
        self._session.catalog.dropTempView(name)

    def declare(self, spec: TableSpec, table: Table | None, id_type: str, where: str = "") -> None:
        """A view with the declared columns and types over what was handed in; empty without it.

        Raises
        ------
        TableError
            When a required column is absent or a column holds another type.
        """
        if table is None:
            columns = ", ".join(f"CAST(NULL AS {_type(c, id_type)}) AS `{c.name}`" for c in spec.columns)
            self._session.sql(f"SELECT {columns} WHERE FALSE").createOrReplaceTempView(spec.name)
            return
        if isinstance(table, pa.Table):
            table = conform(spec, table)
        frame = self._given(table)
        check_columns(spec, frame.columns)
        self._refuse_types(spec, frame)
        given = f"given_{spec.name}"
        frame.createOrReplaceTempView(given)
        columns = ", ".join(_select_column(c, id_type, frame.columns) for c in spec.columns)
        condition = f" WHERE {where}" if where else ""
        self._session.sql(f"SELECT {columns} FROM `{given}`{condition}").createOrReplaceTempView(spec.name)
        self._rows += table.num_rows if isinstance(table, pa.Table) else float("inf")
        self._suit()

    def _suit(self) -> None:
        """Compiling a query takes longer than interpreting it over a few rows, and one partition holds them."""
        if self._suits == self.is_small:
            return
        self._suits = self.is_small
        for name, small, large in _SUITED:
            value = small if self.is_small else large
            self._session.conf.set(name, value) if value else self._session.conf.unset(name)

    def _refuse_types(self, spec: TableSpec, frame: Any) -> None:
        """Stored columns of another type than declared: what cannot be read is refused."""
        stored = dict(frame.dtypes)
        for column in spec.columns:
            wrong = doubtful(column, stored.get(column.name, "void"))
            if wrong:
                found = frame.where(wrong.replace('"', "`")).select(column.name).limit(SHOWN)
                typed(spec.name, column, self._collected(found).column(0))

    def rows_at(self, name: str, condition: str, limit: int) -> list[int]:
        """Rows of a cluster have no place."""
        return []

    def columns(self, table: Table) -> dict[str, str]:
        """Names and SQL types of the columns of a table that was handed in."""
        return {name: kind.upper() for name, kind in self._given(table).dtypes}

    def make(self, block: str, run: making.SourceOfSelects, parameters: Mapping[str, Parameter]) -> None:
        """Keep a table of the attendance kernel: on the driver where inputs are small, else by ranges of students."""
        inputs = {name: self.frame(run.select(name, parameters)) for name in ranges.inputs(block)}
        owned = {name: frame for name, frame in inputs.items() if ranges.is_owned(frame.columns)}
        if self.is_small or not owned:
            self.register(block, making.table(run, block, parameters))
            return
        around = {name: self._collected(inputs[name]) for name in inputs.keys() - owned.keys()}
        job = ranges.Job(block, dict(parameters), around, run.n_days, run.keeps_registers)
        empty = {name: self._collected(frame.limit(0)) for name, frame in owned.items()}
        made = ranges.spread(owned, self._ranges).applyInArrow(
            job.function(empty), ranges.spark_schema(job.schema(empty))
        )
        self._parts[block] = [self._cache(made)]
        self._parts[block][0].createOrReplaceTempView(block)

    def _given(self, table: Any) -> Any:
        """A DataFrame of Arrow rows, of Parquet files, or as it came."""
        if isinstance(table, pa.Table):
            return self._laid(table)
        if hasattr(table, "createOrReplaceTempView"):
            return self._brought(table)
        paths = [table] if isinstance(table, str | Path) else list(table)
        return self._session.read.option("mergeSchema", "true").parquet(*(str(p) for p in paths))

    def _brought(self, frame: Any) -> Any:
        """A DataFrame of the caller's session, in this one."""
        if id(frame) not in self._theirs:
            name = f"edmeasures_{uuid.uuid4().hex}"
            frame.createOrReplaceGlobalTempView(name)
            self._theirs[id(frame)] = name
        return self._session.table(f"global_temp.{self._theirs[id(frame)]}")

    def _laid(self, table: pa.Table) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in local_session
            # Spark stops reading at an empty chunk: in one piece no rows are lost behind it.
            return self._session.createDataFrame(_plain(table).combine_chunks())

    def _collected(self, frame: Any) -> pa.Table:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in local_session
            return cast("pa.Table", frame.toArrow())

    def _kept(self, frame: Any) -> Any:
        return self._laid(self._collected(frame)) if self.is_small else self._cache(frame)

    def _cache(self, frame: Any) -> Any:
        kept = frame.persist()
        kept.count()
        self._cached.append(kept)
        return kept


def _type(column: Column, id_type: str) -> str:
    if column.type == "id":
        return "STRING" if id_type == "VARCHAR" else id_type
    return _TYPES[column.type]


def _select_column(column: Column, id_type: str, present: Sequence[str]) -> str:
    value = f"`{column.name}`" if column.name in present else "NULL"
    return f"CAST({value} AS {_type(column, id_type)}) AS `{column.name}`"


def _plain(table: pa.Table) -> pa.Table:
    """Without the kinds of Arrow columns that Spark does not know."""
    fields = []
    for field in table.schema:
        kind = field.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            kind = pa.string()
        if pa.types.is_unsigned_integer(kind):
            kind = pa.int64()
        fields.append(pa.field(field.name, kind))
    return table.cast(pa.schema(fields)) if fields else table
