"""Students at schools and in classes."""

from crescendo.imports.bench import text
from crescendo.imports.findings import ERROR, NOTICE, ROW

from .codes import report_foreign, report_unmapped
from .handing import Delivery, limited, metadata, section_key
from .keys import YEAR, at, joined

LAST_DAY, DAY_AFTER = (
    "last_day",
    "day_after",
)  # what an exit date means: the standard is silent, sources differ


def hand_over(delivery: Delivery) -> None:
    _schools(delivery)
    _learn_enrolments(delivery)
    _classes(delivery)


def _schools(delivery: Delivery) -> None:
    resource = "StudentSchoolAssociation"
    if not delivery.has(resource):
        return
    delivery.taken.add(resource)
    bench, db = delivery.bench, delivery.db
    last = "try_cast(exits AS DATE)" + (
        " - 1" if bench.settings.get("exit_date", LAST_DAY) == DAY_AFTER else ""
    )
    named = joined(*(at(f"calendarReference.{name}") for name in ("calendarCode", "schoolId", "schoolYear")))
    db.execute(
        f"""CREATE TABLE spells_in AS SELECT *, {delivery.student()} AS student, {at("schoolReference.schoolId")} AS school,
            {at("entryDate")} AS enters, {at("exitWithdrawDate")} AS exits, {at("entryGradeLevel")} AS grade,
            {at("exitWithdrawType")} AS exit_type, try_cast({at(YEAR)} AS BIGINT) AS given_year,
            CASE WHEN {at("calendarReference.calendarCode")} IS NOT NULL THEN {named} END AS named_calendar,
            coalesce(mapped('not_enrolled', {at("exitWithdrawType")}) = 'true', false) AS never_came FROM now_{resource}"""
    )
    delivery.check_days("spells_in", "enters")
    delivery.check_days("spells_in", "exits", required=False)
    report_unmapped(
        bench, "spells_in", "grade_level", "grade", column="entryGradeLevelDescriptor", sets_aside=False
    )
    report_foreign(bench, "spells_in", "grade_level", "grade", column="entryGradeLevelDescriptor")
    db.execute(
        f"""CREATE TABLE spells AS SELECT *, try_cast(enters AS DATE) AS entry_on, {last} AS exit_on,
            coalesce(given_year, school_year_of(try_cast(enters AS DATE))) AS school_year FROM spells_in"""
    )
    bench.report(
        """SELECT file, _row AS row, 'enrolment.exit_before_entry' AS code, 'exitWithdrawDate' AS "column", exits AS received
           FROM spells WHERE exit_on < entry_on AND NOT never_came""",
        ERROR if bench.strict else ROW, expected="an exit on or after the entry",
        what_to_do="Correct the dates. A student who never came has the exit type No show.",
    )  # fmt: skip
    _keep_who_never_came(delivery)
    _find_calendars(delivery)
    share = "try_cast(" + at("fullTimeEquivalency") + " AS DOUBLE)"
    delivery.hand_over(
        "school_enrolments",
        f"""SELECT s.file, s._row, s.key AS external_id, s.student, s.school, coalesce(s.named_calendar, c.calendar) AS calendar,
            s.school_year, left(coalesce(mapped('grade_level', s.grade), code_value(s.grade), ''), 10) AS grade_level,
            s.entry_on, s.exit_on, left(coalesce(code_value(s.exit_type), ''), 60) AS exit_reason,
            coalesce(lower({at("primarySchool")}) NOT IN ('false', '0'), true) AS is_primary,
            CASE WHEN {share} > 0 AND {share} <= 1 THEN {share} ELSE 1.0 END AS membership_share,
            {
            metadata(
                "entryGradeLevel",
                "exitWithdrawType",
                "entryType",
                "residencyStatus",
                "graduationPlanReference.graduationPlanType",
                "graduationPlanReference.graduationSchoolYear",
            )
        }
            FROM spells s LEFT JOIN only_calendars c ON c.school = s.school AND c.school_year = s.school_year
            WHERE NOT s.never_came""",
    )
    delivery.end(resource, "school_enrolments", "g.key")


def _keep_who_never_came(delivery: Delivery) -> None:
    """A no-show was never a member: kept as it came, and no enrolment. One that stands from before ends."""
    from .kept import kept_row  # noqa: PLC0415  (kept.py asks every subject what it took)

    number = delivery.db.execute("SELECT count(*) FROM spells WHERE never_came").fetchall()[0][0]
    if not number:
        return
    delivery.bench.report(
        """SELECT file, _row AS row, 'enrolment.never_came' AS code, 'exitWithdrawTypeDescriptor' AS "column", NULL AS received
           FROM spells WHERE never_came""",
        NOTICE, expected="a student who came",
        what_to_do="The exit type says that the student never came: kept, and counted as no enrolment.",
    )  # fmt: skip
    delivery.hand_over(
        "kept_records",
        f"""SELECT file, _row, {kept_row("StudentSchoolAssociation")}, school_year, student, NULL::VARCHAR AS staff, school,
            entry_on AS "on" FROM spells WHERE never_came AND entry_on IS NOT NULL""",
    )
    known = delivery.bench.known_ids("school_enrolment")
    delivery.hand_over(
        "school_enrolments",
        f"""SELECT file, _row, key AS external_id, true AS _ended, student, school, school_year, entry_on, exit_on, true AS is_primary
            FROM spells WHERE never_came AND key IN (SELECT external_id FROM {known})""",
    )


def _find_calendars(delivery: Delivery) -> None:
    """A missing calendar is inferred only where the school has one calendar in that year."""
    delivery.bench.fetch_stored(
        f"""SELECT e.external_id, o.external_id, c.school_year FROM roster_calendar c
            JOIN roster_externalid e ON e.object_id = c.id AND e.entity = 'calendar' AND e.source = {text(delivery.bench.source)}
            JOIN roster_externalid o ON o.object_id = c.school_id AND o.entity = 'org' AND o.source = {text(delivery.bench.source)}
            WHERE c.ended_on IS NULL""",
        {"calendar": "VARCHAR", "school": "VARCHAR", "school_year": "BIGINT"}, "all_calendars",
    )  # fmt: skip
    if delivery.has("Calendar"):
        delivery.db.execute(
            f"""INSERT INTO all_calendars SELECT key, {at("schoolReference.schoolId")}, try_cast({at(YEAR)} AS BIGINT) FROM now_Calendar
                WHERE key NOT IN (SELECT calendar FROM all_calendars)"""
        )
    delivery.db.execute(
        """CREATE TABLE only_calendars AS SELECT school, school_year, min(calendar) AS calendar FROM all_calendars
           GROUP BY 1, 2 HAVING count(*) = 1"""
    )


def _learn_enrolments(delivery: Delivery) -> None:
    """`enrolled` (student, school, entry_on, exit_on): primary enrolments of this delivery and of the store."""
    delivery.bench.fetch_stored(
        f"""SELECT p.external_id, o.external_id, e.entry_on, e.exit_on, coalesce(x.external_id, '') FROM roster_enrolment e
            JOIN roster_externalid p ON p.object_id = e.student_id AND p.entity = 'student' AND p.source = {text(delivery.bench.source)}
            JOIN roster_externalid o ON o.object_id = e.school_id AND o.entity = 'org' AND o.source = {text(delivery.bench.source)}
            LEFT JOIN roster_externalid x ON x.object_id = e.id AND x.entity = 'school_enrolment' AND x.source =
                {text(delivery.bench.source)}
            WHERE e.is_primary""",
        {"student": "VARCHAR", "school": "VARCHAR", "entry_on": "DATE", "exit_on": "DATE", "key": "VARCHAR"}, "enrolled",
    )  # fmt: skip
    if delivery.has("StudentSchoolAssociation"):
        delivery.db.execute("DELETE FROM enrolled WHERE key IN (SELECT key FROM spells)")
        delivery.db.execute(
            """INSERT INTO enrolled SELECT student, school, entry_on, exit_on, key FROM spells
               WHERE NOT never_came AND entry_on IS NOT NULL AND (exit_on IS NULL OR exit_on >= entry_on)"""
        )


def _classes(delivery: Delivery) -> None:
    resource = "StudentSectionAssociation"
    if not delivery.has(resource):
        return
    delivery.taken.add(resource)
    delivery.db.execute(
        f"""CREATE TABLE seats_in AS SELECT *, {delivery.student()} AS student, {section_key()} AS school_class,
            {at("beginDate")} AS begins, {at("endDate")} AS ends FROM now_{resource}"""
    )
    delivery.check_days("seats_in", "begins")
    delivery.check_days("seats_in", "ends", required=False)
    delivery.bench.report(
        """SELECT file, _row AS row, 'enrolment.exit_before_entry' AS code, 'endDate' AS "column", ends AS received
           FROM seats_in WHERE try_cast(ends AS DATE) < try_cast(begins AS DATE)""",
        ERROR if delivery.bench.strict else ROW, expected="an end on or after the beginning", what_to_do="Correct the dates in the source.",
    )  # fmt: skip
    delivery.hand_over(
        "class_enrolments",
        f"""SELECT file, _row, key AS external_id, school_class, student, try_cast(begins AS DATE) AS begins_on,
            try_cast(ends AS DATE) AS ends_on, {metadata("homeroomIndicator", "attemptStatus")} FROM seats_in""",
    )
    delivery.end(resource, "class_enrolments", "g.key")


__all__ = ["hand_over", "limited"]
