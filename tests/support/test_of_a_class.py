"""Support for a whole class: one plan, one log; read by the staff of its school and by no family."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from cast import ON, YEAR, Cast
from crescendo.plans.models import Plan
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.support.models import SupportPlan

pytestmark = pytest.mark.django_db


def opening(cast: Cast, test: str = "") -> str:
    address = f"/support/open-class/?class={cast.classes['mathematics'].pk}"
    return f"{address}&test={test}" if test else address


def filled(cast: Cast, **more: object) -> dict[str, object]:
    return {
        "key": str(uuid4()), "concern": "Half of the class is lost in fractions.", "strategy": "Fraction strips, daily.",
        "sessions_per_week": 3, "delivered_by": cast.staff["tess"].pk, "tier": 1, "begins_on": ON.isoformat(),
        "due_on": (ON + timedelta(weeks=8)).isoformat(),
    } | more  # fmt: skip


def test_tess_opens_support_for_her_class_logs_a_session_and_writes_a_score(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.users["tess"])
    assert opening(cast) in client.get(f"/classes/{cast.classes['mathematics'].pk}/").text.replace(
        "&amp;", "&"
    )
    own = {"own_measure": "Fractions right of ten", "baseline": 4, "target": 8}
    sent = filled(cast, **own)
    opened = client.post(opening(cast), sent, follow=True)
    assert "Fraction strips, daily." in opened.text
    support = SupportPlan.objects.get()
    assert (support.student_id, support.school_class_id) == (None, cast.classes["mathematics"].pk)
    assert (support.plan.subject_kind, support.plan.visibility) == ("class", Plan.Visibility.ORGANISATION)
    client.post(opening(cast), sent)
    assert SupportPlan.objects.count() == 1, "the same form twice opens one plan"
    page = f"/support/{support.pk}/"
    logged = client.post(
        f"{page}sessions/", {"key": str(uuid4()), "on": ON.isoformat(), "happened": "yes"}, follow=True
    )
    assert support.deliveries.get().happened
    assert "logged" in logged.text
    client.post(f"{page}scores/", {"on": ON.isoformat(), "value": "6"})
    assert support.plan.check_ins.get().value == 6
    assert "7 Mathematics" in client.get("/support/").text


def test_a_classs_own_test_is_read_and_the_same_students_are_compared(client: Client, cast: Cast) -> None:
    test = Assessment.objects.create(
        code="F", title="F", family="Quick check", subject="Mathematics", scale_min=0, scale_max=10
    )
    for name, score in (("sam", 3.0), ("nora", 5.0)):
        AssessmentResult.objects.create(
            school_year=YEAR, source="x", source_key=name, student_id=cast.students[name].pk,
            school_id=cast.lincoln.pk, assessment_id=test.pk, on=ON - timedelta(days=3), score=score,
        )  # fmt: skip
    client.force_login(cast.users["cora"])
    assert "Quick check, Mathematics" in client.get(opening(cast)).text
    begun = client.get(opening(cast, "Quick check|Mathematics")).text
    assert "Measured by Quick check, Mathematics: 4" in begun
    client.post(opening(cast, "Quick check|Mathematics"), filled(cast, target=6))
    plan = SupportPlan.objects.get().plan
    assert (plan.baseline, plan.baseline_n, plan.target) == (4.0, 2, 6.0)


@pytest.mark.parametrize(
    ("name", "status"),
    [("tess", 200), ("cora", 200), ("priya", 200), ("ana", 403), ("otto", 404), ("fay", 404), ("gus", 404)],
)
def test_who_opens_support_for_a_class(client: Client, cast: Cast, name: str, status: int) -> None:
    client.force_login(cast.users[name])
    assert client.get(opening(cast)).status_code == status


def test_no_family_and_no_other_school_reads_a_classs_support(client: Client, cast: Cast) -> None:
    client.force_login(cast.users["tess"])
    own = {"own_measure": "Fractions right of ten", "baseline": 4, "target": 8}
    client.post(opening(cast), filled(cast, **own))
    support = SupportPlan.objects.get()
    found = {}
    for name in ("cora", "priya", "otto", "fay", "sam", "bryn"):
        client.force_login(cast.users[name])
        found[name] = client.get(f"/support/{support.pk}/").status_code
    assert found == {"cora": 200, "priya": 200, "otto": 404, "fay": 404, "sam": 404, "bryn": 404}
