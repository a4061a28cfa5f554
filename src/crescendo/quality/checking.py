"""Asking every rule of every school and feed. The worker's: it reads every student, pages never do."""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from crescendo.core import school_time
from crescendo.imports.findings import mask

from . import catalogue
from .catalogue import Rule
from .models import Arrival, Check, CheckDay, FoundRow

log = logging.getLogger("crescendo.quality")

ROWS_KEPT = (
    500  # of each rule, school and feed: a work-list that a person can work through; the counts are whole
)
COUNTS = """
WITH {shared}, found AS ({select})
SELECT school_id, feed, sum(n)::bigint, COALESCE(sum(n) FILTER (WHERE fails), 0)::bigint,
       min("on") FILTER (WHERE fails), max("on") FILTER (WHERE fails), max("on") FILTER (WHERE NOT fails)
FROM found GROUP BY school_id, feed
"""
ROWS = """
WITH {shared}, found AS ({select})
SELECT school_id, feed, student_id, object_id, "on", detail FROM (
    SELECT *, row_number() OVER (PARTITION BY school_id, feed ORDER BY "on" DESC NULLS LAST, student_id, object_id) AS place
    FROM found WHERE fails
) numbered WHERE place <= {kept}
"""
# Up to which day each kind of fact has come. Facts of days to come say nothing about freshness.
ARRIVALS = {
    "attendance_submissions": "records_attendancesubmission",
    "school_attendance_counts": "records_schoolattendancecount",
    "assessment_results": "records_assessmentresult",
    "behaviour_incidents": "records_behaviourincident",
    "activity_events": "records_activityevent",
}


def check_everything(*, on: date, at: datetime) -> int:
    """Every rule for the school year of the day; how many problems are open. A rule that fails stops no other."""
    school_year = school_time.school_year_of(on)
    begins_on, ends_on = school_time.school_year_days(school_year)
    values = {
        "school_year": school_year,
        "on": on,
        "at": at,
        "year_begins_on": begins_on,
        "year_ends_on": ends_on,
    }
    broken = 0
    for rule in catalogue.RULES:
        try:
            check_rule(rule, values)
        except Exception:
            broken += 1
            log.exception("the quality rule %s could not be asked", rule.code)
    note_arrivals(values)
    if broken:
        raise RuntimeError(f"{broken} quality rules could not be asked; the others are up to date")
    return Check.objects.filter(failing__gt=0).count()


def check_rule(rule: Rule, values: Mapping[str, Any]) -> None:
    """Ask one rule and write down what it found, all at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        parts = {"shared": catalogue.shared(), "select": rule.select, "kept": ROWS_KEPT}
        cursor.execute(COUNTS.format(**parts), values)
        counts = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
        checks = _write_counts(rule, counts, values)
        FoundRow.objects.filter(check_of__rule=rule.code).delete()
        if any(check.is_open for check in checks.values()):
            cursor.execute(ROWS.format(**parts), values)
            _write_rows(rule, checks, cursor)


def _write_counts(
    rule: Rule, counts: Mapping[tuple[int | None, str], tuple[Any, ...]], values: Mapping[str, Any]
) -> dict[tuple[int | None, str], Check]:
    """Today's counts; a place that has nothing left to look at has no problem any more, and no score from it."""
    at, on = values["at"], values["on"]
    known = {
        (one.school_id, one.feed): one for one in Check.objects.select_for_update().filter(rule=rule.code)
    }
    for place in counts.keys() - known.keys():
        known[place] = Check(rule=rule.code, school_id=place[0], feed=place[1])
    for place, check in known.items():
        _settle(check, counts.get(place, (0, 0, None, None, None)), at)
        check.save()
        CheckDay.objects.update_or_create(
            check_of=check, on=on, defaults={"checked": check.checked, "failing": check.failing}
        )
    return known


def _settle(check: Check, counted: tuple[Any, ...], at: datetime) -> None:
    """Open a problem when it is first seen, close it when it is seen to be over."""
    was_open = bool(check.failing)
    check.checked, check.failing, check.first_on, check.last_on, check.last_good_on = counted
    check.looked_at = at
    if check.is_open and not was_open:
        check.found_at, check.closed_at = at, None
    elif was_open and not check.is_open:
        check.found_at, check.closed_at = None, at


def _write_rows(rule: Rule, checks: Mapping[tuple[int | None, str], Check], cursor: CursorWrapper) -> None:
    rows = []
    for school_id, feed, student_id, object_id, on, detail in cursor.fetchall():
        check = checks.get((school_id, feed))
        if check is None:  # arrived between the two questions: the next night counts it
            continue
        held = (detail or "")[:80] if rule.shows_detail else mask(detail)
        rows.append(FoundRow(check_of=check, student_id=student_id, object_id=object_id, on=on, detail=held))
    FoundRow.objects.bulk_create(rows, batch_size=2000)


def note_arrivals(values: Mapping[str, Any]) -> None:
    """How fresh each school's facts are, from each feed."""
    found = []
    with transaction.atomic(), connection.cursor() as cursor:
        for table, stored in ARRIVALS.items():
            known = "AND attendance_rate IS NOT NULL" if table == "school_attendance_counts" else ""
            cursor.execute(
                f"""SELECT school_id, source, max("on") FROM {stored}
                    WHERE school_year = %(school_year)s AND "on" <= %(on)s {known} GROUP BY school_id, source""",
                values,
            )
            found += [
                Arrival(school_id=row[0], feed=row[1], table=table, last_on=row[2])
                for row in cursor.fetchall()
            ]
        Arrival.objects.all().delete()
        Arrival.objects.bulk_create(found)
