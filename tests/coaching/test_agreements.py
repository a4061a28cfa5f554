"""Inviting, answering, stopping."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from crescendo.accounts.models import AuditEntry
from crescendo.coaching import actions, queries
from crescendo.coaching.models import Agreement, Cycle
from crescendo.core.errors import NotAllowed, NotFound, Refused

State = Agreement.State


def test_whoever_invites_has_agreed_and_the_other_has_not(cast, invitation):
    assert invitation.state == State.INVITED
    assert invitation.coach_agreed_at == cast.at
    assert invitation.coachee_agreed_at is None


def test_the_coachee_may_ask_as_well(cast, invite):
    agreement = invite(by="tess")
    assert (agreement.coach, agreement.coachee) == (cast.staff["ivo"], cast.staff["tess"])
    assert agreement.coachee_agreed_at == cast.at
    assert agreement.coach_agreed_at is None


def test_both_have_agreed_once_the_other_says_yes_and_twice_changes_nothing(cast, invitation):
    later = cast.at + timedelta(hours=1)
    first = actions.accept(agreement=invitation, by=cast.viewer("tess"), at=later)
    again = actions.accept(agreement=invitation, by=cast.viewer("tess"), at=later + timedelta(hours=1))
    assert first.state == again.state == State.AGREED
    assert again.coachee_agreed_at == later
    assert AuditEntry.objects.filter(verb="coaching.agreed").count() == 1


def test_whoever_invited_cannot_say_yes_for_the_other(cast, invitation):
    with pytest.raises(NotAllowed):
        actions.accept(agreement=invitation, by=cast.viewer("ivo"), at=cast.at)


@pytest.mark.parametrize("name", ["priya", "dina", "adam", "hana", "ana", "max"])
def test_a_third_person_can_neither_answer_nor_stop(cast, invitation, name):
    for act in (actions.accept, actions.decline, actions.stop):
        with pytest.raises(NotFound):
            act(agreement=invitation, by=cast.viewer(name), at=cast.at)


def test_a_no_needs_no_reason_and_leaves_room_for_another_invitation(cast, invitation, invite):
    assert actions.decline(agreement=invitation, by=cast.viewer("tess"), at=cast.at).state == State.DECLINED
    assert invite(focus="Questions in lessons").state == State.INVITED


@pytest.mark.parametrize("name", ["ivo", "tess"])
def test_either_stops_at_once_and_what_was_written_stays_readable(cast, session, name):
    actions.stop(agreement=session.agreement, by=cast.viewer(name), at=cast.at)
    for reader in ("ivo", "tess"):
        with cast.looking_as(reader) as viewer:
            assert (
                queries.get_session(viewer=viewer, session_id=session.pk).shared_notes
                == "SECRET shared words"
            )
    with pytest.raises(Refused):
        actions.plan_session(
            agreement=session.agreement, kind="goal", planned_on=cast.on, by=cast.viewer("ivo"), at=cast.at
        )


def test_nobody_coaches_themselves(cast, invite):
    with pytest.raises(Refused):
        invite(coach="tess", coachee="tess")
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Agreement.objects.create(
            coach=cast.staff["tess"], coachee=cast.staff["tess"], invited_by=cast.staff["tess"],
            focus="x", confidentiality="x", begins_on=cast.on, created_at=cast.at,
        )  # fmt: skip


def test_a_pair_has_one_open_agreement_whoever_coaches_whom(cast, invitation, invite):
    with pytest.raises(Refused, match="open already"):
        invite(coach="tess", coachee="ivo")


def test_the_database_knows_no_agreement_that_only_one_agreed_to(cast, invitation):
    with pytest.raises(IntegrityError, match="both_agreed"), transaction.atomic():
        Agreement.objects.filter(pk=invitation.pk).update(state=State.ACTIVE)


def test_colleagues_are_those_of_the_own_place_above_and_below_who_can_sign_in(cast):
    def names(who):
        return {person.given_name for person in queries.list_colleagues(viewer=cast.viewer(who))}

    lincoln = {"Priya", "Tess", "Cora", "Ivo", "Max"}
    district = {"Dina", "Hana", "Mona", "Ana", "Adam"}  # without Gus, who governs
    assert names("tess") == lincoln - {"Tess"} | district
    assert names("dina") == (lincoln | district | {"Otto"}) - {"Dina"}
    assert names("gus") == names("fay") == names("sam") == set()
    cast.users["ivo"].is_active = False
    cast.users["ivo"].save()
    assert "Ivo" not in names("tess")


def test_a_teacher_of_another_school_cannot_be_invited(cast, invite):
    with pytest.raises(Refused, match="does not work with you"):
        invite(coach="tess", coachee="otto")


def test_family_students_and_governors_take_no_part(cast):
    for name in ("fay", "sam", "gus", "bryn"):
        with pytest.raises(NotAllowed):
            actions.invite(
                colleague=cast.staff["tess"], i_am_coach=True, focus="x", confidentiality="x",
                by=cast.viewer(name), at=cast.at,
            )  # fmt: skip


def test_who_has_left_reads_nothing_any_more(cast, session):
    cast.staff["ivo"].posts.update(ends_on=cast.on - timedelta(days=1))
    with cast.looking_as("ivo") as viewer:
        assert not queries.list_agreements(viewer=viewer).exists()
        assert not Agreement.objects.exists()
    with cast.looking_as("tess") as viewer:
        assert queries.list_agreements(viewer=viewer).count() == 1


def test_the_first_goal_makes_it_active_and_a_second_waits_for_the_review(cast, cycle):
    assert Agreement.objects.get().state == State.ACTIVE
    with pytest.raises(Refused, match="Review it first"):
        actions.start_cycle(
            agreement=cycle.agreement, goal="More", weeks=4, by=cast.viewer("ivo"), at=cast.at
        )


def test_a_target_needs_a_measure_and_where_it_stands(cast, agreement):
    with pytest.raises(Refused, match="needs a measure"):
        actions.start_cycle(
            agreement=agreement,
            goal="x",
            weeks=4,
            target=3.0,
            own_measure="minutes",
            by=cast.viewer("ivo"),
            at=cast.at,
        )
    assert not Cycle.objects.exists()


def test_nothing_is_planned_before_both_have_agreed(cast, invitation):
    with pytest.raises(Refused, match="not been answered"):
        actions.plan_session(
            agreement=invitation, kind="goal", planned_on=date(2026, 3, 17), by=cast.viewer("ivo"), at=cast.at
        )
