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

_COUNT = """
SELECT student_id, sum(n)::int AS n FROM (
    SELECT v.student_id, count(*) AS n FROM indicators_studentvalue v
    WHERE v.run_id = %(run)s AND v.is_whole AND v.value IS NOT NULL {v_seen} AND (
        (v.indicator = 'chronic_absence' AND v.rule_pack = %(chronic_absence)s AND v.flag)
        OR (v.indicator = 'benchmark_risk' AND v.rule_pack = %(benchmark_risk)s AND v.flag)
        OR (v.indicator = 'course_failure' AND v.rule_pack = %(course_failure)s AND v.flag)
        OR (v.indicator = 'coursework_completion' AND v.rule_pack = %(coursework_completion)s
            AND v.value < %(low)s AND v.denominator >= %(pieces)s)
        OR (v.indicator = 'late_work' AND v.rule_pack = %(late_work)s
            AND v.value >= %(late)s AND v.denominator >= %(pieces)s))
    GROUP BY v.student_id
    UNION ALL
    SELECT e.student_id, 1 FROM (
        SELECT student_id, sum(absent_share) AS days FROM records_attendanceevent
        WHERE school_year = %(year)s AND "on" > %(since)s AND "on" <= %(as_of)s AND absent_share > 0 {e_seen}
        GROUP BY student_id HAVING sum(absent_share) >= %(drift_days)s
    ) e JOIN indicators_studentvalue v ON v.run_id = %(run)s AND v.student_id = e.student_id AND v.is_whole
        AND v.indicator = 'attendance_rate' AND v.rule_pack = %(attendance_rate)s AND v.value IS NOT NULL
    WHERE v.denominator >= 40
        AND e.days / 20 >= %(times)s * greatest(v.denominator - v.numerator - e.days, 0) / (v.denominator - 20)
) reasons GROUP BY student_id
"""
_ORDERED = """
SELECT s.id FROM ({count}) r JOIN roster_student s ON s.id = r.student_id
WHERE s.erased_at IS NULL AND r.n >= %(at_least)s AND crescendo_looks_as(%(viewer)s, %(on)s)
AND (EXISTS (SELECT 1 FROM crescendo_visible seen WHERE seen.student_id = s.id)) IS TRUE {named}
ORDER BY r.n DESC, s.sort_key, s.id
"""
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
            _ORDERED.format(count=_count(viewer), named=named),
            _known(viewer, run) | names | {"at_least": at_least, "viewer": viewer.user_id, "on": viewer.on},
        )
        return [pk for (pk,) in cursor.fetchall()]


def _count(viewer: Viewer) -> str:
    few = "" if viewer.reaches_many_schools else _FEW
    return _COUNT.format(v_seen=few.replace("AND student_id", "AND v.student_id", 1), e_seen=few)


def _known(viewer: Viewer, run: MeasurementRun) -> dict[str, object]:
    return indicators.first_packs(CODES) | {
        "run": run.pk,
        "year": run.school_year,
        "as_of": run.as_of,
        "since": run.as_of - LATELY,
        "low": LOW_COMPLETION,
        "late": MUCH_LATE,
        "pieces": FEWEST_PIECES,
        "drift_days": DRIFT_DAYS,
        "times": DRIFT_TIMES,
    }
