"""A student's part in an incident, with the day and school of the incident. Victims and witnesses are no offenders."""

from crescendo.imports.bench import text
from crescendo.imports.findings import ROW

from .codes import report_foreign, report_unmapped
from .handing import Delivery
from .keys import at, items
from .resolving import referred

RESOURCE = "StudentDisciplineIncidentBehaviorAssociation"


def hand_over(delivery: Delivery) -> None:
    if not delivery.has(RESOURCE):
        return
    bench, db = delivery.bench, delivery.db
    _learn_incidents(delivery)
    part = f"""coalesce((SELECT min(mapped('offender', json_extract_string(p, '$'))) FROM
        (SELECT unnest({items("disciplineIncidentParticipationCodes", "disciplineIncidentParticipationCode")}) AS p)), 'true')"""
    db.execute(
        f"""CREATE TABLE offences AS SELECT s.*, {delivery.student()} AS student, {at("behavior")} AS behaviour, {part} = 'true' AS
            is_offender,
            i.day, i.school FROM now_{RESOURCE} s
            LEFT JOIN incidents i ON i.key =
                {referred("DisciplineIncident", "disciplineIncidentReference", "incidentIdentifier", "schoolId")}"""
    )
    report_unmapped(bench, "offences", "severity", "behaviour", column="behaviorDescriptor", sets_aside=False)
    report_foreign(bench, "offences", "severity", "behaviour", column="behaviorDescriptor")
    bench.report(
        """SELECT file, _row AS row, 'reference.missing_target_record' AS code, 'disciplineIncidentReference' AS "column", NULL AS received
           FROM offences WHERE day IS NULL""",
        ROW, expected="a discipline incident of this delivery or an earlier one", what_to_do="Send the incident first.",
    )  # fmt: skip
    delivery.hand_over(
        "behaviour_incidents",
        """SELECT file, _row, key AS source_key, school_year_of(day) AS school_year, student, school, day AS "on",
            left(coalesce(code_value(behaviour), ''), 80) AS kind, coalesce(try_cast(mapped('severity', behaviour) AS BIGINT), 1) AS
                severity,
            make_date(school_year_of(day), 6, 30) AS ordinary_until FROM offences WHERE is_offender AND day IS NOT NULL""",
        complete=True,
    )
    delivery.retract(RESOURCE, "behaviour_incidents")


def _learn_incidents(delivery: Delivery) -> None:
    """`incidents`: day and school of each, from this delivery and from what was kept."""
    delivery.bench.fetch_stored(
        f"SELECT source_key, data FROM records_keptrecord WHERE source = {text(delivery.bench.source)} AND kind = 'disciplineIncident'",
        {"key": "VARCHAR", "doc": "VARCHAR"}, "stored_incidents",
    )  # fmt: skip
    delivery.db.execute(
        f"""CREATE TABLE incidents AS SELECT DISTINCT ON (key) key, try_cast({at("incidentDate")} AS DATE) AS day,
            {at("schoolReference.schoolId")} AS school
            FROM (SELECT key, doc, 1 AS n FROM {delivery.standing("DisciplineIncident")}
                  UNION ALL SELECT regexp_replace(key, '^[^:]*:', ''), doc, 2 FROM stored_incidents) ORDER BY key, n"""
    )
