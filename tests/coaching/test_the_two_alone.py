"""The second lock: PostgreSQL under the role that serves pages, with every filter of the pages forgotten."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from cast import AT, ON, as_web_role
from crescendo.accounts.models import AuditEntry
from crescendo.coaching import actions
from crescendo.coaching.models import ActionStep, Agreement, Feedback, PrivateNote, Session
from crescendo.roster import scope

TABLES = [
    "coaching_agreement",
    "coaching_cycle",
    "coaching_session",
    "coaching_privatenote",
    "coaching_actionstep",
    "coaching_feedback",
    "coaching_review",
]
OTHERS = ["dina", "priya", "otto", "cora", "hana", "max", "mona", "ana", "gus", "adam", "fay", "sam", "bryn"]


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


@pytest.fixture
def everything(cast, session, step):
    """A row in each table; a private note of each of the two."""
    for name in ("ivo", "tess"):
        actions.note_privately(session=session, text=f"SECRET of {name}", by=cast.viewer(name), at=cast.at)
    actions.give_feedback(
        session=session, observation="SECRET six students waited for paper", effect="They talked",
        offer_kind="question", offer="What would help?", by=cast.viewer("ivo"), at=cast.at,
    )  # fmt: skip
    actions.review_cycle(
        cycle=session.cycle, result=5.0, result_words="SECRET faster", next="again", version=0,
        by=cast.viewer("ivo"), at=cast.at,
    )  # fmt: skip
    assert all(rows(table) for table in TABLES), "an empty table would prove nothing"
    return session


def test_the_test_knows_every_table_of_coaching(db):
    with connection.cursor() as cursor:
        cursor.execute("""SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
            WHERE relkind = 'r' AND relname LIKE 'coaching%'""")
        found = dict(cursor.fetchall())
    assert set(found) == set(TABLES)
    assert all(found.values())


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_finds_a_row_in_any_table(cast, everything, name):
    with cast.looking_as(name):
        assert {table: rows(table) for table in TABLES} == dict.fromkeys(TABLES, 0)


@pytest.mark.parametrize("name", ["ivo", "tess"])
def test_the_two_see_what_is_theirs_and_of_the_private_notes_their_own(cast, everything, name):
    with cast.looking_as(name):
        assert {table: rows(table) for table in TABLES} == dict.fromkeys(TABLES, 1)
        assert PrivateNote.objects.get().text == f"SECRET of {name}"


def test_without_a_viewer_there_is_nothing(cast, everything):
    with transaction.atomic(), as_web_role():
        scope.look_as(None, ON)
        assert [rows(table) for table in TABLES] == [0] * len(TABLES)


@pytest.mark.parametrize("name", ["priya", "adam"])
def test_nobody_else_changes_a_row_or_adds_one(cast, everything, name):
    with cast.looking_as(name), connection.cursor() as cursor:
        for table in TABLES:
            with transaction.atomic():
                if table != "coaching_feedback":
                    cursor.execute(f"UPDATE {table} SET id = id")
                    assert cursor.rowcount == 0, table
        for statement in (
            f"UPDATE coaching_agreement SET coach_id = {cast.staff[name].pk}",
            "SELECT 1 FROM coaching_session WHERE shared_notes LIKE 'SECRET%'",
        ):
            cursor.execute(statement)
            assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(
                "INSERT INTO coaching_privatenote (session_id, agreement_id, author_id, text, changed_at) "
                "VALUES (%s, %s, %s, 'x', %s)",
                [everything.pk, everything.agreement_id, cast.staff[name].pk, AT],
            )


def test_one_of_the_two_cannot_write_in_the_name_of_the_other(cast, everything):
    tess = cast.staff["tess"].pk
    with cast.looking_as("ivo"), connection.cursor() as cursor:
        for statement, values in (
            (
                "INSERT INTO coaching_feedback (session_id, agreement_id, by_id, observation, effect, offer_kind, offer, "
                "given_at) VALUES (%s, %s, %s, 'a', 'b', 'question', 'c', %s)",
                [everything.pk, everything.agreement_id, tess, AT],
            ),
            (
                "INSERT INTO coaching_privatenote (session_id, agreement_id, author_id, text, changed_at) "
                "VALUES (%s, %s, %s, 'x', %s)",
                [everything.pk, everything.agreement_id, tess, AT],
            ),
        ):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                cursor.execute(statement, values)


def test_feedback_that_was_given_is_not_rewritten(cast, everything):
    with (
        cast.looking_as("ivo"),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        Feedback.objects.update(observation="something else")


def test_a_second_live_step_is_refused_by_the_database(cast, step):
    with pytest.raises(IntegrityError, match="one_live"), transaction.atomic():
        ActionStep.objects.create(
            agreement=step.agreement, what="Another", due_on=ON, set_by=cast.staff["ivo"], set_on=ON
        )
    ActionStep.objects.filter(pk=step.pk).update(state="done", ended_on=ON)
    ActionStep.objects.create(
        agreement=step.agreement, what="Another", due_on=ON, set_by=cast.staff["ivo"], set_on=ON
    )


def test_feedback_without_evidence_is_refused_by_the_database(cast, session):
    with pytest.raises(IntegrityError, match="evidence_first"), transaction.atomic():
        Feedback.objects.create(
            session=session, agreement=session.agreement, by=cast.staff["ivo"], observation="  \n", effect="x",
            offer="x", given_at=AT,
        )  # fmt: skip


def test_feedback_of_one_pair_cannot_hang_under_the_session_of_another(cast, session, invite):
    other = actions.accept(agreement=invite(coach="max", coachee="cora"), by=cast.viewer("cora"), at=cast.at)
    with pytest.raises(IntegrityError, match="same_agreement"), transaction.atomic():
        Feedback.objects.create(
            session=session,
            agreement=other,
            by=cast.staff["max"],
            observation="x",
            effect="x",
            offer="x",
            given_at=AT,
        )


def test_the_trail_says_neither_what_was_written_nor_to_others_that_anything_was(cast, everything):
    about = AuditEntry.objects.filter(object_type__startswith="coaching")
    assert about.count() >= 7
    assert "SECRET" not in " ".join(f"{entry.reason} {entry.detail} {entry.verb}" for entry in about)
    assert all(entry.detail == {} and entry.reason == "" for entry in about)
    for name in ("priya", "dina", "adam"):
        with cast.looking_as(name) as viewer:
            assert viewer.may("audit.see")
            assert not AuditEntry.objects.filter(object_type__startswith="coaching").exists()
            assert not AuditEntry.objects.filter(verb__startswith="coaching").exists()
    with cast.looking_as("ivo"):
        own = AuditEntry.objects.filter(object_type__startswith="coaching")
        assert own.exists()
        assert set(own.values_list("by_id", flat=True)) == {cast.users["ivo"].pk}


def test_the_rest_of_the_trail_is_as_it_was(cast):
    from crescendo.accounts.actions import record_audit  # noqa: PLC0415

    record_audit(verb="site.changed", object_type="site", object_id=1, by=None, at=AT)
    with cast.looking_as("priya"):
        assert AuditEntry.objects.filter(verb="site.changed").count() == 1
    with cast.looking_as("tess"):
        assert AuditEntry.objects.filter(verb="site.changed").count() == 0


def test_two_other_people_may_work_together_at_the_same_time_without_seeing_each_other(cast, session, invite):
    actions.accept(agreement=invite(coach="priya", coachee="cora"), by=cast.viewer("cora"), at=cast.at)
    with cast.looking_as("priya"):
        assert set(Agreement.objects.values_list("coach__given_name", flat=True)) == {"Priya"}
        assert Session.objects.count() == 0


def test_a_session_on_a_later_day_is_planned_but_not_held(cast, agreement):
    later = ON + timedelta(days=7)
    planned = actions.plan_session(
        agreement=agreement, kind="goal", planned_on=later, by=cast.viewer("ivo"), at=AT
    )
    assert planned.is_planned
