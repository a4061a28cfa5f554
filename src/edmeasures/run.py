"""One evaluation in DuckDB: tables in, building blocks kept once, student rows out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from . import compose
from .backends.duckdb import Duck
from .checks import check_tables
from .compose import Parameter
from .indicator import Indicator
from .methods.streaks import streaks
from .rulepacks import RulePack
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
}


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator under a rule pack, numbered for the run."""

    number: int
    indicator: Indicator
    pack: RulePack


@dataclass(slots=True)
class Run:
    """The state of one evaluation: an open DuckDB, the day, and which blocks stand under which parameters."""

    duck: Duck
    school_year: int
    as_of: date
    scopes: Scopes = field(default_factory=lambda: Scopes((), (), {}))
    base: dict[str, Parameter] = field(default_factory=dict)
    kept: dict[str, tuple[tuple[str, Parameter], ...]] = field(default_factory=dict)

    def open(self, tables: Mapping[str, Table], packs: Sequence[RulePack]) -> None:
        """Declare the tables, check them, and lay days, scopes and references beside them."""
        unknown = set(tables) - set(TABLES)
        if unknown:
            raise TableError(
                f"No table is called {sorted(unknown)[0]!r}. There are: {', '.join(sorted(TABLES))}."
            )
        given = {name: table for name, table in tables.items() if table is not None}
        id_type = self._id_type(given)
        for name, spec in TABLES.items():
            has_year = any(c.name == "school_year" for c in spec.columns)
            where = f"school_year = {int(self.school_year)}" if has_year else ""
            self.duck.declare(spec, given.get(name), id_type, where)
        check_tables(self.duck, given, packs)
        self._lay_days()
        self._lay_scopes(id_type)
        self._lay_references(given)

    def _id_type(self, tables: Mapping[str, Table]) -> str:
        """Whole numbers only when every id of every table is one; else ids are text."""
        for name, table in tables.items():
            types = self.duck.columns(table)
            ids = [c.name for c in TABLES[name].columns if c.type == "id" and c.name in types]
            if any("INT" not in types[c] and types[c] != '"NULL"' for c in ids):
                return "VARCHAR"
        return "BIGINT"

    def _lay_days(self) -> None:
        row = self.duck.arrow(
            'SELECT MIN("on") AS first_on, MAX("on") AS last_on FROM calendar_days'
        ).to_pylist()[0]
        first_on = row["first_on"] or self.as_of
        last = self.duck.arrow(
            'SELECT MAX("on") AS last_on FROM calendar_days WHERE is_instructional'
        ).to_pylist()[0]
        before = first_on - timedelta(days=1)
        n = max((self.as_of - before).days, 0) + 1
        self.duck.register("days", pa.table({"on": pa.array([before + timedelta(days=i) for i in range(n)])}))
        self.base = {
            "as_of": self.as_of,
            "first_on": first_on,
            "before_first_on": before,
            "day_units": DAY_UNITS,
            "half_day_units": DAY_UNITS // 2,
            "year_is_over": last["last_on"] is not None and self.as_of >= last["last_on"],
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
            selects = []
            for source, dated in SOURCES.items():
                last = f'MAX("{dated}")' if dated else "CAST(NULL AS DATE)"
                where = f" WHERE \"{dated}\" <= DATE '{self.as_of.isoformat()}'" if dated else ""
                selects.append(
                    f"SELECT school_id, '{source}' AS source, COUNT(*) AS n_rows, {last} AS last_on "
                    f'FROM "{source}"{where} GROUP BY school_id'
                )
            self.duck.execute("DROP VIEW IF EXISTS sources_received")
            self.duck.materialise("sources_received", " UNION ALL ".join(selects))
        if "assessment_norms" not in given:
            self.duck.execute("DROP VIEW IF EXISTS assessment_norms")

    def lay_norms(self, parameters: Mapping[str, Parameter], given: Mapping[str, Table]) -> None:
        """Compute the norms of the assessments, unless they were handed in."""
        if "assessment_norms" not in given and "assessment_norms" not in self.kept:
            self.keep_blocks("assessment_norms_computed", parameters)
            select = compose.bind(compose.STATEMENTS["assessment_norms_computed"], parameters)
            self.duck.materialise("assessment_norms", select)
            self.kept["assessment_norms"] = ()

    def parameters(self, pack: RulePack, indicator: Indicator | None = None) -> dict[str, Parameter]:
        """What a SELECT may ask for: the run's days and the pack's rules."""
        threshold = pack.severe if indicator and "severe" in indicator.parameters else pack.chronic
        return self.base | {
            "assume_recorded": pack.days_without_submission == "recorded",
            "absence_categories": pack.absence_categories,
            "counting": pack.counting,
            "minimum_days": pack.minimum_days,
            "threshold_part": threshold.part,
            "threshold_whole": threshold.whole,
            "threshold_owns_boundary": threshold.boundary == "at_or_above",
            "streak_days": pack.streak_days,
            "mobility_grace_days": pack.mobility_grace_days,
            "on_track_grades": pack.on_track_grades,
            "credits_needed": pack.credits_needed,
            "core_failures_allowed": pack.core_failures_allowed,
        }

    def lay_pack(self, pack: RulePack) -> None:
        """The pack's register codes."""
        codes = pack.register_codes
        self.duck.register(
            "register_codes",
            pa.table(
                {
                    "code": pa.array([c.code for c in codes], pa.string()),
                    "kind": pa.array([c.kind for c in codes], pa.string()),
                }
            ),
        )

    def keep_blocks(self, name: str, parameters: Mapping[str, Parameter]) -> None:
        """Keep the rows of every building block a SELECT reads, each made once for its parameters."""
        for block in compose.order(name):
            self._keep(block, parameters)
        if "streaks" in compose.STATEMENTS[name].reads:
            self._lay_streaks(parameters)

    def keep(self, names: Sequence[str], parameters: Mapping[str, Parameter]) -> None:
        """Keep the rows of these SELECTs, and of what they read."""
        for name in names:
            self.keep_blocks(name, parameters)
            self._keep(name, parameters)

    def _keep(self, block: str, parameters: Mapping[str, Parameter]) -> None:
        fingerprint = self._fingerprint(block, parameters)
        if self.kept.get(block) != fingerprint:
            self.duck.materialise(block, compose.bind(compose.STATEMENTS[block], parameters))
            self.kept[block] = fingerprint

    def _fingerprint(
        self, block: str, parameters: Mapping[str, Parameter]
    ) -> tuple[tuple[str, Parameter], ...]:
        blocks = (*compose.order(block), block)
        names = {p for b in blocks for p in compose.STATEMENTS[b].parameters}
        found = [(n, parameters[n]) for n in sorted(names)]
        if "register_sessions" in blocks:
            codes = self.duck.arrow("SELECT code, kind FROM register_codes ORDER BY code").to_pylist()
            found.append(("register_codes", str(codes)))
        return tuple(found)

    def _lay_streaks(self, parameters: Mapping[str, Parameter]) -> None:
        self.keep_blocks("absences", parameters)
        days = self.duck.arrow(
            "SELECT s.membership_id, d.recorded_rank FROM absent_days AS d JOIN spells AS s ON s.spell_id = d.spell_id "
            f"WHERE 2 * d.absent_units > {DAY_UNITS}"
        )
        found = streaks(
            days.column("membership_id").to_numpy().astype(np.int64),
            days.column("recorded_rank").to_numpy().astype(np.int64),
        )
        self.duck.register("streaks", pa.table({"membership_id": found.owner, "longest": found.longest}))
