# ruff: noqa: E501 (SQL reads better in its own lines)
"""Between the records as they hold and the pipeline: spelling of ids, dates, school years, and one hand-over for each file."""

from datetime import date
from itertools import count

from crescendo.imports.bench import Workbench, text
from crescendo.imports.findings import ERROR, ROW
from crescendo.imports.targets import get_target

from .keys import at, joined

PEOPLE = {"Student": "student", "Staff": "staff", "Contact": "family", "Parent": "family"}
UNIQUE_ID = {
    "Student": "studentUniqueId",
    "Staff": "staffUniqueId",
    "Contact": "contactUniqueId",
    "Parent": "parentUniqueId",
}
RENAMED = PEOPLE | {
    "School": "org", "LocalEducationAgency": "org", "Session": "session", "GradingPeriod": "session", "Calendar": "calendar",
    "Course": "course", "Section": "class", "StudentSchoolAssociation": "school_enrolment", "GradebookEntry": "line_item",
    "StudentSectionAssociation": "enrollment", "StaffSectionAssociation": "class_staff",
    "StaffEducationOrganizationAssignmentAssociation": "post",
}  # fmt: skip
_number = count()


class Delivery:
    """The resources of this delivery and what the SQL of every subject shares."""

    def __init__(self, bench: Workbench, resources: set[str]) -> None:
        self.bench, self.db, self.resources = bench, bench.db, resources
        window = bench.options.get("edfi_window", {})
        # The whole truth of the source: what is missing has left. A site says so of its files, and a whole reading of an API is.
        self.is_complete = bool(bench.settings.get("complete")) or (
            bool(window.get("everything")) and window["after"] is None
        )
        self.taken: set[str] = set()  # resources that a subject handed over; the others are kept as records
        begins = str(bench.settings.get("school_year_begins", "07-01"))
        self.db.execute(
            f"CREATE MACRO school_year_of(d) AS CASE WHEN strftime(d, '%m-%d') >= {text(begins)} THEN year(d) + 1 ELSE year(d) END"
        )
        self.db.execute(
            "CREATE TABLE elsewhere (file VARCHAR, _row BIGINT)"
        )  # records that are not kept besides
        self._learn_spellings()
        self._rename()

    def has(self, *resources: str) -> bool:
        return any(one in self.resources for one in resources)

    def standing(self, resource: str) -> str:
        """The records of a resource as they hold; an empty relation where none came."""
        if resource in self.resources:
            return f"now_{resource}"
        self.db.execute(
            """CREATE TABLE IF NOT EXISTS now_nothing (file VARCHAR, _row BIGINT, key VARCHAR, uuid VARCHAR, ref_id VARCHAR, doc VARCHAR)"""
        )
        return "now_nothing"

    def _learn_spellings(self) -> None:
        """Ids of people as their own record, or our store, writes them: references may differ in letter case."""
        for resource, entity in PEOPLE.items():
            if resource == "Parent":
                continue
            self.db.execute(
                f"CREATE TABLE spelled_{entity} AS SELECT lower(external_id) AS folded, external_id AS id FROM {self.bench.known_ids(entity)}"
            )
        for resource, entity in PEOPLE.items():
            if resource in self.resources:
                self.db.execute(
                    f"""INSERT INTO spelled_{entity} SELECT key, {at(UNIQUE_ID[resource])} FROM now_{resource}
                        WHERE key NOT IN (SELECT folded FROM spelled_{entity})"""
                )

    def _rename(self) -> None:
        """A renamed key stays the same thing where we know things by their ids. A fact under its old key is taken back:
        it comes again under the new one."""
        for resource, old, new in self.db.execute(
            "SELECT resource, old_key, key FROM came WHERE operation = 'key' AND old_key IS NOT NULL AND key IS NOT NULL ORDER BY place, rid"
        ).fetchall():
            if entity := RENAMED.get(resource):
                found = self.db.execute(
                    f"SELECT external_id FROM {self.bench.known_ids(entity)} WHERE lower(external_id) = ?",
                    [old],
                ).fetchall()
                spelled = PEOPLE.get(resource) and self.db.execute(
                    f"SELECT min(id) FROM spelled_{entity} WHERE folded = ?", [new]
                ).fetchall()[0][0]  # fmt: skip
                for (stored,) in found:
                    self.bench.rename(entity, stored, spelled or new)
        listed = ", ".join(map(text, RENAMED))
        self.db.execute(
            f"""INSERT INTO gone SELECT resource, file, _row, old_key, NULL FROM came
                WHERE operation = 'key' AND old_key IS NOT NULL AND resource NOT IN ({listed})"""
        )

    def person(self, entity: str, value: str) -> str:
        """SQL of a person's id as it is spelled where the person is defined."""
        return f"coalesce((SELECT min(id) FROM spelled_{entity} WHERE folded = lower({value})), {value})"

    def student(self, path: str = "studentReference.studentUniqueId") -> str:
        return self.person("student", at(path))

    # -- handing over ----------------------------------------------------------------------------------------------

    def check_days(self, relation: str, *columns: str, required: bool = True, past: bool = False) -> None:
        """Set rows aside whose day is no day, or (for what has happened) has not come. Columns are texts of the relation."""
        for column in columns:
            value = f"try_cast({column} AS DATE)"
            wrong = f"({column} IS NOT NULL AND ({value} IS NULL OR {value} < DATE '1900-01-01'))"
            self.bench.set_aside(
                f"""SELECT file, _row AS row, 'row.bad_date' AS code, {text(column)} AS "column", {column} AS received
                    FROM {relation} WHERE {wrong}""",
                expected="a date such as 2026-01-31", what_to_do="Correct the date in the source.",
            )  # fmt: skip
            if required:
                self.bench.report(
                    f"""SELECT file, _row AS row, 'row.field_required' AS code, {text(column)} AS "column", NULL AS received
                        FROM {relation} WHERE {column} IS NULL""",
                    ERROR if self.bench.strict else ROW, expected="a date", what_to_do="Fill in the date in the source.",
                )  # fmt: skip
            if past:
                self.bench.set_aside(
                    f"""SELECT file, _row AS row, 'fact.in_the_future' AS code, {text(column)} AS "column", {column} AS received
                        FROM {relation} WHERE {value} > DATE '{self.bench.on.isoformat()}'""",
                    expected="a day that has come", what_to_do="It is not counted. It comes in once the day has passed.",
                )  # fmt: skip

    def hand_over(
        self,
        target: str,
        sql: str,
        *,
        update_only: bool = False,
        mode: str = "changes",
        complete: bool = False,
    ) -> None:
        """Hand over rows (with their `file`) for each file they came from.

        `complete`: these are all the facts of their years, where the delivery is the whole truth of the source.
        """
        if self.is_complete and not update_only and (complete or get_target(target).entity):
            mode = "full"
        relation = f"out_{next(_number)}"
        self.db.execute(f"CREATE TABLE {relation} AS {sql}")
        for (file,) in self.db.execute(f"SELECT DISTINCT file FROM {relation} ORDER BY 1").fetchall():
            self.bench.hand_over(
                target, f"SELECT * EXCLUDE (file) FROM {relation} WHERE file = {text(file)}", file=file,
                update_only=update_only, mode=mode,
            )  # fmt: skip

    def end(self, resource: str, target: str, external_id: str = "key") -> None:
        """What the source deleted ends here. A deletion that names only the host's own id is found by what we kept of it."""
        if not self.has_deleted(resource):
            return
        goal = get_target(target)
        stored = f"stored_{resource}"
        self.bench.fetch_stored(
            f"""SELECT e.external_id, t.metadata->>'id' FROM {goal.table} t JOIN roster_externalid e ON e.object_id = t.id
                WHERE e.entity = {text(goal.entity)} AND e.source = {text(self.bench.source)}""",
            {"id": "VARCHAR", "uuid": "VARCHAR"}, stored,
        )  # fmt: skip
        needed = [f'NULL::{c.type} AS "{c.name}"' for c in goal.columns.values() if c.required]
        self.hand_over(
            target,
            f"""SELECT g.file, g._row, s.id AS external_id, true AS _ended, {", ".join(needed)}
                FROM gone_{resource} g JOIN {stored} s ON lower(s.id) = {external_id} OR (g.key IS NULL AND s.uuid = g.uuid)
                WHERE lower(s.id) NOT IN (SELECT key FROM now_{resource})""",
        )
        self._report_unknown_deletions(
            resource, f"lower(s.id) = {external_id} OR (g.key IS NULL AND s.uuid = g.uuid)", stored
        )

    def _report_unknown_deletions(self, resource: str, join: str, stored: str) -> None:
        self.bench.report(
            f"""SELECT g.file, g._row AS row, 'delete.nothing_here' AS code, 'id' AS "column", NULL AS received
                FROM gone_{resource} g WHERE g.key IS NULL AND NOT EXISTS (SELECT 1 FROM {stored} s WHERE {join})""",
            "notice", expected="the id of a record that was sent", what_to_do="Nothing of it is here: nothing changes.",
        )  # fmt: skip

    def retract(self, resource: str, target: str) -> None:
        """Facts that the source deleted are taken back, with all that was made of the same record (`key#part`).

        A host that names its deletions by its own ids alone cannot be understood here: such a deletion is set aside.
        """
        if not self.has_deleted(resource):
            return
        goal = get_target(target)
        stored = f"stored_{resource}_{goal.name}"
        self.bench.fetch_stored(
            f"SELECT source_key, school_year FROM {goal.table} WHERE source = {text(self.bench.source)}",
            {"source_key": "VARCHAR", "school_year": "BIGINT"}, stored,
        )  # fmt: skip
        needed = [
            f'NULL::{c.type} AS "{c.name}"' for c in goal.columns.values()
            if c.required and c.name not in {"source_key", "school_year"}
        ]  # fmt: skip
        needed += (
            ["NULL::VARCHAR AS school"]
            if "school" in goal.columns and not goal.columns["school"].required
            else []
        )
        self.hand_over(
            target,
            f"""SELECT g.file, g._row, s.source_key, s.school_year, true AS _ended, {", ".join(needed)} FROM gone_{resource} g
                JOIN {stored} s ON s.source_key = g.key OR starts_with(s.source_key, g.key || '#')
                WHERE g.key NOT IN (SELECT key FROM now_{resource})""",
        )
        self.bench.report(
            f"""SELECT file, _row AS row, 'delete.cannot_be_found' AS code, 'id' AS "column", NULL AS received
                FROM gone_{resource} WHERE key IS NULL""",
            ROW, expected="the natural key of what was deleted (ODS/API 6 and later)",
            what_to_do="This host names it by its own id alone. Fetch everything once (crescendo import edfi-api --everything).",
        )  # fmt: skip

    def has_deleted(self, resource: str) -> bool:
        return bool(self.db.execute("SELECT 1 FROM gone WHERE resource = ? LIMIT 1", [resource]).fetchall())

    def day(self, path: str) -> str:
        return f"try_cast({at(path)} AS DATE)"


def limited(value: str, length: int = 255) -> str:
    """SQL of a text cut to what our column holds, empty instead of missing."""
    return f"left(coalesce({value}, ''), {length})"


def metadata(*paths: str) -> str:
    """SQL of the parts of a record that we keep beside our columns: the host's own id, and these."""
    named = ", ".join(f"'{path.rpartition('.')[2].partition('|')[0]}', {at(path)}" for path in paths)
    return f"json_merge_patch('{{}}', json_object('id', uuid{', ' + named if named else ''}))::VARCHAR AS metadata"


def section_key(reference: str = "sectionReference", document: str = "doc") -> str:
    names = ("schoolId", "schoolYear", "sessionName", "localCourseCode", "sectionIdentifier")
    return joined(*(at(f"{reference}.{name}", document) for name in names))


def session_key(reference: str = "sessionReference", document: str = "doc") -> str:
    return joined(
        *(at(f"{reference}.{name}", document) for name in ("schoolId", "schoolYear", "sessionName"))
    )


def iso(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
