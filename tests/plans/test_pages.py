"""The pages of goals, walked through with nothing but forms and links."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cast import ON
from crescendo.accounts.models import AuditEntry
from crescendo.nav import places_for
from crescendo.plans.models import Action, CheckIn, Plan
from indicators.published import add_group_value, make_run


def text(response: object) -> str:
    assert response.status_code == 200, response
    return response.content.decode()


def test_tess_sets_a_goal_works_on_it_and_closes_it(cast, client):
    client.force_login(cast.users["tess"])
    first = text(client.get(reverse("plans:plan_open")))
    opening = f"{reverse('plans:plan_open')}?class={cast.classes['mathematics'].pk}"
    assert opening in first
    said = {
        "title": "Average mathematics up by 10 percent", "measure": "own", "how_far": "up_by", "amount": "10", "now": "50",
        "unit": "points", "due_on": "2026-06-05",
    }  # fmt: skip
    opened = client.post(opening, said)
    plan = Plan.objects.get()
    assert (opened.status_code, opened.url) == (302, reverse("plans:plan_page", args=[plan.pk]))
    again = client.post(opening, said, follow=True)
    assert "You have opened this goal already." in text(again)

    page = text(client.get(opened.url))
    assert "from 50.0 points to 55.0 points by June 5, 2026." in page
    client.post(
        reverse("plans:action_add", args=[plan.pk]),
        {"what": "Small groups", "accountable": cast.staff["tess"].pk, "due_on": "2026-03-20"},
    )
    assert "Small groups" in text(client.get(reverse("plans:goal_list")))
    client.post(
        reverse("plans:check_in", args=[plan.pk]), {"on": "2026-03-10", "value": "52", "confidence": "4"}
    )
    assert CheckIn.objects.get().value == 52.0
    page = text(client.get(opened.url))
    assert "52.0 points on 10 Mar 2026: 40% of the way" in page
    assert "How sure" not in page or "4 of 5" in page
    action = Action.objects.get()
    client.post(
        reverse("plans:action_finish", args=[action.pk]), {"done_on": "2026-03-10", "evidence": "Photo"}
    )
    assert "1 of 1 done" in text(client.get(opened.url))
    client.post(
        reverse("plans:plan_close", args=[plan.pk]),
        {"outcome": "partly", "what_happened": "Half of it", "learned": "Small groups help"},
    )
    page = text(client.get(opened.url))
    assert "50.0 points before, 52.0 points at the end" in page
    assert "Small groups help" in page
    assert reverse("plans:check_in", args=[plan.pk]) not in page
    refused = text(
        client.post(
            reverse("plans:plan_close", args=[plan.pk]),
            {"outcome": "missed", "what_happened": "x", "learned": "x"},
        )
    )
    assert "This goal was closed on 10 Mar 2026." in refused


def test_percent_is_written_as_people_write_it(cast, client):
    add_group_value(make_run(at=cast.at), cast.lincoln.pk, value=0.91)
    client.force_login(cast.users["priya"])
    opening = f"{reverse('plans:plan_open')}?organisation={cast.lincoln.pk}"
    said = {
        "title": "Come every day",
        "measure": "indicator:attendance_rate",
        "how_far": "up",
        "amount": "95",
    }
    opened = client.post(opening, said | {"due_on": "2026-06-05"})
    plan = Plan.objects.get()
    assert (plan.subject_kind, plan.baseline, plan.target) == ("school", 0.91, 0.95)
    assert "from 91.0% to 95.0%" in text(client.get(opened.url))
    change = reverse("plans:goal_change", args=[plan.pk])
    assert 'value="95.0"' in text(client.get(change))
    known = {
        "title": plan.title,
        "due_on": "2026-06-05",
        "visibility": "organisation",
        "reason": "Within reach",
    }
    assert client.post(change, known | {"target": "93"}).status_code == 302
    plan.refresh_from_db()
    assert plan.target == pytest.approx(0.93)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"amount": "40", "now": "50"}, "is the other way"),
        ({"amount": "fifty"}, "Enter a number"),
        ({"due_on": "2026-03-01"}, "passed"),
        ({"due_on": "tomorrow"}, "valid date"),
        ({"title": ""}, "required"),
        ({"measure": "indicator:luck"}, "valid choice"),
        ({"measure": "indicator:attendance_rate", "now": "5"}, "read from the records"),
        ({"how_far": "hold", "amount": ""}, "which value to hold"),
        ({"owner": "999999"}, "valid choice"),
    ],
)
def test_what_cannot_be_opened_is_shown_again_with_what_to_change(cast, client, said, words):
    client.force_login(cast.users["tess"])
    known = {"title": "Up", "measure": "own", "how_far": "up", "amount": "60", "due_on": "2026-06-05"}
    opening = f"{reverse('plans:plan_open')}?staff={cast.staff['tess'].pk}"
    page = text(client.post(opening, known | said))
    assert words in page
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("class=abc", 404), ("class=999999999999999999999999", 404), ("student=999999", 404), ("organisation=-1", 404),
        ("team=1", 404), ("staff=0", 404), ("parent=abc", 200),
    ],
)  # fmt: skip
def test_an_address_that_names_nothing_is_answered(cast, client, query, status):
    client.force_login(cast.users["tess"])
    assert client.get(f"{reverse('plans:plan_open')}?{query}").status_code == status


def test_reading_a_students_plan_leaves_a_line_for_the_family(cast, client, open_as):
    plan = open_as("cora", "sam")
    client.force_login(cast.users["tess"])
    for _ in range(2):
        text(client.get(reverse("plans:plan_page", args=[plan.pk])))
    entry = AuditEntry.objects.get(verb="student.viewed", object_type="plan")
    assert (entry.student_id, entry.by_id) == (cast.sam.pk, cast.users["tess"].pk)


def test_a_schools_plan_says_how_many_are_behind_it_without_their_names(cast, client, open_as):
    plan = open_as("priya", "lincoln")
    open_as("cora", "sam", parent_id=plan.pk, title="Fractions with Sam")
    address = reverse("plans:plan_page", args=[plan.pk])
    client.force_login(cast.users["priya"])
    assert "Fractions with Sam" in text(client.get(address))
    client.force_login(cast.users["gus"])
    page = text(client.get(address))
    assert "1 more plan belongs to it." in page
    assert "Sam" not in page
    assert "Fractions" not in page


def test_the_list_asks_no_more_for_many_goals_of_others_than_for_few(cast, client, open_as):
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            text(client.get(reverse("plans:goal_list")))
        return len(queries)

    client.force_login(cast.users["max"])
    for n in range(2):
        open_as("priya", "lincoln", title=f"Goal {n}")
    few = asked()
    for n in range(2, 8):
        open_as("priya", "lincoln", title=f"Goal {n}")
    assert asked() == few


def test_every_page_of_a_goal_stands_for_its_owner(cast, client, open_as):
    plan = open_as("tess", "mathematics", is_draft=True)
    client.force_login(cast.users["tess"])
    page = text(client.get(reverse("plans:plan_page", args=[plan.pk])))
    assert reverse("plans:plan_begin", args=[plan.pk]) in page
    client.post(reverse("plans:plan_begin", args=[plan.pk]))
    for name in ("check_in", "action_add", "plan_review", "plan_close", "goal_change", "plan_share"):
        assert plan.title in text(client.get(reverse(f"plans:{name}", args=[plan.pk])))
    next_review = (ON + timedelta(days=14)).isoformat()
    client.post(
        reverse("plans:plan_review", args=[plan.pk]),
        {"decision": "continue", "reason": "Early", "next_review_on": next_review},
    )
    client.post(reverse("plans:plan_share", args=[plan.pk]), {"colleague": cast.staff["ivo"].pk})
    page = text(client.get(reverse("plans:plan_page", args=[plan.pk])))
    assert "Look again on March 24, 2026." in page
    assert "Ivo Ivanov" in page
    client.post(reverse("plans:plan_unshare", args=[plan.pk, cast.staff["ivo"].pk]))
    assert "Ivo Ivanov" not in text(client.get(reverse("plans:plan_page", args=[plan.pk])))


def test_a_team_is_made_and_sets_its_goal(cast, client):
    client.force_login(cast.users["tess"])
    made = client.post(
        reverse("plans:team_open"),
        {"organisation": cast.lincoln.pk, "name": "Grade 7", "people": [cast.staff["cora"].pk]},
    )
    opening = text(client.get(made.url))
    assert "What do you want to reach for Grade 7?" in opening
    client.post(made.url, {"title": "Meet weekly", "measure": "own", "how_far": "up", "due_on": "2026-06-05"})
    plan = Plan.objects.get()
    client.force_login(cast.users["cora"])
    assert "Meet weekly" in text(client.get(reverse("plans:plan_page", args=[plan.pk])))


def test_a_teacher_has_at_most_four_places_in_the_rail(cast):
    with cast.looking_as("tess") as tess:
        assert [entry.label for entry in places_for(tess, "/plans/")] == [
            "Today",
            "Students",
            "Classes",
            "Goals & plans",
        ]
    with cast.looking_as("priya") as priya:
        labels = [entry.label for entry in places_for(priya, "/plans/")]
    assert {"Goals & plans", "Reports"} <= set(labels)
    with cast.looking_as("fay") as fay:
        assert "Goals & plans" not in [entry.label for entry in places_for(fay, "/")]
