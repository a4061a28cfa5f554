"""A school's goal on test scores: the same students at the start and later, the same number for all who may read it."""

import random
from datetime import date, timedelta

import pytest

from cast import ON, YEAR, Cast
from crescendo.core.errors import Refused
from crescendo.plans import choices, queries, screens, wording
from crescendo.plans.aims import Measure, Subject
from crescendo.plans.models import Plan
from crescendo.plans.scores import Score, baseline_sitting, compare, later_sittings
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster.models import Enrolment, Organisation, Student

MATHEMATICS = Measure.of_assessment("Screener", "Mathematics")
FALL, SPRING, DUE = date(2026, 1, 20), ON + timedelta(days=30), date(2026, 6, 30)


@pytest.fixture
def pupils(cast: Cast) -> list[Student]:
    """Twelve students of Lincoln, in no class of Tess's."""
    return [enrol(cast.lincoln, f"Pupil{n:02}") for n in range(12)]


@pytest.fixture(autouse=True)
def screener(db) -> Assessment:
    return Assessment.objects.create(
        code="M", title="M", family="Screener", subject="Mathematics",
        scale_min=0, scale_max=100, benchmark=55,
    )  # fmt: skip


def enrol(school: Organisation, name: str) -> Student:
    student = Student.objects.create(given_name=name, family_name="Tested", sort_key=name)
    Enrolment.objects.create(student=student, school=school, school_year=YEAR, entry_on=date(2025, 8, 25))
    return student


def sit(
    test: Assessment, school: Organisation, on: date, scores: dict[int, float | None], source="screener"
) -> None:
    for student_id, score in scores.items():
        AssessmentResult.objects.create(
            school_year=YEAR, source=source, source_key=f"{test.pk}:{student_id}:{on}", student_id=student_id,
            school_id=school.pk, assessment_id=test.pk, on=on, score=score,
            status="scored" if score is not None else "absent",
        )  # fmt: skip


@pytest.fixture
def goal(cast: Cast, pupils: list[Student], screener: Assessment, open_as) -> Plan:
    """Twelve scores, 40 to 62, their average 51; to be ten percent more."""
    sit(screener, cast.lincoln, FALL, {pupil.pk: 40.0 + 2 * n for n, pupil in enumerate(pupils)})
    return open_as("priya", "lincoln", measure=MATHEMATICS, target_percent=10.0, due_on=DUE)


def follow(cast: Cast, name: str, plan: Plan, on: date = SPRING):
    with cast.looking_as(name, on) as viewer:
        return queries.follow(viewer=viewer, plan=queries.get_plan(viewer=viewer, plan_id=plan.pk))


def test_a_schools_goal_can_be_measured_by_the_scores_it_has(cast, goal):
    with cast.looking_as("priya") as priya:
        offered = dict(choices.measures(viewer=priya, subject=Subject("school", cast.lincoln.pk)))
        above = dict(choices.measures(viewer=priya, subject=Subject("school", cast.monroe.pk)))
    tests = [code for code, _words in offered["Scores that are imported"]]
    assert "assessment:Screener|Mathematics" in tests
    assert "Scores that are imported" not in above, "no score was taken at the other school"


def test_the_average_of_the_start_is_kept_with_how_many_stand_behind_it(goal):
    assert (goal.baseline, goal.baseline_on, goal.baseline_n) == (51.0, FALL, 12)
    assert goal.target == pytest.approx(56.1)


def test_a_later_import_moves_the_school_and_who_joined_or_left_does_not(cast, pupils, screener, goal):
    newcomer = enrol(cast.lincoln, "Newcomer")
    later = {pupil.pk: 43.0 + 2 * n for n, pupil in enumerate(pupils[:10])}
    sit(screener, cast.lincoln, SPRING, later | {pupils[10].pk: None, newcomer.pk: 100.0})
    # The last one sits the same test at another school: that is not this school's result.
    sit(screener, cast.monroe, SPRING, {pupils[11].pk: 0.0})
    progress = follow(cast, "priya", goal)
    assert progress.current == pytest.approx(54.0)
    assert (progress.n, progress.current_on) == (10, SPRING)
    assert progress.share == pytest.approx(3 / 5.1)


def test_a_district_counts_who_moved_between_its_schools(cast, pupils, screener, open_as):
    sit(screener, cast.lincoln, FALL, {pupil.pk: 50.0 for pupil in pupils})
    plan = open_as("dina", "district", measure=MATHEMATICS, target=60.0, due_on=DUE)
    Enrolment.objects.filter(student=pupils[0]).update(exit_on=ON - timedelta(days=1))
    Enrolment.objects.create(student=pupils[0], school=cast.monroe, school_year=YEAR, entry_on=ON)
    sit(screener, cast.monroe, SPRING, {pupils[0].pk: 62.0})
    sit(screener, cast.lincoln, SPRING, {pupil.pk: 50.0 for pupil in pupils[1:]})
    assert follow(cast, "dina", plan).current == pytest.approx(51.0)


def test_a_teacher_of_one_class_reads_the_schools_number_and_not_her_own(cast, pupils, screener, goal):
    sit(screener, cast.lincoln, SPRING, {pupil.pk: 60.0 for pupil in pupils})
    assert follow(cast, "tess", goal).current == follow(cast, "priya", goal).current == pytest.approx(60.0)


def test_of_fewer_than_ten_only_who_sees_them_all_reads_an_average(cast, pupils, screener, open_as):
    sit(screener, cast.lincoln, FALL, {pupil.pk: 50.0 for pupil in pupils[:9]})
    plan = open_as("priya", "lincoln", measure=MATHEMATICS, target=60.0, due_on=DUE)
    assert follow(cast, "priya", plan).baseline == 50.0
    hidden = follow(cast, "tess", plan)
    assert hidden.is_hidden
    assert (hidden.baseline, hidden.target, hidden.points) == (None, None, ())


def test_a_later_sitting_of_few_is_left_out_for_who_may_not_see_them(cast, pupils, screener, goal):
    sit(screener, cast.lincoln, SPRING, {pupil.pk: 60.0 for pupil in pupils[:9]})
    assert follow(cast, "priya", goal).n == 9
    told = follow(cast, "tess", goal)
    assert (told.current, len(told.points), told.baseline) == (None, 1, 51.0)


def test_what_a_person_put_right_counts_instead_of_what_was_sent(cast, pupils, screener, goal):
    sit(screener, cast.lincoln, SPRING, {pupil.pk: 51.0 for pupil in pupils})
    sit(screener, cast.lincoln, SPRING, {pupils[0].pk: 63.0}, source="crescendo")
    assert follow(cast, "priya", goal).current == pytest.approx(52.0)


def test_the_page_says_which_students_are_compared(cast, pupils, screener, goal):
    sit(screener, cast.lincoln, SPRING, {pupil.pk: 54.0 for pupil in pupils[:10]})
    progress = follow(cast, "priya", goal)
    said = wording.who_is_counted(goal, progress)
    assert "10 students have both scores, of 12 at the start" in said
    assert "not counted as zero" in said


def test_support_under_it_is_offered_for_those_below_the_benchmark_of_its_own_test(
    cast, pupils, goal, client
):
    with cast.looking_as("priya") as priya:
        steps = {step.code: step.href for step in screens.steps_under(viewer=priya, plan=goal)}
    client.force_login(cast.users["priya"])
    page = client.get(steps["support.open_several"]).text
    low = [pupil for n, pupil in enumerate(pupils) if 40.0 + 2 * n < 55]
    assert [pupil.name in page for pupil in pupils] == [pupil in low for pupil in pupils]
    assert "Screener, Mathematics" in page


def test_a_teachers_own_goal_is_not_measured_by_a_schools_scores(cast, open_as):
    with pytest.raises(Refused, match="Choose an indicator"):
        open_as("tess", "tess", measure=MATHEMATICS)


@pytest.mark.parametrize("seed", range(5))
def test_postgresql_and_python_say_the_same_of_the_same_scores(cast, pupils, screener, open_as, seed):
    chance = random.Random(seed)
    found: list[Score] = []
    for start in (FALL - timedelta(days=40), FALL, SPRING, SPRING + timedelta(days=40)):
        for pupil in pupils:
            if chance.random() < 0.8:
                on = start + timedelta(days=chance.randrange(20))
                value = float(chance.randrange(100))
                sit(screener, cast.lincoln, on, {pupil.pk: value})
                found.append(Score(pupil.pk, on, value, ("scale", 0.0, 100.0)))
    plan = open_as("priya", "lincoln", measure=MATHEMATICS, target=500.0, due_on=DUE)
    progress = follow(cast, "priya", plan, on=date(2026, 6, 15))
    first, scale = baseline_sitting(found, ON)
    compared = [compare(first, sitting, first.mean) for sitting in later_sittings(found, ON, scale)]
    assert plan.baseline == pytest.approx(first.mean)
    assert [(p.on, p.n, p.counts) for p in progress.points[1:]] == [(c.on, c.n, c.counts) for c in compared]
    assert [p.value for p in progress.points[1:]] == pytest.approx([c.value for c in compared])
