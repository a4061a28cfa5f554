"""Progress follows what is imported and published, by itself; whoever may not have the numbers gets none."""

from datetime import date, timedelta

import pytest

from cast import AT, ON, YEAR, Cast
from crescendo.core.errors import NotFound, Refused
from crescendo.plans import actions, baselines, queries
from crescendo.plans.aims import Measure
from crescendo.plans.models import Plan
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster.models import ClassEnrolment, Enrolment, Student
from indicators.published import add_group_value, add_series, add_student_value, make_run

READING = Measure.of_assessment("Screener", "reading comprehension")
DUE = date(2026, 6, 30)


@pytest.fixture
def readers(cast: Cast) -> dict[str, Student]:
    """Sam, Nora and three more in Tess's class."""
    found = {name: cast.students[name] for name in ("sam", "nora")}
    for name in ("ada", "ben", "cleo"):
        found[name] = Student.objects.create(given_name=name, family_name="Reader", sort_key=name)
        Enrolment.objects.create(
            student=found[name], school=cast.lincoln, school_year=YEAR, entry_on=date(2025, 8, 25)
        )
        ClassEnrolment.objects.create(
            school_class=cast.classes["mathematics"], student=found[name], begins_on=date(2025, 8, 25)
        )
    return found


def sit(cast: Cast, readers: dict[str, Student], code: str, on: date, **scored: float | None) -> None:
    """An import brings a sitting: `sit(..., sam=50.0, nora=None)`; None is a test without a score."""
    test, _ = Assessment.objects.get_or_create(
        code=code,
        defaults={
            "title": code, "family": "Screener", "subject": "reading comprehension", "scale_min": 0, "scale_max": 100,
        },
    )  # fmt: skip
    for name, score in scored.items():
        AssessmentResult.objects.create(
            school_year=YEAR, source="screener", source_key=f"{code}:{name}:{on}", student_id=readers[name].pk,
            school_id=cast.lincoln.pk, assessment_id=test.pk, on=on, score=score,
            status="scored" if score is not None else "absent",
        )  # fmt: skip


@pytest.fixture
def reading_goal(cast: Cast, readers: dict[str, Student], open_as) -> Plan:
    """The example of the field: average reading comprehension up by ten percent."""
    sit(cast, readers, "fall", date(2025, 9, 15), sam=40.0, nora=60.0, ada=50.0, ben=50.0, cleo=None)
    return open_as(
        "tess", "mathematics", title="Average reading comprehension up by 10 percent", measure=READING,
        target_percent=10.0, due_on=DUE,
    )  # fmt: skip


def test_ten_percent_is_taken_of_the_average_that_was_imported(reading_goal):
    plan = reading_goal
    assert (plan.baseline, plan.baseline_on, plan.baseline_n) == (50.0, date(2025, 9, 15), 4)
    assert plan.target == pytest.approx(55.0)


def test_a_later_import_moves_the_progress_without_anybody_typing(cast, readers, reading_goal):
    later = ON + timedelta(days=30)
    with cast.looking_as("tess") as tess:
        before = queries.follow(viewer=tess, plan=reading_goal)
    assert (before.status, before.current, before.share) == ("not_measured", None, None)
    sit(cast, readers, "spring", later, sam=44.0, nora=62.0, ada=53.0, ben=None, cleo=90.0)
    with cast.looking_as("tess", later) as tess:
        progress = queries.follow(viewer=tess, plan=reading_goal)
    # Of the same students Sam gained 4, Nora 2, Ada 3: 3 on average. Cleo had no score at the start, Ben has none now.
    assert progress.current == pytest.approx(53.0)
    assert (progress.n, progress.current_on) == (3, later)
    assert progress.share == pytest.approx(0.6)
    assert progress.expected == pytest.approx(30 / 112)
    assert progress.status == "on_track"
    assert [(p.on, p.n) for p in progress.points] == [(date(2025, 9, 15), 4), (later, 3)]


def test_a_sitting_that_one_of_four_has_taken_is_shown_and_decides_nothing(cast, readers, reading_goal):
    later = ON + timedelta(days=30)
    sit(cast, readers, "spring", later, sam=80.0)
    with cast.looking_as("tess", later) as tess:
        progress = queries.follow(viewer=tess, plan=reading_goal)
    assert [point.counts for point in progress.points] == [True, False]
    assert (progress.status, progress.current) == ("not_measured", None)


def test_a_student_who_leaves_takes_their_score_out_of_both_sides(cast, readers, reading_goal):
    later = ON + timedelta(days=30)
    sit(cast, readers, "spring", later, sam=50.0, nora=62.0, ada=52.0, ben=52.0)
    ClassEnrolment.objects.filter(student=readers["sam"]).update(ends_on=ON)
    with cast.looking_as("tess", later) as tess:
        progress = queries.follow(viewer=tess, plan=reading_goal)
    assert progress.current == pytest.approx(52.0)
    assert progress.n == 3


def test_without_any_score_the_goal_opens_and_the_first_sitting_is_its_start(cast, readers, open_as):
    Assessment.objects.create(code="x", title="x", family="Screener", subject="reading comprehension")
    plan = open_as("tess", "mathematics", measure=READING, target_percent=10.0, due_on=DUE)
    assert (plan.baseline, plan.target) == (None, None)
    sit(cast, readers, "a", ON + timedelta(days=5), sam=40.0, nora=60.0)
    sit(cast, readers, "b", ON + timedelta(days=60), sam=46.0, nora=64.0)
    with cast.looking_as("tess", ON + timedelta(days=60)) as tess:
        progress = queries.follow(viewer=tess, plan=plan)
    assert (progress.baseline, progress.current) == (50.0, 55.0)
    assert progress.target == pytest.approx(55.0)
    assert progress.status == "reached"


def test_a_student_is_followed_by_their_own_scores(cast, readers, open_as):
    sit(cast, readers, "fall", date(2026, 2, 2), sam=40.0, nora=90.0)
    plan = open_as("cora", "sam", measure=READING, target=50.0, due_on=DUE)
    sit(cast, readers, "spring", ON + timedelta(days=20), sam=45.0, nora=91.0)
    with cast.looking_as("tess", ON + timedelta(days=20)) as tess:
        assert queries.follow(viewer=tess, plan=plan).share == pytest.approx(0.5)


def test_who_sees_the_goal_but_not_the_few_students_gets_no_number_at_all(cast, readers, reading_goal):
    with cast.looking_as("tess") as tess:
        actions.share_plan(plan_id=reading_goal.pk, staff_id=cast.staff["ivo"].pk, by=tess, at=AT)
    with cast.looking_as("ivo") as ivo:
        progress = queries.follow(viewer=ivo, plan=reading_goal)
    assert progress.is_hidden
    assert (progress.baseline, progress.target, progress.current, progress.points) == (None, None, None, ())


def test_an_unknown_test_is_not_found(cast, open_as):
    for name, what in (("tess", "mathematics"), ("priya", "lincoln")):
        with pytest.raises(NotFound, match="No test"):
            open_as(name, what, measure=Measure.of_assessment("Screener", "chess"))


def test_a_value_is_not_typed_where_numbers_are_imported(cast, reading_goal):
    with cast.looking_as("tess") as tess, pytest.raises(Refused, match="follows imported numbers"):
        actions.check_in(plan_id=reading_goal.pk, value=54.0, by=tess, at=AT)


def test_a_students_published_number_before_and_after(cast, open_as):
    old = make_run(at=AT, as_of=ON - timedelta(days=5))
    add_student_value(old, cast.sam.pk, cast.lincoln.pk, numerator=80.0, denominator=100.0, value=0.8)
    plan = open_as("cora", "sam", measure=Measure.of_indicator("attendance_rate"), target=0.9)
    assert (plan.baseline, plan.baseline_on, plan.rule_pack) == (0.8, ON - timedelta(days=5), "us-federal")
    old.is_current = False
    old.save()
    new = make_run(at=AT, as_of=ON + timedelta(days=40))
    add_student_value(new, cast.sam.pk, cast.lincoln.pk, value=0.85)
    add_student_value(new, cast.sam.pk, cast.lincoln.pk, value=0.99, rule_pack="england")
    with cast.looking_as("cora", ON + timedelta(days=40)) as cora:
        progress = queries.follow(viewer=cora, plan=plan)
    assert progress.current == 0.85
    assert progress.share == pytest.approx(0.5)
    assert [point.value for point in progress.points] == [0.8, 0.85]


@pytest.mark.parametrize(
    ("indicator", "sam", "nora", "expected"),
    [
        # Days attended: 90 of 100 and 20 of 20 are 110 of 120, not the mean of 0.9 and 1.0.
        ("attendance_rate", {"numerator": 90.0, "denominator": 100.0, "value": 0.9},
         {"numerator": 20.0, "denominator": 20.0, "value": 1.0}, 110 / 120),
        ("chronic_absence", {"flag": True, "value": 0.2}, {"flag": False, "value": 0.01}, 0.5),
        ("mean_scale_score", {"value": 200.0}, {"value": 220.0}, 210.0),
        # Who has no number is left out, not counted as zero.
        ("mean_scale_score", {"value": 200.0}, {"value": None, "status": "not_evaluated"}, 200.0),
    ],
)  # fmt: skip
def test_a_classs_number_is_added_up_as_the_definition_says(cast, open_as, indicator, sam, nora, expected):
    run = make_run(at=AT)
    add_student_value(run, cast.sam.pk, cast.lincoln.pk, indicator=indicator, **sam)
    add_student_value(run, cast.students["nora"].pk, cast.lincoln.pk, indicator=indicator, **nora)
    plan = open_as("tess", "mathematics", measure=Measure.of_indicator(indicator))
    assert plan.baseline == pytest.approx(expected)
    assert plan.baseline_n == (1 if nora.get("status") else 2)


def test_a_school_is_followed_by_the_weeks_since_it_began(cast, open_as):
    run = make_run(at=AT)
    add_group_value(run, cast.lincoln.pk, value=0.90)
    plan = open_as("priya", "lincoln", measure=Measure.of_indicator("attendance_rate"), target=0.95)
    assert plan.baseline == 0.90
    weeks = [date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 23)]
    add_series(run, cast.lincoln.pk, weeks, [0.10, 0.92, 0.93])
    with cast.looking_as("priya", ON + timedelta(days=21)) as priya:
        progress = queries.follow(viewer=priya, plan=plan)
    assert progress.current == pytest.approx(0.925)  # the week before the start says nothing about the plan
    assert progress.share == pytest.approx(0.5)


def test_a_share_cannot_be_wanted_beyond_the_whole(cast, open_as):
    """Whoever writes 95 beside "up by percent" means 95 percent, not 95 percent more."""
    add_group_value(make_run(at=AT), cast.lincoln.pk, value=0.93)
    asked = {"measure": Measure.of_indicator("attendance_rate")}
    for beyond in ({"target_percent": 95.0}, {"target": 1.001}, {"target": -0.1, "direction": "down"}):
        with pytest.raises(Refused, match="there is no such value"):
            open_as("priya", "lincoln", **asked, **beyond)
    plan = open_as("priya", "lincoln", **asked, target=1.0)
    with cast.looking_as("priya") as priya, pytest.raises(Refused, match="there is no such value"):
        actions.change_goal(plan_id=plan.pk, target=1.81, reason="More", by=priya, at=AT)
    assert open_as("priya", "lincoln", title="More", **asked, target_percent=5.0).target == pytest.approx(
        0.9765
    )
    assert open_as("tess", "tess", baseline=90.0, target_percent=95.0).pk, "an own value has no end"


def test_a_percent_asked_for_before_there_was_a_number_makes_no_impossible_target(cast, open_as):
    plan = open_as(
        "priya", "lincoln", measure=Measure.of_indicator("attendance_rate"), target_percent=95.0, due_on=DUE
    )
    add_group_value(make_run(at=AT), cast.lincoln.pk, value=0.93)
    baselines.set_baselines(on=ON, at=AT)
    plan.refresh_from_db()
    assert (plan.baseline, plan.target) == (0.93, None)
    with cast.looking_as("priya") as priya:
        assert queries.follow(viewer=priya, plan=plan).target is None


def test_a_number_that_is_hidden_from_the_viewer_stays_hidden_on_the_plan(cast, open_as):
    run = make_run(at=AT)
    add_group_value(run, cast.lincoln.pk, value=0.90, is_suppressed=True, n_students=4)
    add_series(run, cast.lincoln.pk, [date(2026, 3, 16)], [0.92])
    plan = open_as("priya", "lincoln", measure=Measure.of_indicator("attendance_rate"), target=0.95)
    assert plan.baseline == 0.90
    with cast.looking_as("gus", ON + timedelta(days=21)) as gus:
        progress = queries.follow(viewer=gus, plan=plan)
        assert progress.is_hidden
        assert (progress.baseline, progress.target, progress.current) == (None, None, None)


def test_before_any_measurement_a_goal_opens_without_a_baseline(cast, open_as):
    plan = open_as("priya", "lincoln", measure=Measure.of_indicator("attendance_rate"), target=0.95)
    assert plan.baseline is None
    with cast.looking_as("priya") as priya:
        assert queries.follow(viewer=priya, plan=plan).reason == "not_measured_yet"


def test_a_plan_that_began_weeks_ago_starts_from_the_weeks_before_it(cast, open_as):
    """The year so far holds the weeks of the plan itself: it would stand on both sides."""
    run = make_run(at=AT)
    add_group_value(run, cast.lincoln.pk, value=0.91)
    weeks = [date(2026, 2, 9), date(2026, 2, 16), date(2026, 2, 23), date(2026, 3, 2)]
    add_series(run, cast.lincoln.pk, weeks, [0.88, 0.90, 0.92, 0.94])
    began_on = date(2026, 2, 23)
    plan = open_as(
        "priya", "lincoln", measure=Measure.of_indicator("attendance_rate"), target=0.97, begins_on=began_on
    )
    assert plan.baseline == pytest.approx(0.89)
    assert plan.baseline_on == began_on - timedelta(days=1)
    with cast.looking_as("priya") as priya:
        assert queries.follow(viewer=priya, plan=plan).current == pytest.approx(0.93)


def test_where_the_baseline_is_younger_than_the_plan_its_time_begins_with_the_baseline(cast, open_as):
    plan = open_as("tess", "tess", target=10.0, due_on=ON + timedelta(days=100))
    for days, value in ((50, 0.0), (75, 5.0)):
        day = ON + timedelta(days=days)
        with cast.looking_as("tess", day) as tess:
            actions.check_in(plan_id=plan.pk, value=value, by=tess, at=AT)
            progress = queries.follow(viewer=tess, plan=plan)
    assert (progress.share, progress.expected, progress.status) == (0.5, 0.5, "on_track")


@pytest.mark.parametrize(("n_students", "hidden"), [(9, True), (10, False)])
def test_who_may_see_no_results_learns_no_baseline_of_a_few(cast, open_as, n_students, hidden):
    """Hana works at the district and sees the goal; results are not hers to see."""
    run = make_run(at=AT)
    add_group_value(run, cast.lincoln.pk, indicator="chronic_absence", value=0.3, n_students=n_students)
    plan = open_as(
        "priya", "lincoln", measure=Measure.of_indicator("chronic_absence"), target=0.2, direction="down"
    )
    with cast.looking_as("hana") as hana:
        progress = queries.follow(viewer=hana, plan=plan)
    assert progress.is_hidden is hidden
    assert progress.current is None
    assert (progress.baseline is None) is hidden


def test_a_baseline_that_comes_later_is_kept_once_and_stays_put(cast, open_as):
    plan = open_as(
        "tess", "mathematics", measure=Measure.of_indicator("chronic_absence"), target=0.1, direction="down"
    )
    assert baselines.set_baselines(on=ON, at=AT) == 0
    run = make_run(at=AT, as_of=ON + timedelta(days=10))
    row = add_student_value(
        run, cast.sam.pk, cast.lincoln.pk, indicator="chronic_absence", flag=True, value=0.2
    )
    day = ON + timedelta(days=10)
    with cast.looking_as("tess", day) as tess:
        unset = queries.follow(viewer=tess, plan=plan)
    assert (unset.baseline, unset.current, unset.share, unset.status) == (None, 1.0, None, "not_measured")
    assert [baselines.set_baselines(on=day, at=AT) for _ in range(2)] == [1, 0]
    plan.refresh_from_db()
    assert (plan.baseline, plan.baseline_on, plan.baseline_n) == (1.0, day, 1)
    type(row).objects.filter(run_id=run.pk).update(flag=False)
    run.as_of = day + timedelta(days=30)
    run.save()
    with cast.looking_as("tess", day + timedelta(days=30)) as tess:
        assert queries.follow(viewer=tess, plan=plan).status == "reached"


def test_a_schools_goal_without_a_baseline_takes_the_weeks_before_it(cast, open_as):
    plan = open_as("priya", "lincoln", measure=Measure.of_indicator("attendance_rate"), target=0.95)
    run = make_run(at=AT)
    add_group_value(run, cast.lincoln.pk, value=0.91)
    add_series(run, cast.lincoln.pk, [date(2026, 3, 2), date(2026, 3, 16)], [0.90, 0.925])
    with cast.looking_as("priya", ON + timedelta(days=14)) as priya:
        progress = queries.follow(viewer=priya, plan=plan)
    assert progress.baseline == pytest.approx(0.90)
    assert progress.share == pytest.approx(0.5)


@pytest.mark.parametrize(("name", "sees"), [("tess", True), ("ivo", False)])
def test_a_classs_goal_on_behaviour_keeps_its_baseline_from_roles_that_do_not_see_behaviour(
    cast, readers, open_as, name, sees
):
    run = make_run(at=AT)
    for n, student in enumerate(readers.values()):
        add_student_value(
            run, student.pk, cast.lincoln.pk, indicator="behaviour_incident_rate", numerator=float(n),
            denominator=100.0, value=float(n),
        )  # fmt: skip
    plan = open_as(
        "tess", "mathematics", measure=Measure.of_indicator("behaviour_incident_rate"), direction="down",
        target=1.0, visibility="organisation",
    )  # fmt: skip
    # Twenty stand behind it, so that nothing else hides it.
    Plan.objects.filter(pk=plan.pk).update(baseline_n=20)
    with cast.looking_as(name) as viewer:
        progress = queries.follow(viewer=viewer, plan=queries.get_plan(viewer=viewer, plan_id=plan.pk))
    assert (progress.baseline is not None, progress.target is not None, bool(progress.points)) == (
        sees,
        sees,
        sees,
    )
    assert progress.is_hidden is not sees
