"""Who needs a look, several reasons at once first: counted and ordered where the numbers lie, in one question.

The same reasons as `students.list_reasons`, because a list of a district cannot say every sentence to know its order; a
test holds the two together.
"""

from collections.abc import Sequence

from django.db import connection

from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun
from crescendo.roster.viewer import Viewer

from .students import CODES, DRIFT_DAYS, DRIFT_TIMES, FEWEST_PIECES, LATELY, LOW_COMPLETION, MUCH_LATE

# `OFFSET 0` keeps a subselect apart: its rows are many, so PostgreSQL hashes the reader's scope once. Without it, it
# expects the few rows that meet all conditions together, and asks the scope anew for each of tens of thousands.
_COUNT = """
SELECT v.student_id, count(*)::int AS n FROM (
    SELECT student_id, indicator, rule_pack, numerator, denominator, value, flag FROM indicators_studentvalue
    WHERE run_id = %(run)s AND is_whole AND value IS NOT NULL AND indicator = ANY (%(codes)s) {seen}
) v LEFT JOIN (
    SELECT student_id, sum(absent_share) AS days FROM (
        SELECT student_id, absent_share FROM records_attendanceevent
        WHERE school_year = %(year)s AND "on" > %(since)s AND "on" <= %(as_of)s AND absent_share > 0 {seen}
    ) missed GROUP BY student_id HAVING sum(absent_share) >= %(drift_days)s
) e ON e.student_id = v.student_id AND v.indicator = 'attendance_rate'
WHERE (v.indicator = 'chronic_absence' AND v.rule_pack = %(chronic_absence)s AND v.flag)
    OR (v.indicator = 'benchmark_risk' AND v.rule_pack = %(benchmark_risk)s AND v.flag)
    OR (v.indicator = 'course_failure' AND v.rule_pack = %(course_failure)s AND v.flag)
    OR (v.indicator = 'coursework_completion' AND v.rule_pack = %(coursework_completion)s
        AND v.value < %(low)s AND v.denominator >= %(pieces)s)
    OR (v.indicator = 'late_work' AND v.rule_pack = %(late_work)s
        AND v.value >= %(late)s AND v.denominator >= %(pieces)s)
    OR (v.indicator = 'attendance_rate' AND v.rule_pack = %(attendance_rate)s AND v.denominator >= 40
        AND e.days / 20 * (v.denominator - 20)
            >= %(times)s * greatest(v.denominator - v.numerator - e.days, 0))
GROUP BY v.student_id
"""
_ORDERED = """
SELECT s.id FROM ({count}) r JOIN (
    SELECT id, sort_key FROM roster_student s
    WHERE erased_at IS NULL AND crescendo_looks_as(%(viewer)s, %(on)s)
    AND (EXISTS (SELECT 1 FROM crescendo_visible seen WHERE seen.student_id = s.id)) IS TRUE {named} {apart}
) s ON s.id = r.student_id
WHERE r.n >= %(at_least)s
ORDER BY r.n DESC, s.sort_key, s.id
"""
_MANY = "OFFSET 0"
# A few hundred students are looked up one by one; a district's are told apart while reading all.
_FEW = "AND student_id = ANY (ARRAY(SELECT student_id FROM crescendo_visible))"
_NAMED = "AND (s.sort_key LIKE %(begins_{n})s OR s.sort_key LIKE %(holds_{n})s)"


def count_reasons(*, viewer: Viewer, run: MeasurementRun) -> dict[int, int]:
    """How many reasons each student in sight has."""
    with connection.cursor() as cursor:
        cursor.execute(_count(viewer), _known(viewer, run))
        return dict(cursor.fetchall())


def list_ids_by_reasons(
    *, viewer: Viewer, run: MeasurementRun, at_least: int = 1, name_words: Sequence[str] = ()
) -> list[int]:
    """The ids of the students in scope with reasons: several at once first, then by name. Nobody gets a score.

    `name_words` are folded beginnings of the words of a name.
    """
    plain = [word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") for word in name_words]
    names = {f"begins_{n}": f"{word}%" for n, word in enumerate(plain)}
    names |= {f"holds_{n}": f"% {word}%" for n, word in enumerate(plain)}
    named = " ".join(_NAMED.format(n=n) for n in range(len(plain)))
    with connection.cursor() as cursor:
        cursor.execute(
            _ORDERED.format(
                count=_count(viewer), named=named, apart=_MANY if viewer.reaches_many_schools else ""
            ),
            _known(viewer, run) | names | {"at_least": at_least, "viewer": viewer.user_id, "on": viewer.on},
        )
        return [pk for (pk,) in cursor.fetchall()]


def _count(viewer: Viewer) -> str:
    return _COUNT.format(seen=_MANY if viewer.reaches_many_schools else _FEW)


def _known(viewer: Viewer, run: MeasurementRun) -> dict[str, object]:
    return indicators.first_packs(CODES) | {
        "run": run.pk,
        "codes": list(CODES),
        "year": run.school_year,
        "as_of": run.as_of,
        "since": run.as_of - LATELY,
        "low": LOW_COMPLETION,
        "late": MUCH_LATE,
        "pieces": FEWEST_PIECES,
        "drift_days": DRIFT_DAYS,
        "times": DRIFT_TIMES,
    }
