"""Two records of one person: proposed with reasons, joined by a person, parted again to the last row."""

import json
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from cast import AT, ON
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.identity import actions, merging, proposing, tasks
from crescendo.identity.models import Change, Merge, Proposal
from crescendo.records.models import AssessmentResult, AttendanceEvent
from crescendo.roster import actions as roster
from crescendo.roster.models import Enrolment, ExternalId, FamilyLink, Student


@pytest.fixture(autouse=True)
def no_jobs_of_others(db: None) -> None:
    """The job table outlives a test's flush: what other tests left undone is none of this test's."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def again(cast):
    """Sam came back in the register of Monroe under another number, with a typing mistake in his name."""
    sam = cast.sam
    Student.objects.filter(pk=sam.pk).update(born_on=date(2012, 5, 4))
    twin = Student.objects.create(
        given_name="Samm", family_name=sam.family_name, born_on=date(2012, 5, 4), sort_key=sam.sort_key
    )
    Enrolment.objects.create(student=twin, school=cast.monroe, school_year=2024, entry_on=date(2023, 9, 1),
        exit_on=date(2024, 6, 1), grade_level="05")  # fmt: skip
    ExternalId.objects.create(source="old-sis", entity="student", external_id="0044", object_id=twin.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_ensure_school_year(2024)")
        cursor.execute(
            """INSERT INTO records_attendanceevent (school_year, source, source_key, student_id, school_id, absent_share, "on", category)
               VALUES (2024, 'old-sis', 'a1', %s, %s, 1, '2024-01-09', 'unexcused')""",
            [twin.pk, cast.monroe.pk],
        )
    return twin


@pytest.fixture
def proposal(again):
    assert proposing.find_pairs(at=AT) >= 1
    return Proposal.objects.get(second_id=again.pk)


def student_rows() -> dict[str, list[str]]:
    """Every row of every table that a merge may touch."""
    with connection.cursor() as cursor:
        tables = [name for name, _ in merging.list_tables(cursor)] + ["roster_student", "roster_externalid"]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            found[table] = [row[0] for row in cursor.fetchall()]
        return found


def join(cast, proposal, keep: Student) -> Merge:
    with cast.looking_as("dina") as dina:
        asked = actions.ask_to_merge(
            proposal_id=proposal.pk, keep_id=keep.pk, reason="Same passport", by=dina, at=AT
        )
    return merging.merge(asked, on=ON, at=AT)


def test_a_pair_is_proposed_with_what_speaks_for_it(cast, proposal) -> None:
    codes = {one["code"] for one in proposal.reasons}
    assert {"given_close", "family_same", "born_same", "follows"} <= codes
    assert proposal.probability > 0.9
    assert proposing.find_pairs(at=AT) == 0  # once is enough


def test_twins_and_a_shared_number_are_two_people(cast) -> None:
    for given, number in (("Ada", "7"), ("Bo", "7")):
        Student.objects.create(
            given_name=given, family_name="Twin", born_on=date(2012, 1, 1), identifier=number
        )
    proposing.find_pairs(at=AT)
    assert not Proposal.objects.filter(first__family_name="Twin").exists()


def test_nothing_is_joined_before_a_person_says_so(cast, proposal) -> None:
    before = student_rows()
    proposing.find_pairs(at=AT)
    assert student_rows() == before
    with cast.looking_as("priya") as priya, pytest.raises((NotAllowed, NotFound)):
        actions.ask_to_merge(proposal_id=proposal.pk, keep_id=cast.sam.pk, reason="x", by=priya, at=AT)
    with cast.looking_as("dina") as dina, pytest.raises(Refused, match="how you know"):
        actions.ask_to_merge(proposal_id=proposal.pk, keep_id=cast.sam.pk, reason=" ", by=dina, at=AT)


def test_a_join_moves_everything_and_a_split_puts_every_row_back(cast, again, proposal) -> None:
    before = student_rows()
    asked = join(cast, proposal, keep=cast.sam)
    assert asked.state == Merge.State.DONE
    assert not AttendanceEvent.objects.filter(student_id=again.pk).exists()
    assert AttendanceEvent.objects.filter(student_id=cast.sam.pk, source="old-sis").count() == 1
    assert Enrolment.objects.filter(student=cast.sam, school=cast.monroe).count() == 1
    assert ExternalId.objects.get(source="old-sis", external_id="0044").object_id == cast.sam.pk
    again.refresh_from_db()
    assert again.ended_on == ON
    with cast.looking_as("dina") as dina:
        actions.ask_to_split(merge_id=asked.pk, by=dina, at=AT)
    assert merging.split(Merge.objects.get(pk=asked.pk), at=AT).state == Merge.State.SPLIT
    assert student_rows() == before
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.DISMISSED


def test_a_job_taken_up_twice_joins_once(cast, proposal) -> None:
    asked = join(cast, proposal, keep=cast.sam)
    after = student_rows()
    merging.merge(asked, on=ON, at=AT)
    assert student_rows() == after
    merging.split(asked, at=AT)  # nobody asked
    assert student_rows() == after


def test_the_record_with_more_is_put_away_and_comes_back_whole(cast, again, proposal) -> None:
    """The other way round: all of Sam's rows move, his sign-in with them, and overlapping enrolments step aside."""
    Enrolment.objects.filter(student=again).update(exit_on=None)
    before = student_rows()
    asked = join(cast, proposal, keep=again)
    assert asked.state == Merge.State.DONE, asked.message
    assert AssessmentResult.objects.filter(student_id=again.pk).exists()
    assert not AssessmentResult.objects.filter(student_id=cast.sam.pk).exists()
    again.refresh_from_db()
    assert again.user_id == cast.users["sam"].pk
    assert Enrolment.objects.filter(student=again, is_primary=True).count() == 1
    Merge.objects.update(state=Merge.State.SPLIT_ASKED, split_by=cast.users["dina"])
    merging.split(asked, at=AT)
    assert student_rows() == before


def test_what_both_have_once_stays_where_it_is(cast, again, proposal) -> None:
    link = FamilyLink.objects.filter(student=cast.sam).first()
    FamilyLink.objects.create(student=again, family_member=link.family_member)
    before = student_rows()
    asked = join(cast, proposal, keep=cast.sam)
    assert asked.state == Merge.State.DONE
    assert FamilyLink.objects.filter(student=again).count() == 1
    Merge.objects.update(state=Merge.State.SPLIT_ASKED)
    merging.split(asked, at=AT)
    assert student_rows() == before


def test_every_unique_key_of_a_student_is_known_to_the_join(db) -> None:
    with connection.cursor() as cursor:
        tables = [name for name, _ in merging.list_tables(cursor)]
        cursor.execute(
            """SELECT DISTINCT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'student_id' AND a.attnum = ANY(i.indkey)
               WHERE i.indisunique AND c.relname = ANY(%s)""",
            [tables],
        )
        assert {row[0] for row in cursor.fetchall()} == set(merging.ONCE)


def test_erasing_forgets_the_record_that_was_put_away(cast, again, proposal) -> None:
    join(cast, proposal, keep=cast.sam)
    with cast.looking_as("adam") as adam:
        roster.erase_student(student_id=cast.sam.pk, reason="Request 12", by=adam, at=AT)
    again.refresh_from_db()
    assert (again.given_name, again.family_name) == ("Erased", "student")
    assert not Change.objects.exists()
    assert "Sam" not in json.dumps(
        list(Student.objects.filter(pk__in=[again.pk, cast.sam.pk]).values_list("given_name"))
    )


def test_the_page_shows_both_and_the_decision_reaches_the_worker(cast, client, again, proposal) -> None:
    client.force_login(cast.users["dina"])
    page = client.get(reverse("identity:pair_list")).content.decode()
    assert "Samm" in page
    assert "old-sis: 0044" in page
    assert "same birthday" in page
    address = reverse("identity:pair_merge", args=[proposal.pk])
    client.post(address, {"keep": str(cast.sam.pk), "reason": "Same passport"})
    asked = Merge.objects.get()
    tasks.merge(asked.pk)
    ids = client.get(reverse("identity:student_ids", args=[cast.sam.pk])).content.decode()
    assert "0044" in ids
    assert "Part them again" in ids
    client.post(reverse("identity:merge_split", args=[asked.pk]))
    tasks.split(asked.pk)
    asked.refresh_from_db()
    assert asked.state == Merge.State.SPLIT
    client.force_login(cast.users["priya"])
    assert client.get(reverse("identity:pair_list")).status_code == 403
