"""Organisations, sessions and grading periods, calendars and their days."""

from crescendo.imports.bench import text

from .codes import report_foreign, report_unmapped
from .handing import Delivery, limited, metadata
from .keys import YEAR, at, items, joined
from .resolving import referred

# Resource: our kind, and where its parent stands: (reference, resource, id).
ORGANISATIONS: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "StateEducationAgency": ("state", ()),
    "EducationServiceCenter": (
        "local", (("stateEducationAgencyReference", "StateEducationAgency", "stateEducationAgencyId"),),
    ),
    "LocalEducationAgency": (
        "district",
        (("parentLocalEducationAgencyReference", "LocalEducationAgency", "localEducationAgencyId"),
         ("educationServiceCenterReference", "EducationServiceCenter", "educationServiceCenterId"),
         ("stateEducationAgencyReference", "StateEducationAgency", "stateEducationAgencyId")),
    ),
    "School": ("school", (("localEducationAgencyReference", "LocalEducationAgency", "localEducationAgencyId"),)),
    "OrganizationDepartment": (
        "department", (("parentEducationOrganizationReference", "LocalEducationAgency", "educationOrganizationId"),),
    ),
    "PostSecondaryInstitution": ("other", ()),
    "EducationOrganizationNetwork": ("other", ()),
    "CommunityOrganization": ("other", ()),
    "CommunityProvider": (
        "other", (("communityOrganizationReference", "CommunityOrganization", "communityOrganizationId"),),
    ),
}  # fmt: skip


def hand_over(delivery: Delivery) -> None:
    _organisations(delivery)
    _sessions(delivery)
    _calendars(delivery)


def _organisations(delivery: Delivery) -> None:
    came = [resource for resource in ORGANISATIONS if delivery.has(resource)]
    if not came:
        return
    delivery.taken.update(came)
    rows = " UNION ALL ".join(_organisation(delivery, resource) for resource in came)
    delivery.hand_over("organisations", rows)
    for resource in came:
        delivery.end(resource, "organisations", "g.key")


def _organisation(delivery: Delivery, resource: str) -> str:
    kind, parents = ORGANISATIONS[resource]
    named = [referred(parent, reference, name) for reference, parent, name in parents]
    parent = f"coalesce({', '.join(named)}, NULL)" if named else "NULL::VARCHAR"
    return f"""SELECT file, _row, key AS external_id, {text(kind)} AS kind, {
        limited(at("nameOfInstitution"))
    } AS name,
        key AS identifier, {parent} AS parent, {
        metadata("shortNameOfInstitution", "webSite", "operationalStatus", "schoolType", "charterStatus")
    } FROM {delivery.standing(resource)}"""


def _sessions(delivery: Delivery) -> None:
    """Sessions and, within them, grading periods."""
    parts = []
    if delivery.has("Session"):
        delivery.taken.add("Session")
        delivery.db.execute(
            f"""CREATE TABLE sessions_in AS SELECT *, {at("beginDate")} AS begins, {at("endDate")} AS ends, {at("term")} AS term,
                try_cast({at(YEAR)} AS BIGINT) AS school_year FROM now_Session"""
        )
        report_unmapped(
            delivery.bench, "sessions_in", "term", "term", column="termDescriptor", sets_aside=False
        )
        report_foreign(delivery.bench, "sessions_in", "term", "term", column="termDescriptor")
        parts.append(
            f"""SELECT file, _row, key AS external_id, coalesce(mapped('term', term), 'other') AS kind,
                {limited(at("sessionName"))} AS title, try_cast(begins AS DATE) AS begins_on, try_cast(ends AS DATE) AS ends_on,
                school_year, NULL::VARCHAR AS parent, {metadata("term", "totalInstructionalDays")} FROM sessions_in"""
        )
        delivery.check_days("sessions_in", "begins", "ends")
    if delivery.has("GradingPeriod"):
        delivery.taken.add("GradingPeriod")
        _find_parents(delivery)
        delivery.db.execute(
            f"""CREATE TABLE periods_in AS SELECT g.*, {at("beginDate")} AS begins, {at("endDate")} AS ends, p.session
                FROM now_GradingPeriod g LEFT JOIN period_parents p ON p.period = g.key"""
        )
        parts.append(
            f"""SELECT file, _row, key AS external_id, 'gradingPeriod' AS kind,
                {limited(f"{at('gradingPeriodName')}, code_value({at('gradingPeriod')})")} AS title,
                try_cast(begins AS DATE) AS begins_on, try_cast(ends AS DATE) AS ends_on,
                try_cast({at(YEAR)} AS BIGINT) AS school_year, session AS parent,
                {metadata("gradingPeriod", "periodSequence", "totalInstructionalDays")} FROM periods_in"""
        )
        delivery.check_days("periods_in", "begins", "ends")
    if parts:
        delivery.hand_over("sessions", " UNION ALL ".join(parts))
        for resource in ("GradingPeriod", "Session"):
            delivery.end(resource, "sessions", "g.key")


def _find_parents(delivery: Delivery) -> None:
    """A grading period belongs to the session that names it; a period that two sessions name has no parent."""
    names = (
        "schoolId",
        "schoolYear",
        "gradingPeriod",
        "gradingPeriodName|gradingPeriodReference.periodSequence",
    )
    inner = [f"coalesce({at(n, 'item')}, {at(f'gradingPeriodReference.{n}', 'item')})" for n in names[:3]]
    last = at(
        "gradingPeriodName|periodSequence|gradingPeriodReference.gradingPeriodName|gradingPeriodReference.periodSequence",
        "item",
    )
    by_id = (
        f"(SELECT any_value(key) FROM refs WHERE resource = 'GradingPeriod' AND ref_id = {at('ref', 'item')})"
    )
    delivery.db.execute(
        f"""CREATE TABLE period_parents AS SELECT period, min(session) AS session FROM
            (SELECT key AS session, coalesce({by_id}, {joined(*inner, last)}) AS period
             FROM (SELECT key, unnest({items("gradingPeriods", "gradingPeriodReferences", "gradingPeriodReference")}) AS item
                   FROM {delivery.standing("Session")}))
            GROUP BY 1 HAVING count(DISTINCT session) = 1"""
    )


def _calendars(delivery: Delivery) -> None:
    if delivery.has("Calendar"):
        delivery.taken.add("Calendar")
        delivery.hand_over(
            "calendars",
            f"""SELECT file, _row, key AS external_id, {at("schoolReference.schoolId")} AS school,
                try_cast({at(YEAR)} AS BIGINT) AS school_year, {limited(at("calendarCode"), 60)} AS code,
                {metadata("calendarType")} FROM now_Calendar""",
        )
        delivery.end("Calendar", "calendars", "g.key")
    if delivery.has("CalendarDate"):
        delivery.taken.add("CalendarDate")
        _days(delivery)


def _days(delivery: Delivery) -> None:
    """A day is a school day when one of its events says so and none closes the school."""
    calendar = joined(
        *(at(f"calendarReference.{name}") for name in ("calendarCode", "schoolId", "schoolYear"))
    )
    delivery.db.execute(
        f"""CREATE TABLE days_in AS SELECT *, {at("date")} AS day, {calendar} AS calendar,
            list_transform({items("calendarEvents", "calendarEvent")},
                           lambda e: coalesce(json_extract_string(e, '$.calendarEvent'), json_extract_string(e, '$'))) AS events
            FROM now_CalendarDate"""
    )
    delivery.db.execute("CREATE VIEW events_in AS SELECT file, _row, unnest(events) AS event FROM days_in")
    delivery.check_days("days_in", "day")
    report_unmapped(
        delivery.bench,
        "events_in",
        "calendar_event",
        "event",
        column="calendarEventDescriptor",
        sets_aside=True,
    )
    report_foreign(delivery.bench, "events_in", "calendar_event", "event", column="calendarEventDescriptor")
    delivery.hand_over(
        "calendar_days",
        """SELECT d.file, d._row, d.calendar, try_cast(d.day AS DATE) AS "on", coalesce(e.is_open, false) AS is_instructional,
            left(coalesce(e.kinds, ''), 60) AS kind
        FROM days_in d LEFT JOIN (SELECT file, _row, bool_and(mapped('calendar_event', event) = 'true') AS is_open,
                string_agg(code_value(event), ', ' ORDER BY event) AS kinds FROM events_in GROUP BY 1, 2) e USING (file, _row)""",
    )
    if delivery.has_deleted("CalendarDate"):
        _close_deleted_days(delivery)


def _close_deleted_days(delivery: Delivery) -> None:
    """A deleted day is no school day any more: a day that is not listed is not instructional, and this says the same."""
    delivery.bench.fetch_stored(
        f"""SELECT e.external_id, d.on FROM roster_calendarday d JOIN roster_externalid e ON e.object_id = d.calendar_id
            WHERE e.entity = 'calendar' AND e.source = {text(delivery.bench.source)}""",
        {"calendar": "VARCHAR", "on": "DATE"}, "stored_days",
    )  # fmt: skip
    delivery.hand_over(
        "calendar_days",
        """SELECT g.file, g._row, s.calendar, s."on", false AS is_instructional, 'deleted in the source' AS kind
           FROM gone_CalendarDate g JOIN stored_days s ON g.key = s.calendar || '|' || s."on"
           WHERE g.key NOT IN (SELECT key FROM now_CalendarDate)""".replace(
            "now_CalendarDate", delivery.standing("CalendarDate")
        ),
    )
