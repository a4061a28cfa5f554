# ruff: noqa: E501 (SQL reads better in its own lines)
"""What has no table of ours: each record whole, under Ed-Fi's own names, with whom and where it is about."""

from crescendo.imports.bench import text
from crescendo.imports.findings import NOTICE

from .documents import camel
from .handing import Delivery
from .keys import at, joined

EVENT_DAYS = "eventDate|date|incidentDate|disciplineDate|responseDate|administrationDate|actualDate|evaluationDate|ratingDate|dueDate"
OTHER_DAYS = "|beginDate|assignmentDate|hireDate|issuanceDate|effectiveDate"


def kept_row(resource: str) -> str:
    """SQL of kind, source_key and data of a record of `now_X`."""
    kind = camel(resource)[:80]
    return f"""{text(kind)} AS kind, {text(kind)} || ':' || key AS source_key,
        json_merge_patch(doc, json_object('id', uuid))::VARCHAR AS data"""


def hand_over(delivery: Delivery) -> None:
    """Every resource that no subject took. Runs last."""
    rest = sorted(delivery.resources - delivery.taken)
    if not rest:
        return
    _learn_people(delivery)
    _learn_surveys(delivery)
    _find_whom(delivery, rest)
    _place_in_years(delivery)
    delivery.hand_over(
        "kept_records",
        'SELECT file, _row, kind, source_key, data, school_year, student, staff, school, "on" FROM kept_in',
    )
    for resource in rest:
        _retract(delivery, resource)


def _find_whom(delivery: Delivery, rest: list[str]) -> None:
    """`kept_in`: whom each is about, the first student, member of staff and school that any of its references names."""
    kinds = ", ".join(f"({text(resource)}, {text(camel(resource)[:80])})" for resource in rest)
    begins = (
        "CASE WHEN starts_with(resource, 'Student') OR resource = 'StaffLeave' THEN "
        + at("beginDate")
        + " END"
    )
    delivery.db.execute(
        f"""CREATE TABLE named_in AS SELECT file, _row, resource, kind, kind || ':' || key AS source_key, doc, uuid,
                {_named("studentUniqueId")} AS student, {_named("staffUniqueId")} AS staff, {_named("personId")} AS person,
                coalesce({_named("schoolId", quoted=False)}, {_named("educationOrganizationId", quoted=False)}) AS school,
                try_cast({at(EVENT_DAYS + OTHER_DAYS)} AS DATE) AS "on", try_cast({_named("schoolYear", quoted=False)} AS BIGINT) AS
                    named_year,
                try_cast(coalesce({at(EVENT_DAYS)}, {begins}) AS DATE) AS day,
                CASE WHEN starts_with(resource, 'Survey') THEN {joined(_named("surveyIdentifier"), _named("namespace"))} END AS survey
            FROM came JOIN (VALUES {kinds}) k(resource, kind) USING (resource) WHERE rid IN (SELECT rid FROM holding)
              AND (file, _row) NOT IN (SELECT (file, _row) FROM elsewhere)"""
    )
    delivery.db.execute(
        """CREATE TABLE kept_in AS SELECT n.file, n._row, n.kind, n.source_key, json_merge_patch(n.doc, json_object('id',
            n.uuid))::VARCHAR AS data,
            coalesce(s.id, n.student) AS student, coalesce(t.id, n.staff, p.staff) AS staff, n.school, n."on",
            coalesce(n.named_year, y.school_year, school_year_of(n.day)) AS school_year
           FROM named_in n LEFT JOIN spelled_student s ON s.folded = lower(n.student) LEFT JOIN spelled_staff t ON t.folded = lower(n.staff)
           LEFT JOIN (SELECT person, min(staff) AS staff FROM staff_persons GROUP BY 1) p
                ON p.person = lower(n.person) AND n.student IS NULL AND n.resource <> 'Person'
           LEFT JOIN (SELECT key, any_value(school_year) AS school_year FROM survey_years GROUP BY 1) y ON y.key = n.survey"""
    )


def _named(name: str, *, quoted: bool = True) -> str:
    """SQL of the first value of a name anywhere in the record; a number may stand bare."""
    value = '"([^"\\\\]*)"' if quoted else '"?(\\d+)'
    return f"""nullif(regexp_extract(doc, '"{name}":\\s*{value}', 1), '')"""


def _learn_people(delivery: Delivery) -> None:
    """`staff_persons`: evaluations name people by the id of a person, not of a member of staff."""
    delivery.bench.fetch_stored(
        f"""SELECT lower(t.metadata->>'personId'), e.external_id FROM roster_staffmember t JOIN roster_externalid e ON e.object_id = t.id
            WHERE e.entity = 'staff' AND e.source = {text(delivery.bench.source)} AND t.metadata->>'personId' IS NOT NULL""",
        {"person": "VARCHAR", "staff": "VARCHAR"}, "staff_persons",
    )  # fmt: skip
    delivery.db.execute(
        f"""INSERT INTO staff_persons SELECT lower({at("personReference.personId|personId")}), {at("staffUniqueId")}
            FROM {delivery.standing("Staff")} WHERE {at("personReference.personId|personId")} IS NOT NULL"""
    )


def _learn_surveys(delivery: Delivery) -> None:
    delivery.bench.fetch_stored(
        f"SELECT source_key, school_year FROM records_keptrecord WHERE source = {text(delivery.bench.source)} AND kind = 'survey'",
        {"key": "VARCHAR", "school_year": "BIGINT"}, "survey_years",
    )  # fmt: skip
    delivery.db.execute("UPDATE survey_years SET key = regexp_replace(key, '^[^:]*:', '')")
    delivery.db.execute(
        f"""INSERT INTO survey_years SELECT key, try_cast({at("schoolYear|schoolYearTypeReference.schoolYear")} AS BIGINT)
            FROM {delivery.standing("Survey")}"""
    )


def _place_in_years(delivery: Delivery) -> None:
    """A record that names no year stays in the year in which it first came."""
    kinds = [
        row[0]
        for row in delivery.db.execute(
            "SELECT DISTINCT kind FROM kept_in WHERE school_year IS NULL"
        ).fetchall()
    ]
    if not kinds:
        return
    listed = ", ".join(map(text, kinds))
    delivery.bench.fetch_stored(
        f"SELECT source_key, min(school_year) FROM records_keptrecord WHERE source = {text(delivery.bench.source)} AND kind IN ({listed}) GROUP BY 1",
        {"source_key": "VARCHAR", "school_year": "BIGINT"}, "kept_years",
    )  # fmt: skip
    delivery.db.execute(
        f"""UPDATE kept_in SET school_year = coalesce(
            (SELECT any_value(y.school_year) FROM kept_years y WHERE y.source_key = kept_in.source_key),
            school_year_of(DATE '{delivery.bench.on.isoformat()}')) WHERE school_year IS NULL"""
    )


def _retract(delivery: Delivery, resource: str) -> None:
    """Kept records that the source deleted; where it names them by its own id, that id was kept with them."""
    if not delivery.has_deleted(resource):
        return
    kind, stored = camel(resource)[:80], f"stored_kept_{resource}"
    delivery.bench.fetch_stored(
        f"""SELECT source_key, school_year, data::jsonb->>'id' FROM records_keptrecord
            WHERE source = {text(delivery.bench.source)} AND kind = {text(kind)}""",
        {"source_key": "VARCHAR", "school_year": "BIGINT", "uuid": "VARCHAR"}, stored,
    )  # fmt: skip
    same = f"s.source_key = {text(kind)} || ':' || g.key OR (g.key IS NULL AND s.uuid = g.uuid)"
    delivery.hand_over(
        "kept_records",
        f"""SELECT g.file, g._row, s.source_key, s.school_year, true AS _ended, NULL::VARCHAR AS kind, NULL::VARCHAR AS data
            FROM gone_{resource} g JOIN {stored} s ON {same}
            WHERE s.source_key NOT IN (SELECT {text(kind)} || ':' || key FROM now_{resource})""",
    )
    delivery.bench.report(
        f"""SELECT g.file, g._row AS row, 'delete.nothing_here' AS code, 'id' AS "column", NULL AS received FROM gone_{resource} g
            WHERE NOT EXISTS (SELECT 1 FROM {stored} s WHERE {same})""",
        NOTICE, expected="a record that was sent", what_to_do="Nothing of it is here: nothing changes.",
    )  # fmt: skip
