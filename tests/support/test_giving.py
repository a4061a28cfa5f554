"""Sessions are logged once, on days that have come; scores, reviews and the close go with the plan."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from cast import AT, ON, Cast
from crescendo.accounts.models import AuditEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.support import actions, dose, queries
from crescendo.support.models import Delivery, DeliveryNote, SupportPlan
from supported import BEGINS_ON, open_for_sam

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(cast: Cast) -> SupportPlan:
    return open_for_sam(cast)


def log(cast: Cast, support: SupportPlan, by: str = "cora", **changes: object) -> Delivery:
    with cast.looking_as(by) as viewer:
        sent = {"key": uuid4(), "on": ON, "happened": True} | changes
        return actions.log_delivery(support_id=support.pk, by=viewer, at=AT, **sent)


def dose_of(cast: Cast, support: SupportPlan) -> dose.Dose:
    with cast.looking_as("cora") as cora:
        return queries.describe(
            viewer=cora, support=queries.get_support(viewer=cora, support_id=support.pk)
        ).dose


def test_a_button_pressed_twice_logs_one_session(cast: Cast, support: SupportPlan) -> None:
    key = uuid4()
    assert log(cast, support, key=key).pk == log(cast, support, key=key).pk
    assert Delivery.objects.count() == 1


def test_two_sessions_on_one_day_are_two(cast: Cast, support: SupportPlan) -> None:
    log(cast, support)
    log(cast, support)
    assert dose_of(cast, support).held == 2


def test_a_session_in_the_future_is_refused(cast: Cast, support: SupportPlan) -> None:
    with pytest.raises(Refused, match="has not come yet"):
        log(cast, support, on=ON + timedelta(days=1))


def test_a_session_before_the_support_began_is_refused(cast: Cast, support: SupportPlan) -> None:
    with pytest.raises(Refused, match="begins on March 2"):
        log(cast, support, on=BEGINS_ON - timedelta(days=1))


def test_a_session_that_did_not_take_place_says_why_and_counts_as_none(
    cast: Cast, support: SupportPlan
) -> None:
    with pytest.raises(Refused, match="why it did not"):
        log(cast, support, happened=False)
    delivery = log(cast, support, happened=False, why_not="student_away", minutes=30)
    assert delivery.minutes is None
    assert (dose_of(cast, support).held, dose_of(cast, support).missed) == (0, 1)


def test_a_session_takes_the_planned_minutes_where_none_are_given(cast: Cast, support: SupportPlan) -> None:
    assert log(cast, support).minutes == 30
    assert log(cast, support, minutes=20).minutes == 20


def test_a_mistake_is_taken_back_once_and_stays_on_record(cast: Cast, support: SupportPlan) -> None:
    delivery = log(cast, support)
    for _twice in range(2):
        with cast.looking_as("cora") as cora:
            actions.take_back_delivery(support_id=support.pk, delivery_id=delivery.pk, by=cora, at=AT)
    assert dose_of(cast, support).held == 0
    assert Delivery.objects.filter(pk=delivery.pk).exists()
    assert AuditEntry.objects.filter(verb="support.delivery_taken_back").count() == 1


def test_a_session_of_another_plan_cannot_be_taken_back_here(cast: Cast, support: SupportPlan) -> None:
    other = open_for_sam(cast, due_on=ON + timedelta(weeks=9))
    delivery = log(cast, other)
    with pytest.raises(NotFound), cast.looking_as("cora") as cora:
        actions.take_back_delivery(support_id=support.pk, delivery_id=delivery.pk, by=cora, at=AT)


@pytest.mark.parametrize("name", ["fay", "sam"])
def test_the_family_and_the_student_write_nothing(cast: Cast, support: SupportPlan, name: str) -> None:
    with pytest.raises(NotAllowed):
        log(cast, support, by=name)


@pytest.mark.parametrize("name", ["otto", "bryn", "gus", "hana", "ana", "dina"])
def test_for_everybody_else_there_is_no_such_plan(cast: Cast, support: SupportPlan, name: str) -> None:
    with pytest.raises(NotFound):
        log(cast, support, by=name)


def test_a_teacher_of_the_class_logs_too_but_does_not_close(cast: Cast, support: SupportPlan) -> None:
    assert log(cast, support, by="tess").delivered_by_id == cast.staff["tess"].pk
    with pytest.raises(NotAllowed), cast.looking_as("tess") as tess:
        actions.close_support(
            support_id=support.pk, outcome="missed", what_happened="x", learned="y", by=tess, at=AT
        )


def test_a_score_is_a_check_in_of_the_plan_and_the_later_one_of_a_day_stands(
    cast: Cast, support: SupportPlan
) -> None:
    for value in (64.0, 66.0):
        with cast.looking_as("cora") as cora:
            actions.record_progress(support_id=support.pk, value=value, by=cora, at=AT)
    assert [check_in.value for check_in in support.plan.check_ins.all()] == [66.0]


def test_a_changed_rhythm_leaves_what_was_planned_before(cast: Cast, support: SupportPlan) -> None:
    """2 a week over six school days (2 to 9 March) are 2.4; from the 10th on, 5 a week: one day more is 3.4."""
    assert dose_of(cast, support).planned == 2
    with cast.looking_as("cora") as cora:
        actions.review_support(
            support_id=support.pk, decision="change", reason="Too little", sessions_per_week=5, by=cora, at=AT
        )
    assert dose_of(cast, support).planned == 2
    with cast.looking_as("cora", ON + timedelta(days=1)) as cora:
        tomorrow = queries.describe(
            viewer=cora, support=queries.get_support(viewer=cora, support_id=support.pk)
        )
    assert tomorrow.dose.planned == 3


def test_a_closed_plan_takes_nothing_more(cast: Cast, support: SupportPlan) -> None:
    with cast.looking_as("cora") as cora:
        actions.close_support(
            support_id=support.pk, outcome="achieved", what_happened="Reads", learned="Aloud", by=cora, at=AT
        )
    with pytest.raises(Refused, match="closed"):
        log(cast, support)
    with pytest.raises(Refused, match="closed"), cast.looking_as("cora") as cora:
        actions.record_progress(support_id=support.pk, value=1.0, by=cora, at=AT)


def test_the_day_the_family_was_told_cannot_lie_ahead(cast: Cast, support: SupportPlan) -> None:
    with pytest.raises(Refused, match="has not come"), cast.looking_as("cora") as cora:
        actions.tell_family(support_id=support.pk, on=ON + timedelta(days=1), by=cora, at=AT)
    with cast.looking_as("cora") as cora:
        assert actions.tell_family(support_id=support.pk, on=ON, by=cora, at=AT).family_told_on == ON


def test_a_note_is_kept_apart_from_the_session(cast: Cast, support: SupportPlan) -> None:
    log(cast, support, note="Tired today")
    assert DeliveryNote.objects.get().text == "Tired today"


def test_who_had_no_session_for_two_weeks_of_school_comes_first_and_is_said_today(cast: Cast) -> None:
    support = open_for_sam(cast, begins_on=date(2026, 2, 2))
    with cast.looking_as("cora") as cora:
        [due] = queries.list_due(viewer=cora)
        assert due.sentence == "Sam Soto has had no support session for two weeks of school."
    log(cast, support, on=date(2026, 2, 24))
    with cast.looking_as("cora") as cora:  # 25 February to 9 March are nine school days
        assert queries.list_due(viewer=cora) == []


def test_a_plan_that_is_due_asks_to_be_looked_back_on(cast: Cast, support: SupportPlan) -> None:
    with cast.looking_as("cora", support.plan.due_on) as cora:
        assert "look back on the support for Sam Soto" in queries.list_due(viewer=cora)[0].sentence


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(
    client, cast: Cast, django_assert_max_num_queries
) -> None:
    for weeks in range(4, 9):
        open_for_sam(cast, due_on=ON + timedelta(weeks=weeks))
    client.force_login(cast.users["cora"])
    client.get("/support/")
    with django_assert_max_num_queries(26):
        assert client.get("/support/").text.count('class="case"') == 5


def test_the_list_logs_with_one_press(client, cast: Cast, support: SupportPlan) -> None:
    client.force_login(cast.users["cora"])
    answer = client.post(
        f"/support/{support.pk}/sessions/",
        {"key": str(uuid4()), "on": ON.isoformat(), "happened": "yes", "next": "list"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/support/")
    assert "1 of 2 sessions took place." in client.get("/support/").text


def test_a_form_that_does_not_hold_is_shown_again_with_what_to_change(
    client, cast: Cast, support: SupportPlan
) -> None:
    client.force_login(cast.users["cora"])
    sent = {"key": str(uuid4()), "on": "2026-03-11", "happened": "yes"}
    answer = client.post(f"/support/{support.pk}/sessions/", sent)
    assert answer.status_code == 200
    assert "has not come yet" in answer.text
    assert client.post(f"/support/{support.pk}/sessions/", {"on": "no day"}).status_code == 200
    assert not Delivery.objects.exists()
