"""Open University courses: trained on 2013B and 2013J, tested on 2014B, on days of the course.

The figures stand in the samples' README ("Early-warning figures to meet or beat"). They come from three earlier
presentations and from demographic predictors, which are switched on here for the comparison alone.
"""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from edmeasures.early_warning import (
    Cohort,
    Validation,
    abc_score,
    build,
    cross_validate,
    first_flags,
    lead_time,
    place_among,
    reasons,
    validate,
)

STARTS = {"2013B": date(2013, 2, 1), "2013J": date(2013, 10, 1), "2014B": date(2014, 2, 1)}
#: AUC and Brier score of the README by day of the course.
FIGURES = {0: (0.723, 0.212), 28: (0.730, 0.215), 56: (0.776, 0.194), 84: (0.807, 0.179), 112: (0.840, 0.160)}
WITHIN = (
    0.02  # asked for: another train set (two presentations in place of three) and another test presentation
)
LARGEST_ERROR = 0.04  # expected calibration error asked for
BENCHMARK = "the published figures use them"
OVERLAP = "the published split; 2013J ends in the summer of 2014"
DEMOGRAPHICS = ("gender", "region", "highest_education", "imd_band", "age_band", "disability")
#: Words that have an order, lowest first. The files write one band "10-20" and the others with a per cent sign.
ORDERED = {
    "highest_education": (
        "No Formal quals",
        "Lower Than A Level",
        "A Level or Equivalent",
        "HE Qualification",
        "Post Graduate Qualification",
    ),
    "imd_band": tuple(f"{10 * k}-{10 * k + 10}" for k in range(10)),
    "age_band": ("0-35", "35-55", "55<="),
}
#: What is known of everybody on day 0 and means something else in every course.
OF_THE_COURSE = ("day", "clicks", "visits", "studied_credits")

ENROLLED = """
SELECT i.code_module || '/' || i.code_presentation || '/' || i.id_student AS student,
  i.*, r.date_registration::INTEGER AS day, r.date_unregistration::INTEGER AS left_on,
  coalesce(p.pre_course_clicks, 0) AS clicks, coalesce(p.pre_course_interaction_rows, 0) AS visits,
  month(starts) AS month, starts, c.module_presentation_length::INTEGER AS length
FROM studentInfo AS i
JOIN studentRegistration AS r USING (code_module, code_presentation, id_student)
JOIN courses AS c USING (code_module, code_presentation)
JOIN presentations USING (code_presentation)
LEFT JOIN preCourseClicks AS p USING (code_module, code_presentation, id_student)
WHERE r.date_registration IS NOT NULL
"""
SUBMITTED = """
SELECT e.student, a.date AS due, a.weight, a.assessment_type = 'TMA' AS is_tma, s.is_banked, s.score, s.date_submitted,
  starts + s.date_submitted::INTEGER AS known_on
FROM studentAssessment AS s JOIN assessments AS a USING (id_assessment)
JOIN enrolled AS e ON e.id_student = s.id_student AND e.code_module = a.code_module
  AND e.code_presentation = a.code_presentation
"""
DUE = """
SELECT code_module, code_presentation, date::INTEGER AS due, weight, starts AS known_on
FROM assessments JOIN presentations USING (code_presentation) WHERE date IS NOT NULL
"""
WORK = """
WITH done AS (
  SELECT student, count(*) AS n_submitted, count(*) FILTER (is_tma) AS n_tma, avg(score) AS mean_score,
    min(score) AS lowest_score, arg_max(score, (date_submitted, due, score)) AS last_score, sum(weight) AS weight_submitted,
    sum(score * weight) AS points, avg(score) FILTER (is_tma) AS mean_tma, avg(date_submitted - due) AS mean_late,
    max(date_submitted - due) AS most_late, max(date_submitted) AS last_day, count(*) FILTER (is_banked) AS n_banked,
    count(*) FILTER (score < 40) AS n_failed
  FROM submitted GROUP BY student
), due AS (
  SELECT code_module, count(*) AS n_due, sum(weight) AS weight_due FROM due WHERE due <= $cut GROUP BY code_module
)
SELECT e.student, coalesce(n_submitted, 0) AS n_submitted, coalesce(n_tma, 0) AS n_tma, mean_score, lowest_score, last_score,
  mean_tma, mean_late, most_late, coalesce(n_banked, 0) AS n_banked, coalesce(n_failed, 0) AS n_failed,
  coalesce(n_due, 0) AS n_due, coalesce(n_due, 0) - coalesce(n_submitted, 0) AS n_missing, $cut - last_day AS days_since_last,
  points / nullif(weight_due, 0) AS points_of_due, weight_submitted
FROM enrolled AS e LEFT JOIN done USING (student) LEFT JOIN due USING (code_module)
"""


class Oulad:
    """The files, and cohorts made from them."""

    def __init__(self, folder: Path) -> None:
        self.on = duckdb.connect(config={"threads": 1})
        for name in (
            "studentInfo",
            "studentRegistration",
            "studentAssessment",
            "assessments",
            "courses",
            "preCourseClicks",
        ):
            self.on.register(name, csv.read_csv(folder / f"{name}.csv.gz"))
        starts = {"code_presentation": list(STARTS), "starts": list(STARTS.values())}
        self.on.register("presentations", pa.table(starts))
        self.on.register("enrolled", self.on.sql(ENROLLED).to_arrow_table())
        self.submitted = self.on.sql(SUBMITTED).to_arrow_table()
        self.due = self.on.sql(DUE).to_arrow_table()

    def cohort(self, presentation: str, cut: int, *, with_demographics: bool = False) -> Cohort:
        starts = STARTS[presentation]
        here = self.on.sql(
            "SELECT * FROM enrolled WHERE code_presentation = $p AND day <= $cut AND (left_on IS NULL OR left_on > $cut) "
            "ORDER BY student",
            params={"p": presentation, "cut": cut},
        ).to_arrow_table()
        days = [starts + timedelta(days=d) for d in here["day"].to_pylist()]
        facts = {
            "enrolled": here.append_column("known_on", pa.array(days, pa.date32())),
            "submitted": self.submitted,
            "due": self.due.filter(pa.compute.equal(self.due["code_presentation"], presentation)),
        }

        def background(known):
            columns = [
                "student",
                "code_module",
                "day",
                "clicks",
                "visits",
                "num_of_prev_attempts",
                "studied_credits",
            ]
            made = known["enrolled"].select([*columns, *(DEMOGRAPHICS if with_demographics else ())])
            month = pa.array([str(m) for m in known["enrolled"]["month"].to_pylist()])
            made = made.append_column("starts_in_month", month)
            for name, words in ORDERED.items() if with_demographics else ():
                place = {word: float(i) for i, word in enumerate(words)}
                steps = [place[w.replace("%", "")] if w else None for w in made[name].to_pylist()]
                made = made.append_column(f"{name}_in_order", pa.array(steps, pa.float64()))
            return made

        def among_peers(known):
            here = known["enrolled"]
            places = {
                f"{name}_place": pa.array(place_among(here[name].to_numpy(), here["code_module"].to_pylist()))
                for name in OF_THE_COURSE
            }
            return pa.table({"student": here["student"], **places})

        def work(known):
            on = duckdb.connect(config={"threads": 1})
            for name in known:
                on.register(name, known[name])
            return on.sql(WORK, params={"cut": (known.on - starts).days}).to_arrow_table()

        students = here["student"].to_pylist()
        frame = build(
            students, facts, on=starts + timedelta(days=cut), makers=[background, among_peers, work]
        )
        n_due, done = frame.columns["n_due"], frame.columns["n_submitted"]
        attendance = np.divide(
            np.minimum(done, n_due), n_due, out=np.full(len(n_due), np.nan), where=n_due > 0
        )
        abc = abc_score(attendance=attendance, core_failures=frame.columns["n_failed"])
        outcome = [r in ("Fail", "Withdrawn") for r in here["final_result"].to_pylist()]
        ends = starts + timedelta(days=max(here["length"].to_pylist()))
        groups = {name: here[name].to_pylist() for name in ("gender", "disability", "age_band")}
        place = here["code_module"].to_pylist()
        return Cohort(presentation, frame.without(["n_failed"]), outcome, ends, abc, place, groups)

    def validated(self, cut: int, *, with_demographics: bool, is_chosen: bool = True) -> Validation:
        train = [self.cohort(p, cut, with_demographics=with_demographics) for p in ("2013B", "2013J")]
        test = self.cohort("2014B", cut, with_demographics=with_demographics)
        why = BENCHMARK if with_demographics else ""
        sets = candidates([*test.frame.columns])
        if not is_chosen:
            train, test = [c.only(sets["as recorded"]) for c in train], test.only(sets["as recorded"])
        return validate(
            train,
            test,
            capacity=[500, 1000],
            demographics=why,
            overlap=OVERLAP,
            candidates=sets if is_chosen else None,
        )


def candidates(features: list[str]) -> dict[str, list[str]]:
    """Sets of features to choose from. They were written down after trials on the two presentations of 2013 alone."""
    plain = [f for f in features if not f.endswith(("_place", "_in_order"))]
    places = [f for f in features if f.endswith("_place")]
    steps = [f for f in features if f.endswith("_in_order")]
    sets = {"as recorded": plain, "places among peers beside": [*plain, *places]}
    if steps:
        rest = [f for f in plain if f"{f}_in_order" not in steps]
        sets |= {
            "ordered words as steps": [*rest, *steps],
            "places among peers, ordered words as steps": [*rest, *places, *steps],
        }
    return sets


@pytest.fixture(scope="module")
def oulad(samples: Path) -> Oulad:
    return Oulad(samples / "oulad")


def tells_figures(found: Validation, cut: int) -> str:
    return f"day {cut}: AUC {found.auc.value:.4f}, Brier {found.calibration.brier:.4f}, ECE {found.calibration.expected_error:.4f}"


@pytest.mark.samples
def test_day_28_meets_the_published_figures_and_beats_both_baselines(oulad: Oulad) -> None:
    """One day of the five in the ordinary run, without demographic predictors; the README's figures use them.

    With the features that the choice takes on this day, and without the minutes of choosing.
    """
    found = oulad.validated(28, with_demographics=False, is_chosen=False)
    auc, brier = FIGURES[28]
    told = tells_figures(found, 28)
    assert found.auc.value > auc - WITHIN, told
    assert found.calibration.brier < brier, told
    assert found.calibration.expected_error < LARGEST_ERROR, told
    assert found.auc.value > max(s.auc.value for s in found.scored[1:]) + 0.1, told
    assert not found.is_out_of_time
    assert "2013J were learned from before they were known" in found.cautions[0]
    assert found.leakage is None


@pytest.mark.long
@pytest.mark.samples
@pytest.mark.parametrize("cut", [28, 56, 84, 112])
def test_with_demographics_each_day_meets_the_published_figures(oulad: Oulad, cut: int) -> None:
    found = oulad.validated(cut, with_demographics=True)
    auc, brier = FIGURES[cut]
    told = tells_figures(found, cut)
    assert found.auc.value > auc - WITHIN, told
    assert found.calibration.brier < brier, told
    assert found.calibration.expected_error < LARGEST_ERROR, told


@pytest.mark.long
@pytest.mark.samples
def test_day_0_does_not_reach_the_published_figure(oulad: Oulad) -> None:
    """.687 (.675 to .700, n 6,791) with demographic predictors, .657 (.644 to .670) without; .703 was asked for.

    The set of features was chosen on the presentations of 2013 (it raised 2013J from .675 to .693). What is missing is not
    learned better: the same learner in five folds inside 2014B, which sees that presentation's own outcomes, gets .705. A
    quarter of the students take a course (CCC) that 2013 did not have; 60 % of them failed or left, 42 % were foretold,
    and no fact of day 0 says so. What a student did in other courses before (taken, passed, left, scores, clicks beside) was
    tried on 2013J alone, in five folds: .7079 with it, .7076 without; 1.3 % have any score before. It was not taken, and 2014B
    was not asked. Whoever reaches it turns this test into the one above.
    """
    found = oulad.validated(0, with_demographics=True)
    default = oulad.validated(0, with_demographics=False)
    assert found.choice is not None
    assert found.choice.taken.name == "places among peers beside"
    assert found.choice.is_out_of_time
    told = tells_figures(found, 0)
    assert 0.68 < found.auc.value < FIGURES[0][0] - WITHIN, told
    assert found.auc.value > default.auc.value > 0.65, told
    assert LARGEST_ERROR < found.calibration.expected_error < 0.06, told
    is_new = found.test.place == "CCC"
    came, said = found.test.outcome[is_new].mean(), found.probability[is_new].mean()
    assert came - said > 0.15
    card = default.card(beside=found).markdown()
    assert "| without demographic predictors (this model) | 0.657 (0.644 to 0.670) |" in card
    assert "| with demographic predictors | 0.687 (0.675 to 0.700) |" in card
    again = oulad.validated(0, with_demographics=False)
    np.testing.assert_array_equal(again.probability, default.probability)


@pytest.mark.long
@pytest.mark.samples
def test_inside_the_presentation_itself_day_0_is_hardly_better_foretold(oulad: Oulad) -> None:
    """Five folds that see 2014B's own outcomes: what is the most that features of day 0 say of it."""
    found = cross_validate(
        oulad.cohort("2014B", 0, with_demographics=True), capacity=[500], demographics=BENCHMARK
    )
    assert found.auc.value == pytest.approx(0.705, abs=0.004)


@pytest.mark.long
@pytest.mark.samples
def test_who_withdraws_was_flagged_weeks_before(oulad: Oulad) -> None:
    """The 500 highest on day 28 and on day 56, and the day they left."""
    flagged, left = {}, {}
    for cut in (28, 56):
        found = oulad.validated(cut, with_demographics=False)
        frame = found.test.frame
        flagged[frame.on] = [s for s, f in zip(frame.students, found.flagged, strict=True) if f]
        if cut == 28:
            there = set(frame.students)
            few = reasons(found.model, frame.take(np.flatnonzero(found.flagged)[:20]))
            assert all(1 <= len(told) <= 3 for told in few)
    for student, day in oulad.on.sql(
        "SELECT student, starts + left_on FROM enrolled WHERE left_on IS NOT NULL AND code_presentation = '2014B'"
    ).fetchall():
        if student in there:
            left[student] = day.date() if hasattr(day, "date") else day
    lead = lead_time(first_flags(flagged), left)
    # A record of what the model does, no aim: 275 of the 1,319 who withdrew later.
    assert lead.n_in_time >= 250
    assert lead.lower_quartile > 14
    assert lead.share_lower < lead.share < lead.share_upper
