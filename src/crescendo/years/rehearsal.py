"""The rehearsal: a line for every enrolment that the year's end touches, and what has to be seen to beside them.

Runs in the worker, because it counts students whom no single person may see. It changes no row of the school.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from crescendo.accounts import actions as accounts
from crescendo.plans.models import Plan
from crescendo.roster.models import Calendar, CalendarDay, Organisation, Post

from . import rules
from .models import Line, Turn

NAMED = 200  # students of a finding that are kept to be named; the rest is a count

# Enrolments of the year that last to its last day: open ones, and those whose system ended them with the year itself.
# What ended before stays as it is.
ENDING = """
SELECT e.id, e.student_id, e.school_id, e.grade_level, e.is_primary
FROM roster_enrolment e
WHERE e.school_year = %(year)s AND e.entry_on <= %(last)s AND (e.exit_on IS NULL OR e.exit_on >= %(last)s)
  AND e.ended_on IS NULL
"""
# Not the years before: a roster file knows the present grade alone, and an import writes it on earlier enrolments too.
TAUGHT = """
SELECT DISTINCT e.school_id, e.grade_level FROM roster_enrolment e JOIN roster_organisation o ON o.id = e.school_id
WHERE e.school_year BETWEEN %(year)s AND %(year)s + 1 AND e.is_primary AND o.ended_on IS NULL
"""
WRITE_LINES = f"""
INSERT INTO years_line (turn_id, student_id, enrolment_id, school_id, grade_level, next_grade, why, fate, to_school_id)
SELECT %(turn)s, e.student_id, e.id, e.school_id, e.grade_level, d.next_grade,
       CASE WHEN later.found THEN 'enrolled' ELSE d.why END,
       CASE WHEN later.found THEN 'already' ELSE d.fate END,
       CASE WHEN later.found THEN NULL ELSE d.to_school_id END
FROM ({ENDING}) e
JOIN years_decided d ON d.school_id = e.school_id AND d.grade_level = e.grade_level
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM roster_enrolment n
    WHERE n.student_id = e.student_id AND n.id <> e.id AND n.ended_on IS NULL AND n.is_primary AND n.entry_on > %(last)s
) AS found) later
ORDER BY e.id
"""
KEEP_CHOICES = """
UPDATE years_line l SET fate = c.fate, to_school_id = c.to_school_id, chosen_by_id = c.chosen_by_id
FROM years_chosen c WHERE l.turn_id = %(turn)s AND l.enrolment_id = c.enrolment_id AND l.grade_level = c.grade_level
"""
# Families' rights pass to the student at the age the law sets: nothing is written, but the school should know when.
OF_AGE = """
SELECT DISTINCT l.student_id, s.sort_key FROM years_line l JOIN roster_student s ON s.id = l.student_id
JOIN roster_familyright r ON r.student_id = s.id AND r.level IN ('see', 'see_and_message') AND NOT r.outlasts_majority
  AND (r.ends_on IS NULL OR r.ends_on >= %(last)s)
WHERE l.turn_id = %(turn)s AND s.born_on IS NOT NULL
  AND s.born_on + make_interval(years => %(age)s) BETWEEN %(last)s AND %(end)s
ORDER BY s.sort_key, l.student_id
"""
OWNERS = f"""
SELECT e.source, count(*) FROM roster_enrolment e WHERE e.id IN (SELECT id FROM ({ENDING}) x) AND e.source <> '' GROUP BY 1
ORDER BY 2 DESC, 1
"""


def rehearse(turn: Turn, *, at: datetime, on_step: Callable[[str], None]) -> Turn:
    """Write the lines anew, keeping what people chose, and count what stands beside them."""
    with transaction.atomic():
        turn = Turn.objects.select_for_update(of=("self",), no_key=True).get(pk=turn.pk)
        if turn.state != Turn.State.REHEARSING:
            return turn
        on_step("lines")
        write_lines(turn)
        on_step("beside")
        turn.findings = find_beside(turn)
        turn.state, turn.rehearsed_at, turn.blockers = Turn.State.REHEARSED, at, []
        turn.save(update_fields=["findings", "state", "rehearsed_at", "blockers"])
        accounts.record_audit(
            verb="turn.rehearsed", object_type="years.Turn", object_id=turn.pk, by=turn.begun_by_id, at=at
        )
    return turn


def arguments(turn: Turn) -> dict[str, Any]:
    return {
        "turn": turn.pk,
        "year": turn.from_year,
        "last": turn.last_on,
    }


def write_lines(turn: Turn) -> None:
    """One line for each enrolment that ends, decided by rule; what a person chose before stays chosen."""
    given = arguments(turn)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE years_chosen ON COMMIT DROP AS SELECT enrolment_id, grade_level, fate, to_school_id, "
            "chosen_by_id FROM years_line WHERE turn_id = %(turn)s AND chosen_by_id IS NOT NULL",
            given,
        )
        cursor.execute("DELETE FROM years_line WHERE turn_id = %(turn)s", given)
        cursor.execute(
            "CREATE TEMP TABLE years_decided (school_id bigint, grade_level text, next_grade text, why text, fate text, "
            "to_school_id bigint) ON COMMIT DROP"
        )
        taught = list_taught(turn)
        cursor.execute(f"SELECT DISTINCT school_id, grade_level FROM ({ENDING}) e", given)
        for school_id, grade in cursor.fetchall():
            found = rules.decide(grade, school_id, taught)
            cursor.execute(
                "INSERT INTO years_decided VALUES (%s, %s, %s, %s, %s, %s)",
                [school_id, grade, found.grade, found.why, found.fate, found.school],
            )
        cursor.execute(WRITE_LINES, given)
        cursor.execute(KEEP_CHOICES, given)
        cursor.execute("DROP TABLE years_chosen, years_decided")


def list_taught(turn: Turn) -> list[rules.Taught]:
    """Which grades each school teaches, this year and (enrolled early) the next."""
    ranks: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TAUGHT, arguments(turn))
        rows = cursor.fetchall()
    for school_id, grade in rows:
        place = rules.rank(grade)
        if place is not None:
            ranks.setdefault(school_id, []).append(place)
    return [rules.Taught(school_id, min(found), max(found)) for school_id, found in sorted(ranks.items())]


def find_beside(turn: Turn) -> dict[str, Any]:
    """What a turn does not do for anybody: calendars to make, posts that end, plans that run out, rights that pass."""
    of_age = _students_of_age(turn)
    return {
        "teaches": {str(one.school): [one.lowest, one.highest] for one in list_taught(turn)},
        "sources": _sources(turn),
        "schools_without_calendar": _schools_without_calendar(turn),
        "posts_that_end": Post.objects.filter(
            ended_on=None, ends_on__gte=turn.last_on, ends_on__lt=turn.first_on
        ).count(),
        "posts_that_go_on": Post.objects.filter(
            ended_on=None, ends_on=None, begins_on__lte=turn.last_on
        ).count(),
        "plans_that_run_out": _open_plans().filter(due_on__lt=turn.first_on).count(),
        "plans_that_go_on": _open_plans().filter(due_on__gte=turn.first_on).count(),
        "of_age": {"count": len(of_age), "students": of_age[:NAMED]},
        "classes": _count_classes(turn),
    }


def _open_plans() -> Any:
    return Plan.objects.filter(state=Plan.State.ACTIVE)


def _sources(turn: Turn) -> list[list[Any]]:
    """Who brought the enrolments that would end: [[source, how many], ...]. Such a system may send the next year's too."""
    with connection.cursor() as cursor:
        cursor.execute(OWNERS, arguments(turn))
        return [list(row) for row in cursor.fetchall()]


def _schools_without_calendar(turn: Turn) -> list[int]:
    """Schools with students next year that have no school days for it yet: without them nothing can be counted."""
    with_days = CalendarDay.objects.filter(calendar__school_year=turn.to_year, calendar__ended_on=None)
    has = Calendar.objects.filter(pk__in=with_days.values("calendar_id")).values("school_id")
    going = turn.lines.exclude(to_school=None).values("to_school_id")
    return list(
        Organisation.objects.filter(pk__in=going)
        .exclude(pk__in=has)
        .order_by("name")
        .values_list("pk", flat=True)
    )


def _students_of_age(turn: Turn) -> list[int]:
    end = date(turn.to_year, 6, 30)
    with connection.cursor() as cursor:
        cursor.execute(OF_AGE, arguments(turn) | {"age": settings.RIGHTS_PASS_AT_AGE, "end": end})
        return [row[0] for row in cursor.fetchall()]


def _count_classes(turn: Turn) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM roster_schoolclass WHERE school_year = %(year)s AND ended_on IS NULL",
            arguments(turn),
        )
        return int(cursor.fetchone()[0])


__all__ = ["Line", "rehearse", "write_lines"]
