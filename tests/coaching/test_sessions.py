"""Sessions, notes, feedback, steps, reviews: what is refused, and what two people do to one page."""

from datetime import timedelta

import pytest

from crescendo.accounts.models import AuditEntry
from crescendo.coaching import actions, queries
from crescendo.coaching.conflicts import ChangedMeanwhile
from crescendo.coaching.models import ActionStep, Agreement, Feedback, Session
from crescendo.comms.models import OutboxEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused


def write(cast, session, name="ivo", **changes):
    row = Session.objects.get(pk=session.pk)
    wanted = {
        field: getattr(row, field)
        for field in ("kind", "planned_on", "held_on", "agenda", "questions", "shared_notes", "version")
    }
    return actions.write_session(session=session, by=cast.viewer(name), at=cast.at, **(wanted | changes))


def test_a_session_that_lies_ahead_can_be_planned_but_not_held(cast, agreement):
    tomorrow = cast.on + timedelta(days=1)
    planned = actions.plan_session(
        agreement=agreement, kind="goal", planned_on=tomorrow, by=cast.viewer("tess"), at=cast.at
    )
    with pytest.raises(Refused, match="planned, but not held"):
        write(cast, planned, held_on=tomorrow)
    assert Session.objects.get().held_on is None
    assert write(cast, planned, held_on=cast.on).held_on == cast.on


def test_the_same_session_planned_twice_is_one(cast, agreement):
    twice = [
        actions.plan_session(
            agreement=agreement, kind="goal", planned_on=cast.on, by=cast.viewer(name), at=cast.at
        )
        for name in ("ivo", "tess")
    ]
    assert twice[0].pk == twice[1].pk
    assert Session.objects.count() == 1


def test_whoever_saves_over_an_unseen_change_is_told_and_both_texts_are_kept(cast, session):
    seen = session.version
    write(cast, session, "tess", shared_notes="Tess's words", version=seen)
    with pytest.raises(ChangedMeanwhile, match="Tess Tanaka changed this meanwhile") as told:
        write(cast, session, "ivo", shared_notes="Ivo's words", version=seen)
    assert told.value.current.shared_notes == "Tess's words"
    assert Session.objects.get().shared_notes == "Tess's words"
    joined = write(cast, session, "ivo", shared_notes="Both", version=told.value.current.version)
    assert joined.shared_notes == "Both"


def test_saving_the_same_again_changes_nothing(cast, session):
    before = AuditEntry.objects.count()
    again = write(cast, session, version=1)
    assert again.version == session.version
    assert AuditEntry.objects.count() == before


def test_a_session_is_called_off_once_and_never_after_it_was_held(cast, session, agreement):
    with pytest.raises(Refused, match="has been held"):
        actions.call_off(session=session, by=cast.viewer("ivo"), at=cast.at)
    ahead = actions.plan_session(
        agreement=agreement,
        kind="goal",
        planned_on=cast.on + timedelta(days=3),
        by=cast.viewer("ivo"),
        at=cast.at,
    )
    for name in ("ivo", "tess"):
        off = actions.call_off(session=ahead, by=cast.viewer(name), at=cast.at)
    assert off.called_off_on == cast.on
    with pytest.raises(Refused, match="was called off"):
        write(cast, ahead, shared_notes="x")


def test_private_notes_leave_no_line_and_no_word_to_the_other(cast, session):
    entries, told = AuditEntry.objects.count(), OutboxEntry.objects.count()
    actions.note_privately(session=session, text="Mine", by=cast.viewer("tess"), at=cast.at)
    actions.note_privately(session=session, text="Mine, again", by=cast.viewer("tess"), at=cast.at)
    assert (AuditEntry.objects.count(), OutboxEntry.objects.count()) == (entries, told)
    assert queries.get_private_note(viewer=cast.viewer("tess"), session=session) == "Mine, again"
    assert queries.get_private_note(viewer=cast.viewer("ivo"), session=session) == ""


def feedback(cast, session, name="ivo", observation="Six students waited for paper", **words):
    return actions.give_feedback(
        session=session,
        observation=observation,
        effect=words.get("effect", "Two began to talk"),
        offer_kind="question",
        offer=words.get("offer", "What could lie ready?"),
        by=cast.viewer(name),
        at=cast.at,
    )


def test_feedback_begins_with_what_was_seen(cast, session):
    with pytest.raises(Refused, match="what you saw or heard"):
        feedback(cast, session, observation="Good lesson!")
    with pytest.raises(Refused, match="what it led to"):
        feedback(cast, session, effect=" ")
    feedback(cast, session)
    feedback(cast, session)  # sent twice
    feedback(cast, session, "tess", observation="You asked four questions in a row")
    assert Feedback.objects.count() == 2


def test_there_is_no_feedback_on_a_session_that_was_not_held(cast, agreement):
    planned = actions.plan_session(
        agreement=agreement, kind="goal", planned_on=cast.on, by=cast.viewer("ivo"), at=cast.at
    )
    with pytest.raises(Refused, match="when the session was held"):
        feedback(cast, planned)


def test_one_step_at_a_time(cast, step):
    how = {"agreement": step.agreement, "due_on": cast.on, "at": cast.at}
    with pytest.raises(Refused, match="One step at a time"):
        actions.set_step(what="Another", by=cast.viewer("ivo"), **how)
    for _twice in range(2):
        actions.end_step(step=step, done=True, by=cast.viewer("tess"), at=cast.at)
    actions.set_step(what="Another", by=cast.viewer("ivo"), **how)
    assert sorted(ActionStep.objects.values_list("state", flat=True)) == ["done", "live"]


def test_the_coach_says_what_was_seen_and_either_that_it_was_practised(cast, step):
    with pytest.raises(NotAllowed):
        actions.mark_seen(step=step, by=cast.viewer("tess"), at=cast.at)
    actions.mark_practised(step=step, by=cast.viewer("tess"), at=cast.at)
    assert actions.mark_seen(step=step, by=cast.viewer("ivo"), at=cast.at).seen_on == cast.on
    assert ActionStep.objects.get().practised_on == cast.on


def review(cast, cycle, name, version=0, **words):
    return actions.review_cycle(
        cycle=cycle,
        result=4.0,
        result_words=words.get("result_words", "Nobody waits"),
        reflection=words.get("reflection"),
        next=words.get("next", "again"),
        version=version,
        by=cast.viewer(name),
        at=cast.at,
    )


def test_a_cycle_is_over_only_with_the_coachees_own_words(cast, cycle):
    begun = review(cast, cycle, "ivo", reflection="Ivo writes for Tess")
    assert begun.reflection == ""
    cycle.refresh_from_db()
    assert cycle.reviewed_on is None
    with pytest.raises(ChangedMeanwhile, match="Ivo Ivanov changed this"):
        review(cast, cycle, "tess", version=0, reflection="Mine")
    review(cast, cycle, "tess", version=begun.version, reflection="Mine")
    cycle.refresh_from_db()
    assert cycle.reviewed_on == cast.on
    assert Agreement.objects.get().state == "active"
    with pytest.raises(Refused, match="has been reviewed"):
        review(cast, cycle, "tess", version=2, reflection="More")


def test_finish_here_closes_the_agreement_and_again_leaves_room_for_the_next_goal(cast, cycle):
    review(cast, cycle, "tess", reflection="Mine", next="close")
    assert Agreement.objects.get().state == "closed"


@pytest.mark.parametrize("name", ["priya", "dina", "adam", "otto", "hana", "ana", "fay"])
def test_a_third_person_can_write_nothing(cast, session, step, name):
    by, at = cast.viewer(name), cast.at
    for attempt in (
        lambda: write(cast, session, name, shared_notes="x"),
        lambda: actions.note_privately(session=session, text="x", by=by, at=at),
        lambda: actions.call_off(session=session, by=by, at=at),
        lambda: feedback(cast, session, name),
        lambda: actions.end_step(step=step, done=True, by=by, at=at),
        lambda: actions.mark_practised(step=step, by=by, at=at),
        lambda: actions.set_step(agreement=step.agreement, what="x", due_on=cast.on, by=by, at=at),
        lambda: actions.start_cycle(agreement=step.agreement, goal="x", weeks=4, by=by, at=at),
        lambda: review(cast, session.cycle, name, reflection="x"),
        lambda: actions.close(agreement=step.agreement, by=by, at=at),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_timeline_shows_the_latest_first(cast, session, step):
    feedback(cast, session)
    actions.end_step(step=step, done=False, by=cast.viewer("tess"), at=cast.at)
    review(cast, session.cycle, "tess", reflection="Mine")
    with cast.looking_as("tess") as viewer:
        happenings = queries.list_happenings(viewer=viewer, agreement=session.agreement)
    assert sorted(each.kind for each in happenings) == ["review", "session", "step"]
    assert [each.on for each in happenings] == sorted((each.on for each in happenings), reverse=True)
    assert next(each for each in happenings if each.kind == "session").feedback[0].by == cast.staff["ivo"]
