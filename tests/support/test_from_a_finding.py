"""From a published number to a plan: the reasons stand there, the baseline is read, several get a plan each."""

from datetime import timedelta
from uuid import uuid4

import pytest
from published import add_student_value, make_run

from cast import AT, ON, Cast
from crescendo.core.next_steps import Finding
from crescendo.indicators.models import MeasurementRun
from crescendo.insights.next_steps import steps_for
from crescendo.plans.models import Plan
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.support.models import SupportPlan
from supported import open_for_sam

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast: Cast) -> MeasurementRun:
    """Sam and Nora missed 20 of 100 days, Quinn none."""
    run = make_run(at=AT)
    for name, missed in (("sam", 20), ("nora", 20), ("quinn", 0)):
        student, school = cast.students[name].pk, cast.lincoln.pk
        add_student_value(
            run,
            student,
            school,
            is_whole=True,
            numerator=100 - missed,
            denominator=100,
            value=1 - missed / 100,
        )
        add_student_value(
            run,
            student,
            school,
            indicator="chronic_absence",
            is_whole=True,
            numerator=missed,
            denominator=100,
            value=missed / 100,
            flag=missed >= 10,
        )
    return run


def sent(cast: Cast, **changes: object) -> dict[str, object]:
    return {
        "key": str(uuid4()),
        "concern": "Away a lot",
        "strategy": "A talk every Monday",
        "target": "95",
        "sessions_per_week": "1",
        "delivered_by": cast.staff["cora"].pk,
        "tier": "2",
        "begins_on": ON.isoformat(),
        "due_on": (ON + timedelta(weeks=8)).isoformat(),
    } | changes


def test_the_page_shows_the_reasons_and_reads_the_baseline(client, cast: Cast, run: MeasurementRun) -> None:
    client.force_login(cast.users["cora"])
    address = f"/support/open/?student={cast.sam.pk}&indicator=chronic_absence"
    page = client.get(address).text
    assert "Missed 20 of 100 school days." in page
    assert "Measured by Attendance rate: 80% up to March 10." in page
    assert client.post(address, sent(cast)).status_code == 302
    plan = SupportPlan.objects.get().plan
    assert (plan.indicator, plan.baseline, plan.target, plan.direction) == (
        "attendance_rate",
        0.8,
        0.95,
        "up",
    )
    assert plan.opened_from == "Missed 20 of 100 school days."
    assert plan.why == "Away a lot"


def test_support_after_a_screening_is_measured_by_its_scores(client, cast: Cast, run: MeasurementRun) -> None:
    test = Assessment.objects.create(
        code="SCREEN", title="Screener", family="Universal screener", subject="Reading", benchmark=210,
        scale_min=100, scale_max=300,
    )  # fmt: skip
    for days, score in ((60, 195.0), (20, 199.0)):
        AssessmentResult.objects.create(
            school_year=2026, source="sis", source_key=str(days), student_id=cast.sam.pk,
            school_id=cast.lincoln.pk, assessment_id=test.pk, on=ON - timedelta(days=days), score=score,
        )  # fmt: skip
    client.force_login(cast.users["cora"])
    address = f"/support/open/?student={cast.sam.pk}&indicator=benchmark_risk"
    assert "Measured by Universal screener, Reading: 199" in client.get(address).text
    assert client.post(address, sent(cast, target="210")).status_code == 302
    support = SupportPlan.objects.get()
    assert (support.plan.measure_kind, support.plan.baseline, support.plan.target) == ("assessment", 199, 210)
    client.force_login(cast.users["fay"])
    page = client.get(f"/support/{support.pk}/").text
    assert "Universal screener, Reading: from 199 to 210" in page
    assert "195" in page


def test_a_target_on_the_wrong_side_is_sent_back(client, cast: Cast, run: MeasurementRun) -> None:
    client.force_login(cast.users["cora"])
    address = f"/support/open/?student={cast.sam.pk}&indicator=chronic_absence"
    answer = client.post(address, sent(cast, target="70"))
    assert answer.status_code == 200
    assert "the other way" in answer.text
    assert not SupportPlan.objects.exists()


def test_several_students_get_a_plan_each_under_the_schools_plan(
    client, cast: Cast, run: MeasurementRun
) -> None:
    from crescendo.plans import actions as plans  # noqa: PLC0415
    from crescendo.plans.aims import Measure, Subject  # noqa: PLC0415

    with cast.looking_as("priya") as priya:
        parent = plans.open_plan(
            subject=Subject("school", cast.lincoln.pk), title="Everybody here", measure=Measure.own("x"),
            due_on=ON + timedelta(weeks=20), by=priya, at=AT,
        )  # fmt: skip
    client.force_login(cast.users["priya"])
    address = f"/support/open-several/?indicator=attendance_rate&parent={parent.pk}"
    page = client.get(address).text
    assert "Sam Soto: Missed 20 of 100 school days." in page
    assert "Quinn" not in page
    chosen = sent(cast, students=[cast.sam.pk, cast.students["nora"].pk])
    for _twice in range(2):
        assert client.post(address, chosen).status_code == 302
    opened = SupportPlan.objects.order_by("student__sort_key")
    assert [(s.student.given_name, s.plan.baseline, s.plan.parent_id) for s in opened] == [
        ("Nora", 0.8, parent.pk),
        ("Sam", 0.8, parent.pk),
    ]


def test_named_students_come_chosen_and_those_with_support_are_left_out(
    client, cast: Cast, run: MeasurementRun
) -> None:
    open_for_sam(cast)
    client.force_login(cast.users["cora"])
    query = "&".join(f"student={cast.students[name].pk}" for name in ("sam", "nora", "omar"))
    page = client.get(f"/support/open-several/?indicator=chronic_absence&{query}").text
    assert "Nora" in page
    assert page.count('name="students"') == 1
    assert " checked" in page
    assert "2 of those named are left out" in page


def test_nothing_is_opened_where_one_of_several_cannot_be(client, cast: Cast, run: MeasurementRun) -> None:
    """Tess works with Sam and Nora, not with Quinn: she is asked to give it to all three, and nobody gets it."""
    client.force_login(cast.users["cora"])
    query = "&".join(f"student={cast.students[name].pk}" for name in ("sam", "quinn"))
    chosen = sent(
        cast,
        students=[cast.sam.pk, cast.students["quinn"].pk],
        delivered_by=cast.staff["tess"].pk,
    )
    answer = client.post(f"/support/open-several/?indicator=chronic_absence&{query}", chosen)
    assert answer.status_code == 200
    assert "does not work with Quinn Quach" in answer.text
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("name", "codes"),
    [("cora", {"support.open"}), ("tess", {"support.open"}), ("ana", set()), ("fay", set())],
)
def test_the_step_is_offered_to_those_who_may_take_it(
    cast: Cast, run: MeasurementRun, name: str, codes: set[str]
) -> None:
    finding = Finding("student_needs_a_look", "student", cast.sam.pk, "x", "chronic_absence")
    with cast.looking_as(name) as viewer:
        steps = steps_for(viewer, finding)
    assert {step.code for step in steps if step.code.startswith("support")} == codes
    assert all(f"student={cast.sam.pk}" in step.href for step in steps)


def test_a_students_page_shows_the_support_and_who_gives_it(client, cast: Cast, run: MeasurementRun) -> None:
    support = open_for_sam(cast)
    for name in ("tess", "fay", "sam"):
        client.force_login(cast.users[name])
        page = client.get(f"/students/{cast.sam.pk}/").text
        assert f'href="/support/{support.pk}/"' in page, name
        assert "Words read in a minute" in page, name
    client.force_login(cast.users["ana"])
    assert "/support/" not in client.get(f"/students/{cast.sam.pk}/").text
