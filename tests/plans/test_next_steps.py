"""From a finding to a plan: the step is offered to those who may take it, and begins with what is known."""

import pytest
from django.urls import reverse

from crescendo.core.next_steps import Finding
from crescendo.insights.next_steps import steps_for
from crescendo.plans import screens


def finding(kind: str, pk: int) -> Finding:
    return Finding("trend", kind, pk, "Attendance fell by 2 points & more.", "attendance_rate")


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("priya", "organisation", True), ("dina", "organisation", True), ("tess", "organisation", False),
        ("gus", "organisation", False), ("tess", "class", True), ("priya", "class", False), ("otto", "class", False),
    ],
)  # fmt: skip
def test_a_plan_is_offered_to_whoever_may_open_it(cast, name, kind, expected):
    pk = cast.lincoln.pk if kind == "organisation" else cast.classes["mathematics"].pk
    with cast.looking_as(name) as viewer:
        codes = {step.code for step in steps_for(viewer, finding(kind, pk))}
    assert (f"plans.open_{kind}" in codes) is expected


def test_the_opening_page_knows_the_finding_already(cast, client):
    client.force_login(cast.users["priya"])
    with cast.looking_as("priya") as priya:
        steps = steps_for(priya, finding("organisation", cast.lincoln.pk))
    href = next(step.href for step in steps if step.code == "plans.open_organisation")
    page = client.get(href).content.decode()
    assert "It begins with: Attendance fell by 2 points &amp; more." in page
    assert '<option value="indicator:attendance_rate" selected>' in page


def test_a_schools_plan_offers_what_can_be_opened_under_it(cast, open_as):
    plan = open_as("priya", "lincoln")
    with cast.looking_as("priya") as priya:
        steps = screens.steps_under(viewer=priya, plan=plan)
    assert f"{reverse('plans:plan_open')}?parent={plan.pk}" in {step.href for step in steps}
    assert all(step.href.endswith(f"parent={plan.pk}") for step in steps)
    assert "plans.open_organisation" not in {step.code for step in steps}
