"""One evaluation in DuckDB: tables in, building blocks kept once, student rows out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

import pyarrow as pa

from . import compose, making
from .backends.engine import Engine, open_engine
from .checks import check_tables
from .compose import Parameter, written
from .indicator import Indicator
from .rulepacks import US_FEDERAL, RulePack
from .rulepacks.binding import bindings, rows_of
from .scopes import Scopes, build_scopes
from .tables import TABLES, Table, TableError

#: Parts of a day in which missed shares are counted. Divides by every number of periods from 1 to 16, by the minutes of
#: any school day up to eight hours that is a multiple of ten minutes, and by 100: sums of shares are exact.
DAY_UNITS = 3_603_600

#: Facts whose silence at a school means "not received", and the column that dates them.
SOURCES = {
    "attendance_submissions": "on",
    "attendance_events": "on",
    "attendance_marks": "on",
    "assessment_results": "on",
    "coursework_results": None,
    "participation_checks": "on",
    "activity_events": "on",
    "behaviour_incidents": "on",
    "course_outcomes": "on",
    "removals": "on",
    "platform_activity": "on",
    "survey_invitations": "on",
    "standard_results": "on",
    "growth_percentiles": None,
    "growth_targets": None,
    "level_changes": None,
    "exam_results": None,
    "item_responses": "on",
    "programme_needs": "on",
    "programme_places": None,
    "programme_sessions": "on",
}

#: Tables that an evaluation reads itself, whatever is asked for.
_ALWAYS = frozenset(
    (
        "organisations",
        "enrolments",
        "calendar_days",
        "student_characteristics",
        "sources_received",
        "assessment_norms",
    )
)

_ARROW = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64()}


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator under a rule pack, numbered for the run."""

    number: int
    indicator: Indicator
    pack: RulePack


Fingerprint: TypeAlias = tuple[tuple[str, object], ...]


@dataclass(slots=True)
class Run:
    """The state of one evaluation: an open DuckDB, the day, and which blocks stand under which parameters."""

    duck: Engine
    school_year: int
    as_of: date
    scopes: Scopes = field(default_factory=lambda: Scopes((), (), {}))
    base: dict[str, Parameter] = field(default_factory=dict)
    kept: dict[str, Fingerprint] = field(default_factory=dict)
    made: dict[str, tuple[Fingerprint, Any]] = field(default_factory=dict)
    laid: dict[str, tuple[tuple[object, ...], ...]] = field(default_factory=dict)
    n_days: int = 1
    keeps_registers: bool = False
    id_type: str = "BIGINT"
    students: tuple[int, int] | tuple[str, str] | None = None
    declared: set[str] = field(default_factory=set)
    pack: RulePack = US_FEDERAL

    def open(
        self, tables: Mapping[str, Table], packs: Sequence[RulePack], names: Iterable[str] = TABLES
    ) -> None:
        """Declare the tables of these names, check those that are given, and lay the days beside them."""
        self.declare(tables, names)
        given = {name: table for name, table in tables.items() if table is not None}
        if self.duck.is_far and all(isinstance(table, pa.Table) for table in given.values()):
            with open_engine("duckdb", memory_limit="1GB", threads=1) as near:
                Run(near, self.school_year, self.as_of, students=self.students).declare(given, given)
                check_tables(near, given, packs, self.school_year)
        else:
            check_tables(self.duck, given, packs, self.school_year)
        self._lay_days()

    def declare(self, tables: Mapping[str, Table], names: Iterable[str] = TABLES) -> None:
        """Lay the tables of these names, of the school year and the students of the run alone."""
        unknown = set(tables) - set(TABLES)
        if unknown:
            raise TableError(
                f"No table is called {sorted(unknown)[0]!r}. There are: {', '.join(sorted(TABLES))}."
            )
        given = {name: table for name, table in tables.items() if table is not None}
        self.id_type = self._id_type(given)
        self.keeps_registers = "attendance_marks" in given
        for name in names:
            if name not in given and name not in _ALWAYS:
                continue  # a SELECT that reads it finds it empty (`keep`); most are never asked for
            self.declared.add(name)
            spec = TABLES[name]
            columns = {c.name for c in spec.columns}
            conditions = [f"school_year = {int(self.school_year)}"] if "school_year" in columns else []
            if self.students and "student_id" in columns:
                conditions.append("student_id BETWEEN {} AND {}".format(*map(written, self.students)))
            self.duck.declare(spec, given.get(name), self.id_type, " AND ".join(conditions))

    def lay_organisations(self, given: Mapping[str, Table]) -> None:
        """The scopes, and what students are compared with."""
        self._lay_scopes(self.id_type)
        self._lay_references({name: table for name, table in given.items() if table is not None})

    def _id_type(self, tables: Mapping[str, Table]) -> str:
        """Whole numbers only when every id of every table is one; else ids are text."""
        for name, table in tables.items():
            ids = {c.name for c in TABLES[name].columns if c.type == "id"}
            if isinstance(table, pa.Table):
                types = [f.type for f in table.schema if f.name in ids]
                is_text = any(not pa.types.is_integer(t) and not pa.types.is_null(t) for t in types)
            else:
                named = self.duck.columns(table)
                is_text = any("INT" not in t and t != '"NULL"' for c, t in named.items() if c in ids)
            if is_text:
                return "VARCHAR"
        return "BIGINT"

    def _lay_days(self) -> None:
        row = self.duck.arrow(
            'SELECT MIN("on") AS first_on, MAX("on") FILTER (WHERE is_instructional) AS last_on FROM calendar_days'
        ).to_pylist()[0]
        first_on, last_on = row["first_on"] or self.as_of, row["last_on"]
        before = first_on - timedelta(days=1)
        self.n_days = max((self.as_of - before).days, 0) + 1
        days = [before + timedelta(days=i) for i in range(self.n_days)]
        self.duck.register("days", pa.table({"on": pa.array(days)}))
        self.base = {
            "as_of": self.as_of,
            "first_on": first_on,
            "before_first_on": before,
            "day_units": DAY_UNITS,
            "half_day_units": DAY_UNITS // 2,
            "year_is_over": last_on is not None and self.as_of >= last_on,
            "school_year": self.school_year,
        }

    def _lay_scopes(self, id_type: str) -> None:
        rows = self.duck.arrow("SELECT organisation_id, kind, parent_id FROM organisations").to_pylist()
        schools = (
            self.duck.arrow("SELECT school_id FROM enrolments UNION SELECT school_id FROM calendar_days")
            .column(0)
            .to_pylist()
        )
        self.scopes = build_scopes(((r["organisation_id"], r["kind"], r["parent_id"]) for r in rows), schools)
        kind = pa.string() if id_type == "VARCHAR" else pa.int64()
        for name, column, pairs in (
            ("scope_schools", "school_id", self.scopes.schools),
            ("scope_organisations", "organisation_id", self.scopes.organisations),
        ):
            table = pa.table(
                {
                    "scope_id": pa.array([scope for scope, _ in pairs], pa.int32()),
                    column: pa.array([member for _, member in pairs], kind),
                }
            )
            self.duck.register(name, table)

    def _lay_references(self, given: Mapping[str, Table]) -> None:
        if "sources_received" not in given:
            selects = [
                "SELECT school_id, '' AS source, CAST(0 AS BIGINT) AS n_rows, CAST(NULL AS DATE) AS last_on "
                "FROM enrolments WHERE FALSE"
            ]
            for source, dated in SOURCES.items():
                if source not in given:
                    continue
                last = f'MAX("{dated}")' if dated else "CAST(NULL AS DATE)"
                where = f" WHERE \"{dated}\" <= DATE '{self.as_of.isoformat()}'" if dated else ""
                selects.append(
                    f"SELECT school_id, '{source}' AS source, COUNT(*) AS n_rows, {last} AS last_on "
                    f'FROM "{source}"{where} GROUP BY school_id'
                )
            self.duck.forget("sources_received")
            self.duck.materialise("sources_received", " UNION ALL ".join(selects))
        if "assessment_norms" not in given:
            self.duck.forget("assessment_norms")

    def lay_norms(self, parameters: Mapping[str, Parameter], given: Mapping[str, Table]) -> None:
        """Compute the norms of the assessments, unless they were handed in."""
        if "assessment_norms" not in given and "assessment_norms" not in self.kept:
            self.duck.materialise("assessment_norms", self.select("assessment_norms_computed", parameters))
            self.kept["assessment_norms"] = ()

    def parameters(self, pack: RulePack, indicator: Indicator | None = None) -> dict[str, Parameter]:
        """What a SELECT may ask for: the run's days and the pack's rules."""
        return self.base | bindings(pack, indicator)

    def lay_pack(self, pack: RulePack) -> None:
        """From now on this pack says what stands in the tables of `compose.OF_PACK`; each is laid when it is first read."""
        self.pack = pack

    def _lay_rows(self, name: str) -> None:
        columns, rows = rows_of(self.pack)[name]
        if self.laid.get(name) == rows:
            return
        self.laid[name] = rows
        arrays = {
            column: pa.array([row[i] for row in rows], _ARROW[kind])
            for i, (column, kind) in enumerate(columns.items())
        }
        self.duck.register(name, pa.table(arrays))

    def select(self, name: str, parameters: Mapping[str, Parameter]) -> str:
        """A SELECT to run now: what it reads is kept."""
        for read in compose.reads(name):
            self.keep(read, parameters)
        return compose.bind(compose.STATEMENTS[name], parameters)

    def rows(self, name: str, parameters: Mapping[str, Parameter]) -> pa.Table:
        """The rows of a SELECT."""
        return self.duck.arrow(self.select(name, parameters))

    def batches(self, name: str, parameters: Mapping[str, Parameter]) -> Iterator[pa.RecordBatch]:
        """The rows of a SELECT, some at a time."""
        return self.duck.batches(self.select(name, parameters))

    def found(self, name: str, parameters: Mapping[str, Parameter]) -> Any:
        """What the kernel found under these parameters, made once."""
        fingerprint = self._fingerprint(name, parameters)
        if name not in self.made or self.made[name][0] != fingerprint:
            self.made[name] = fingerprint, making.MAKERS[name](self, parameters)
        return self.made[name][1]

    def keep(self, block: str, parameters: Mapping[str, Parameter]) -> None:
        """Keep the rows of a building block, made once for its parameters. A fact table stands already."""
        if block in compose.OF_PACK:
            self._lay_rows(block)
            return
        if block not in compose.STATEMENTS and block not in compose.MADE:
            if block in TABLES and block not in self.declared:
                self.declared.add(block)
                self.duck.declare(TABLES[block], None, self.id_type)
            return
        fingerprint = self._fingerprint(block, parameters)
        if self.kept.get(block) == fingerprint:
            return
        if block in compose.MADE:
            self.duck.make(block, self, parameters)
        else:
            self.duck.materialise(block, self.select(block, parameters))
        self.kept[block] = fingerprint

    def _fingerprint(self, block: str, parameters: Mapping[str, Parameter]) -> Fingerprint:
        return tuple(
            (name, self._said(name) if name in compose.OF_PACK else parameters[name])
            for name in compose.depends(block)
        )

    def _said(self, name: str) -> object:
        """The rows of a pack; the codes of registers nobody keeps change nothing."""
        return () if name == "register_codes" and not self.keeps_registers else rows_of(self.pack)[name][1]
