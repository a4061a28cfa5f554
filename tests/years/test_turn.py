"""A school year turns: rehearsed, decided, done in one step, and undone to the last column."""

from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast import Cast
from crescendo.accounts.models import AuditEntry
from crescendo.comms.models import OutboxEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.plans import turning
from crescendo.plans.aims import Subject
from crescendo.plans.models import Plan
from crescendo.plans.models.plans import SUBJECT_COLUMNS
from crescendo.records.models import AttendanceEvent
from crescendo.roster.models import ClassEnrolment, ClassStaff, Enrolment, ExternalId, Post
from crescendo.years import actions, queries
from crescendo.years.models import Change, Line, Turn
from years.years_end import AT, FIRST, LAST, ON, add_student, dump, make_district, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def district(cast: Cast) -> Cast:
    make_district(cast)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return cast


def begin(cast: Cast, name: str = "adam") -> Turn:
    by = cast.viewer(name, ON)
    actions.begin_turn(from_year=2026, last_on=LAST, first_on=FIRST, by=by, at=AT)
    return work()


def choose(cast: Cast, turn: Turn, name: str, fate: str, school: str | None = None) -> None:
    line = turn.lines.get(student=cast.students[name])
    to = cast.organisations[school].pk if school else None
    actions.decide_lines(
        turn_id=turn.pk, line_ids=[line.pk], fate=fate, to_school_id=to, by=cast.viewer("adam", ON), at=AT
    )


def decide_everybody(cast: Cast, turn: Turn) -> None:
    for name in ("eight", "mo"):
        choose(cast, turn, name, "up", "high")
    choose(cast, turn, "ungraded", "stays", "lincoln")


def do(cast: Cast, turn: Turn) -> Turn:
    actions.ask_to_do(turn_id=turn.pk, by=cast.viewer("adam", ON), at=AT)
    return work()


def undo(cast: Cast, turn: Turn) -> Turn:
    actions.ask_to_undo(turn_id=turn.pk, by=cast.viewer("adam", ON), at=AT)
    return work()


def next_of(cast: Cast, name: str) -> tuple[str, str, date] | None:
    found = Enrolment.objects.filter(student=cast.students[name], school_year=2027).first()
    return (found.school.name, found.grade_level, found.entry_on) if found else None


def fate_of(cast: Cast, turn: Turn, name: str) -> tuple[str, str]:
    line = turn.lines.get(student=cast.students[name])
    return line.fate, line.why


def test_a_rehearsal_says_what_would_happen_and_changes_nothing(district: Cast) -> None:
    before = dump()
    turn = begin(district)
    assert turn.state == "rehearsed"
    assert dump() == before
    assert {name: fate_of(district, turn, name) for name in ("six", "eight", "monika", "nine", "ten", "twelve", "abe", "ungraded")} == {
        "six": ("up", "next_grade"),
        "eight": ("open", "many_schools"),  # Harbor High and the Annex both teach grade 9
        "monika": ("up", "next_grade"),
        "nine": ("up", "next_grade"),
        "ten": ("up", "next_grade"),
        "twelve": ("leaves", "last_grade"),
        "abe": ("up", "one_school"),  # the Annex ends with grade 10, Harbor High goes on
        "ungraded": ("open", "no_grade"),
    }  # fmt: skip
    assert (
        turn.lines.filter(student__in=[district.students[name] for name in ("lena", "pavel", "yara")]).count()
        == 0
    )


def test_a_turn_moves_everybody_as_the_lines_say(district: Cast) -> None:
    turn = begin(district)
    decide_everybody(district, turn)
    turn = do(district, turn)
    assert (turn.state, turn.blockers) == ("done", [])
    assert next_of(district, "six") == ("Lincoln School", "07", FIRST)
    assert next_of(district, "eight") == ("Harbor High", "09", FIRST)
    assert next_of(district, "abe") == ("Harbor High", "11", FIRST)
    assert next_of(district, "ungraded") == ("Lincoln School", "UG", FIRST)
    assert next_of(district, "twelve") is None
    twelve = Enrolment.objects.get(student=district.students["twelve"])
    assert (twelve.exit_on, twelve.exit_reason) == (LAST, "completed")
    assert Enrolment.objects.get(student=district.sam, school_year=2026).exit_on == LAST
    assert set(ClassStaff.objects.values_list("ends_on", flat=True)) == {LAST}
    assert set(ClassEnrolment.objects.values_list("ends_on", flat=True)) == {LAST}
    assert set(Post.objects.values_list("ends_on", flat=True)) == {None}
    assert (turn.counts["ended"], turn.counts["begun"]) == (14, 13)
    verbs = set(AuditEntry.objects.filter(object_type="years.Turn").values_list("verb", flat=True))
    assert {"turn.begun", "turn.rehearsed", "turn.decided", "turn.asked", "turn.done"} <= verbs


def test_who_left_before_and_who_begins_next_year_already_are_left_alone(district: Cast) -> None:
    yara = Enrolment.objects.get(student=district.students["yara"])
    add_student(district, "Early", "lincoln", "06", exit_on=date(2026, 8, 1))
    Enrolment.objects.create(
        student=district.students["early"],
        school=district.monroe,
        school_year=2027,
        grade_level="07",
        entry_on=FIRST,
    )
    turn = begin(district)
    assert fate_of(district, turn, "early") == ("already", "enrolled")
    decide_everybody(district, turn)
    do(district, turn)
    assert next_of(district, "early") == ("Monroe School", "07", FIRST)
    assert Enrolment.objects.filter(student=district.students["early"]).count() == 2
    assert Enrolment.objects.get(pk=yara.pk).entry_on == yara.entry_on
    assert Enrolment.objects.filter(student=district.students["pavel"]).count() == 1


def test_undo_after_a_turn_restores_the_last_column(district: Cast) -> None:
    before = dump()
    turn = begin(district)
    decide_everybody(district, turn)
    do(district, turn)
    assert dump() != before
    turn = undo(district, turn)
    assert (turn.state, turn.blockers) == ("undone", [])
    assert dump() == before


spoiled = st.fixed_dictionaries(
    {
        "grades": st.lists(st.sampled_from(["PK", "KG", "K", "01", "5", "Year 7", "08", "12", "UG", ""]), min_size=1, max_size=6),
        "share": st.sampled_from([1.0, 0.5]),
        "primary": st.booleans(),
        "exit": st.sampled_from([None, date(2026, 6, 12), date(2026, 6, 30), date(2026, 3, 1)]),
        "choice": st.sampled_from(["up", "stays", "leaves"]),
        "school": st.sampled_from(["lincoln", "monroe", None]),
        "ids": st.booleans(),
        "last": st.sampled_from([LAST, date(2026, 5, 29)]),
    }
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(how=spoiled)
def test_whatever_the_year_was_undo_restores_it(how: dict[str, object], cast: Cast) -> None:
    Turn.objects.update(state="left")
    for n, grade in enumerate(how["grades"]):
        student = add_student(
            cast, f"N{n}", "lincoln", grade, exit_on=how["exit"], is_primary=how["primary"],
            membership_share=how["share"], source="two-files" if how["ids"] else "",
        )  # fmt: skip
        if how["ids"]:
            enrolment = Enrolment.objects.get(student=student)
            ExternalId.objects.create(
                source="two-files",
                entity="school_enrolment",
                external_id=f"{student.pk}/2026",
                object_id=enrolment.pk,
            )
    before = dump()
    adam = cast.viewer("adam", ON)
    actions.begin_turn(from_year=2026, last_on=how["last"], first_on=FIRST, by=adam, at=AT)
    turn = work()
    school = cast.organisations[how["school"]].pk if how["school"] else None
    for line in turn.lines.exclude(fate="already"):
        try:
            actions.decide_lines(
                turn_id=turn.pk, line_ids=[line.pk], fate=how["choice"], to_school_id=school, by=adam, at=AT
            )
        except Refused:
            actions.decide_lines(
                turn_id=turn.pk, line_ids=[line.pk], fate="leaves", to_school_id=None, by=adam, at=AT
            )
    assert do(cast, turn).state == "done"
    assert undo(cast, turn).state == "undone"
    assert dump() == before


def test_a_turn_begun_twice_answers_who_began_it_and_doubles_nothing(district: Cast) -> None:
    first = begin(district)
    with pytest.raises(actions.BegunAlready, match="Adam Abbott began the change to 2026–27") as again:
        actions.begin_turn(
            from_year=2026, last_on=LAST, first_on=FIRST, by=district.viewer("adam", ON), at=AT
        )
    assert again.value.turn == first
    assert Turn.objects.count() == 1


def test_a_yes_said_twice_is_done_once(district: Cast) -> None:
    turn = begin(district)
    decide_everybody(district, turn)
    adam = district.viewer("adam", ON)
    actions.ask_to_do(turn_id=turn.pk, by=adam, at=AT)
    with pytest.raises(Refused, match="asked already"):
        actions.ask_to_do(turn_id=turn.pk, by=adam, at=AT)
    work()
    made = Enrolment.objects.filter(school_year=2027).count()
    from crescendo.years import tasks  # noqa: PLC0415

    tasks.do(turn.pk)  # a job that is taken up again finds the work done
    assert Enrolment.objects.filter(school_year=2027).count() == made
    with pytest.raises(Refused):
        actions.ask_to_do(turn_id=turn.pk, by=adam, at=AT)


def test_nobody_is_moved_while_somebody_is_undecided(district: Cast) -> None:
    turn = begin(district)
    before = dump()
    with pytest.raises(Refused, match="3 students are not decided"):
        actions.ask_to_do(turn_id=turn.pk, by=district.viewer("adam", ON), at=AT)
    assert dump() == before


def test_what_changed_since_the_rehearsal_is_looked_at_again(district: Cast) -> None:
    turn = begin(district)
    decide_everybody(district, turn)
    add_student(district, "Late", "lincoln", "06")
    before = dump()
    turn = do(district, turn)
    assert (turn.state, turn.blockers) == ("rehearsed", [{"code": "changed_since", "count": 1}])
    assert dump() == before
    actions.rehearse_again(turn_id=turn.pk, by=district.viewer("adam", ON), at=AT)
    turn = work()
    assert fate_of(district, turn, "eight") == ("up", "many_schools")  # what a person chose stays chosen
    assert do(district, turn).state == "done"
    assert next_of(district, "late") == ("Lincoln School", "07", FIRST)


def test_an_undo_on_which_something_was_built_changes_nothing_and_says_what(district: Cast) -> None:
    turn = begin(district)
    decide_everybody(district, turn)
    do(district, turn)
    nine = district.students["nine"]
    AttendanceEvent.objects.create(
        school_year=2027, source="sis", source_key="x", student_id=nine.pk, school_id=district.organisations["high"].pk,
        on=FIRST, category="excused", absent_share=1.0,
    )  # fmt: skip
    moved = Enrolment.objects.get(student=district.students["six"], school_year=2027)
    Enrolment.objects.filter(pk=moved.pk).update(grade_level="08")
    before = dump()
    turn = undo(district, turn)
    assert turn.state == "done"
    assert turn.blockers == [
        {"code": "changed:roster_enrolment", "count": 1, "students": [district.students["six"].pk]},
        {"code": "facts:records_attendanceevent", "count": 1, "students": [nine.pk]},
    ]
    assert dump() == before


def test_a_year_can_be_begun_again_after_it_was_undone_or_put_away(district: Cast) -> None:
    turn = begin(district)
    actions.leave_turn(turn_id=turn.pk, by=district.viewer("adam", ON), at=AT)
    again = begin(district)
    assert again.pk != turn.pk
    decide_everybody(district, again)
    do(district, again)
    undo(district, again)
    assert begin(district).state == "rehearsed"


def test_an_id_that_carries_the_year_is_known_in_the_next(district: Cast) -> None:
    six = Enrolment.objects.get(student=district.students["six"])
    Enrolment.objects.filter(pk=six.pk).update(source="two-files")
    ExternalId.objects.create(
        source="two-files", entity="school_enrolment", external_id="00107/2026", object_id=six.pk
    )
    turn = begin(district)
    decide_everybody(district, turn)
    do(district, turn)
    made = Enrolment.objects.get(student=district.students["six"], school_year=2027)
    assert ExternalId.objects.get(external_id="00107/2027").object_id == made.pk
    assert made.source == "two-files"


def test_days_that_make_no_sense_are_refused(district: Cast) -> None:
    adam = district.viewer("adam", ON)
    for last_on, first_on in ((FIRST, LAST), (LAST, date(2028, 8, 1)), (date(2024, 6, 1), FIRST)):
        with pytest.raises(Refused):
            actions.begin_turn(from_year=2026, last_on=last_on, first_on=first_on, by=adam, at=AT)
    assert Turn.objects.count() == 0


def test_only_an_administrator_of_the_whole_site_turns_the_year(district: Cast) -> None:
    Post.objects.create(
        staff=district.staff["priya"],
        organisation=district.lincoln,
        role_id="administrator",
        begins_on=date(2025, 8, 1),
    )
    for name in ("dina", "priya", "tess", "fay"):
        with pytest.raises(NotAllowed):
            actions.begin_turn(
                from_year=2026, last_on=LAST, first_on=FIRST, by=district.viewer(name, ON), at=AT
            )
    with pytest.raises(NotFound):
        actions.ask_to_do(turn_id=999, by=district.viewer("adam", ON), at=AT)


def test_pages_see_lines_as_they_see_students_and_never_the_rows_that_undo_keeps(district: Cast) -> None:
    turn = begin(district)
    total = turn.lines.count()
    with district.looking_as("adam", ON) as adam:
        assert Line.objects.count() == total
        assert sum(group.students for group in queries.list_groups(turn)) == total
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            list(Change.objects.all())
    with district.looking_as("tess", ON):
        assert set(Line.objects.values_list("student_id", flat=True)) == {
            district.sam.pk,
            district.students["nora"].pk,
        }
        assert Turn.objects.count() == 0
        assert queries.list_groups(turn) == []
    assert adam.may("site.set_up")


def test_owners_hear_once_which_of_their_goals_wait_for_a_decision(district: Cast) -> None:
    sam, mathematics = district.sam, district.classes["mathematics"]
    for name, subject, due in (
        ("tess", Subject("class", mathematics.pk), date(2026, 12, 1)),  # its class is over
        ("tess", Subject("staff", district.staff["tess"].pk), date(2026, 7, 1)),  # due before the new year
        ("tess", Subject("staff", district.staff["tess"].pk), date(2026, 12, 2)),  # goes on
        ("cora", Subject("student", district.students["twelve"].pk), date(2026, 12, 1)),  # leaves
        ("cora", Subject("student", sam.pk), date(2026, 12, 1)),
    ):
        Plan.objects.create(
            subject_kind=subject.kind, title=f"{name} {due}", place=district.lincoln, school_year=2026,
            begins_on=date(2026, 3, 1), due_on=due, owner=district.staff[name], opened_by=district.users[name],
            opened_at=AT, **{SUBJECT_COLUMNS[subject.kind] + "_id": subject.id},
        )  # fmt: skip
    turn = begin(district)
    decide_everybody(district, turn)
    do(district, turn)
    told = {
        entry.audience_arguments["users"][0]: entry.data
        for entry in OutboxEntry.objects.filter(kind="plans.year_turned")
    }
    assert told == {
        district.users["tess"].pk: {"waits": 2, "goes_on": 1},
        district.users["cora"].pk: {"waits": 1, "goes_on": 1},
    }
    assert not Plan.objects.exclude(state="active").exists(), "nothing is closed for anybody"
    entry = OutboxEntry.objects.filter(kind="plans.year_turned").order_by("id").first()
    said = turning.words(entry, district.users["tess"])
    assert "2 goals of yours wait for a decision" in said.body
    assert "1 goal goes on." in said.body
    undo(district, turn)
    assert OutboxEntry.objects.filter(kind="plans.year_turned_back").count() == 2
