"""The planted truths are in the data: found again from the tables alone, by the plain method each truth names."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pytest

from edmeasures import synth
from edmeasures.synth.assessments import ASSESSMENTS
from edmeasures.synth.truths import InterventionTruth

# A screener's score is a whole number: rounding moves a group's mean by far less than this many SDs.
ROUNDING = 0.03
NEWEST = 2026


@pytest.fixture(scope="module", params=["demo of 600", "one year of 2,500"])
def district(request: pytest.FixtureRequest) -> synth.District:
    return synth.demo_district(600) if request.param.startswith("demo") else synth.generate(2500, seed=2)


@pytest.fixture(scope="module")
def facts(district: synth.District) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for name, table in district.tables.items():
        connection.register(name, table)
    # Decimal-day attendance of the newest year: every day a school sent counts for those enrolled on it.
    connection.execute(f"""
        CREATE TABLE days AS
        SELECT e.student_id, e.school_id, s."on" AS day
        FROM enrolments AS e JOIN attendance_submissions AS s
          ON s.school_id = e.school_id AND s."on" BETWEEN e.entry_on AND coalesce(e.exit_on, DATE '2099-01-01')
        WHERE e.school_year = {NEWEST} AND s.school_year = {NEWEST}""")
    connection.execute(f"""
        CREATE TABLE missed AS
        SELECT student_id, school_id, "on" AS day, absent_share FROM attendance_events WHERE school_year = {NEWEST}""")
    yield connection
    connection.close()


def norm_z_scores(facts: duckdb.DuckDBPyConnection, subject: str, window: str) -> dict[int, float]:
    """Screener scores of the newest year in SDs of the norm of the student's own grade."""
    norm = {test.number: (test.mean, test.sd) for test in ASSESSMENTS.values()}
    rows = facts.execute(
        f"""SELECT student_id, assessment_id, score FROM assessment_results JOIN assessments USING (assessment_id)
            WHERE school_year = {NEWEST} AND family = 'Universal screener' AND subject = ? AND title LIKE ?
              AND score IS NOT NULL""",
        [subject, f"%{window}"],
    ).fetchall()
    return {student: (score - norm[test][0]) / norm[test][1] for student, test, score in rows}


def effect_of(facts: duckdb.DuckDBPyConnection, truth: InterventionTruth) -> float:
    before, after = (norm_z_scores(facts, truth.subject, window) for window in ("fall", "spring"))
    students = [*truth.treated_student_ids, *truth.comparison_student_ids]
    treated = [1.0] * len(truth.treated_student_ids) + [0.0] * len(truth.comparison_student_ids)
    design = np.column_stack([np.ones(len(students)), [before[s] for s in students], treated])
    return float(np.linalg.lstsq(design, np.array([after[s] for s in students]), rcond=None)[0][2])


def test_intervention_a_has_an_effect_of_a_fifth_of_an_sd(
    district: synth.District, facts: duckdb.DuckDBPyConnection
) -> None:
    truth = district.truths.intervention_a
    assert truth.effect_sd == 0.20
    assert len(truth.treated_student_ids) == len(truth.comparison_student_ids) >= 40
    assert effect_of(facts, truth) == pytest.approx(0.20, abs=min(ROUNDING, truth.tolerance_sd))


def test_intervention_b_has_none(district: synth.District, facts: duckdb.DuckDBPyConnection) -> None:
    truth = district.truths.intervention_b
    assert truth.effect_sd == 0.0
    assert effect_of(facts, truth) == pytest.approx(0.0, abs=ROUNDING)


def test_before_and_after_alone_credits_b_with_a_gain_that_is_only_the_return_to_the_mean(
    district: synth.District, facts: duckdb.DuckDBPyConnection
) -> None:
    truth = district.truths.intervention_b
    before, after = (norm_z_scores(facts, truth.subject, window) for window in ("fall", "spring"))
    gain = np.mean([after[s] - before[s] for s in truth.treated_student_ids])
    assert gain > 0.05


def test_attendance_goes_with_mathematics_at_the_planted_strength(
    district: synth.District, facts: duckdb.DuckDBPyConnection
) -> None:
    truth = district.truths.attendance_and_mathematics
    rates = dict(
        facts.execute(
            """SELECT d.student_id, 1 - coalesce(m.missed, 0) / d.n
               FROM (SELECT student_id, count(*) AS n FROM days GROUP BY student_id) AS d
               LEFT JOIN (SELECT student_id, sum(absent_share) AS missed FROM missed GROUP BY student_id) AS m
                 ON m.student_id = d.student_id
               WHERE d.n >= ?""",
            [truth.minimum_days],
        ).fetchall()
    )
    scores = norm_z_scores(facts, "Mathematics", "spring")
    both = sorted(rates.keys() & scores.keys())
    r = np.corrcoef([rates[s] for s in both], [scores[s] for s in both])[0, 1]
    assert len(both) > 0.85 * district.size
    assert r == pytest.approx(truth.r, abs=truth.tolerance)


def test_attendance_goes_with_mathematics_at_every_school(
    district: synth.District, facts: duckdb.DuckDBPyConnection
) -> None:
    """A principal finds at home what the district finds over all: within each school and grade, nearly as strong."""
    truth = district.truths.attendance_and_mathematics
    rows = facts.execute(
        """SELECT d.student_id, d.school_id, 1 - coalesce(m.missed, 0) / d.n
           FROM (SELECT student_id, school_id, count(*) AS n FROM days GROUP BY ALL) AS d
           LEFT JOIN (SELECT student_id, school_id, sum(absent_share) AS missed FROM missed GROUP BY ALL) AS m
             USING (student_id, school_id)
           WHERE d.n >= ?""",
        [truth.minimum_days],
    ).fetchall()
    scores = norm_z_scores(facts, "Mathematics", "spring")
    for school in district.schools.ids.tolist():
        here = [
            (rate, scores[student]) for student, place, rate in rows if place == school and student in scores
        ]
        rate, score = np.array(here).T
        if len(here) > 60:
            assert np.corrcoef(rate, score)[0, 1] > truth.r / 2, school


def test_one_schools_attendance_really_changed_in_february(
    district: synth.District, facts: duckdb.DuckDBPyConnection
) -> None:
    truth = district.truths.attendance_change
    assert (truth.begins_on.year, truth.begins_on.month) == (2026, 2)
    found = facts.execute(
        """SELECT d.school_id = $school AS here, d.day >= $begins AS after,
                  sum(coalesce(m.absent_share, 0)) / count(*)
           FROM days AS d LEFT JOIN missed AS m
             ON m.student_id = d.student_id AND m.school_id = d.school_id AND m.day = d.day
           GROUP BY ALL""",
        {"school": truth.school_id, "begins": truth.begins_on},
    ).fetchall()
    shares = {(here, after): share for here, after, share in found}
    ratio = (shares[True, True] / shares[True, False]) / (shares[False, True] / shares[False, False])
    assert ratio == pytest.approx(truth.factor, abs=truth.tolerance)


def test_the_other_schools_did_not_change(district: synth.District, facts: duckdb.DuckDBPyConnection) -> None:
    truth = district.truths.attendance_change
    for school in set(district.schools.ids.tolist()) - {truth.school_id}:
        before, after = (
            facts.execute(
                f"""SELECT sum(coalesce(m.absent_share, 0)) / count(*) FROM days AS d LEFT JOIN missed AS m
                      ON m.student_id = d.student_id AND m.school_id = d.school_id AND m.day = d.day
                    WHERE d.school_id = ? AND d.day {sign} ?""",
                [school, truth.begins_on],
            ).fetchone()[0]
            for sign in ("<", ">=")
        )
        assert after / before == pytest.approx(1.0, abs=0.2)
