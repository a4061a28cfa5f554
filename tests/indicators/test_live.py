"""Marks are counted as they come: whatever is marked, in whatever order, the numbers are those of a whole measurement."""

import random
from datetime import timedelta

import pytest
from school_term import AS_OF, DAYS, YEAR

from crescendo.indicators import actions, live
from crescendo.indicators.live_memory import Memory
from crescendo.indicators.models import GroupValue, LiveChange, MeasurementRun, Series, StudentValue
from crescendo.records import changes
from crescendo.records import models as records
from crescendo.roster import models as roster

pytestmark = pytest.mark.django_db(transaction=True)

STUDENT = ("student_id", "school_id", "is_whole", "indicator", "rule_pack")
GROUP = ("organisation_id", "indicator", "rule_pack", "characteristic", "group_value")
SERIES = ("organisation_id", "indicator", "rule_pack", "period")


def measure() -> MeasurementRun:
    return actions.run_measurement(as_of=AS_OF, school_year=YEAR)


def published(run: MeasurementRun) -> dict[tuple, dict]:
    """Every published number of a run by what it answers, with its protection."""
    found: dict[tuple, dict] = {}
    for model, key in ((StudentValue, STUDENT), (GroupValue, GROUP), (Series, SERIES)):
        for row in model.objects.filter(run_id=run.pk).order_by("id").values():
            which = (model.__name__, *(row.pop(column) for column in key))
            assert which not in found, f"two numbers for {which}"
            del row["run_id"], row["id"]
            found[which] = row
    return found


def assert_same(live_numbers: dict, whole: dict) -> None:
    assert set(live_numbers) == set(whole)
    for key, row in whole.items():
        for column, value in row.items():
            got = live_numbers[key][column]
            # Sums of doubles run in another order.
            assert got == (pytest.approx(value, abs=1e-9) if not isinstance(value, str) else value), (
                key,
                column,
            )


def mark(term, student: str, school: str, on, category: str, share: float) -> None:
    records.AttendanceEvent.objects.update_or_create(
        school_year=YEAR,
        source="crescendo",
        source_key=f"{student} {on}",
        defaults={
            "student_id": term.pk(student),
            "school_id": term.pk(school),
            "on": on,
            "category": category,
            "absent_share": share,
        },
    )
    changes.announce_marks(school_year=YEAR, school_id=term.pk(school), tables=["attendance_events"])


def submit(term, school: str, on) -> None:
    records.AttendanceSubmission.objects.get_or_create(
        school_year=YEAR, source="crescendo", source_key=f"{school} {on}", school_id=term.pk(school), on=on
    )
    changes.announce_marks(school_year=YEAR, school_id=term.pk(school), tables=["attendance_submissions"])


def tap(term, student: str, school: str, on, took_part: bool) -> None:
    records.ParticipationCheck.objects.update_or_create(
        school_year=YEAR,
        source="crescendo",
        source_key=f"{student} {on}",
        defaults={
            "student_id": term.pk(student),
            "school_id": term.pk(school),
            "class_id": 1,
            "on": on,
            "took_part": took_part,
        },
    )
    changes.announce_marks(school_year=YEAR, school_id=term.pk(school), tables=["participation_checks"])


def score(term, student: str, school: str, item: int, value: float | None) -> None:
    records.CourseworkResult.objects.update_or_create(
        school_year=YEAR,
        source="crescendo",
        source_key=f"{student} {item}",
        defaults={
            "student_id": term.pk(student),
            "school_id": term.pk(school),
            "class_id": 1,
            "item_id": item,
            "status": "fully graded" if value is not None else "not submitted",
            "score": value,
            "is_missing": value is None,
        },
    )
    changes.announce_marks(school_year=YEAR, school_id=term.pk(school), tables=["coursework_results"])


@pytest.fixture
def district(term):
    """The term with fifteen more students, so that some groups are large enough to be shown, and a piece of work."""
    for number in range(15):
        student = roster.Student.objects.create(given_name=f"n{number}", family_name="Test")
        term.students[f"n{number}"] = student
        roster.Enrolment.objects.create(
            student=student,
            school=term.organisations["lincoln" if number % 3 else "monroe"],
            school_year=YEAR,
            grade_level="07" if number % 2 else "08",
            entry_on=DAYS[0],
        )
    course = roster.Course.objects.create(organisation=term.organisations["lincoln"], title="Mathematics")
    taught = roster.SchoolClass.objects.create(
        course=course, school=term.organisations["lincoln"], title="Mathematics", school_year=YEAR
    )
    term.items = [
        records.CourseworkItem.objects.create(
            school_class=taught, title="Quiz", assigned_on=DAYS[1], due_on=DAYS[3 + n]
        ).pk
        for n in range(2)
    ]
    return term


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_sequence_of_marks_the_numbers_are_those_of_a_whole_measurement(district, seed):
    measure()
    memory = Memory()
    chance = random.Random(seed)
    lincoln = ["ada", "ben", *(f"n{n}" for n in range(15) if n % 3)]
    monroe = ["cleo", "dev", *(f"n{n}" for n in range(15) if not n % 3)]
    for _ in range(14):
        school, students = chance.choice([("lincoln", lincoln), ("monroe", monroe)])
        who, on = chance.choice(students), chance.choice(DAYS)
        kind = chance.randrange(5)
        if kind < 2:
            mark(
                district,
                who,
                school,
                on,
                *chance.choice([("unexcused", 1.0), ("excused", 0.5), ("present", 0.0)]),
            )
        elif kind == 2:
            submit(district, "monroe", chance.choice(DAYS[2:4]))
        elif kind == 3:
            tap(district, who, school, on, chance.random() < 0.7)
        else:
            score(district, who, school, chance.choice(district.items), chance.choice([None, 7.0]))
        if chance.random() < 0.5:
            live.count_waiting_marks(memory)
    live.count_waiting_marks(memory)
    run = MeasurementRun.objects.get(is_current=True)
    counted = published(run)
    assert_same(counted, published(measure()))
    assert not LiveChange.objects.exists(), "the whole run holds them"


def test_what_is_kept_between_two_marks_is_read_again_when_it_changed(district):
    """A student leaves, without any mark; then somebody else at the school is marked."""
    measure()
    memory = Memory()
    mark(district, "n1", "lincoln", DAYS[1], "unexcused", 1.0)
    live.count_waiting_marks(memory)
    roster.Enrolment.objects.filter(student=district.students["n2"]).update(exit_on=DAYS[4])
    mark(district, "n1", "lincoln", DAYS[2], "unexcused", 1.0)
    assert live.count_waiting_marks(memory) == 1

    def days(run: MeasurementRun) -> list[tuple]:
        of_rates = StudentValue.objects.filter(run_id=run.pk, indicator="attendance_rate", is_whole=True)
        of_rates = of_rates.filter(student_id__in=[district.pk("n1"), district.pk("n2")])
        return list(of_rates.order_by("student_id").values_list("numerator", "denominator"))

    counted = days(MeasurementRun.objects.get(is_current=True))
    assert counted == days(measure())
    assert counted[1][1] < counted[0][1], "who left belonged fewer days"


def test_a_mark_made_here_stands_for_what_was_sent_of_that_day(term):
    """Ada was sent as absent on the first day. Her teacher says half a day: half counts, not one and a half."""
    measure()
    mark(term, "ada", "lincoln", DAYS[0], "excused", 0.5)
    live.count_waiting_marks()
    run = MeasurementRun.objects.get(is_current=True)
    pack = {"indicator": "chronic_absence", "rule_pack": "edu-decimal", "is_whole": True}
    row = StudentValue.objects.get(run_id=run.pk, student_id=term.pk("ada"), **pack)
    assert (row.numerator, row.denominator) == (2.0, 20)
    mark(term, "ada", "lincoln", DAYS[0], "present", 0.0)
    live.count_waiting_marks()
    row.refresh_from_db()
    assert row.numerator == 1.5


def test_a_mark_that_came_after_the_snapshot_is_counted_in_the_run_that_publishes_later(term, monkeypatch):
    """The run read the facts, then somebody marked: neither lost nor doubled, whichever was first."""
    measure()
    from crescendo.indicators import publication  # noqa: PLC0415

    publish = publication.publish

    def mark_then_publish(*args, **options):
        mark(term, "ben", "lincoln", DAYS[2], "unexcused", 1.0)
        live.count_waiting_marks()  # in the old run, which is about to go
        return publish(*args, **options)

    monkeypatch.setattr(publication, "publish", mark_then_publish)
    run = measure()
    value = StudentValue.objects.get(
        run_id=run.pk, student_id=term.pk("ben"), indicator="attendance_rate", is_whole=True
    )
    assert value.numerator == 20, "the snapshot did not hold the mark"
    assert live.count_waiting_marks() == 1
    value.refresh_from_db()
    assert value.numerator == 19
    assert live.count_waiting_marks() == 0


def test_marks_that_come_while_counting_gives_way_are_counted_in_the_same_pass(term):
    measure()
    mark(term, "ben", "lincoln", DAYS[2], "unexcused", 1.0)
    more = [DAYS[3], DAYS[4]]

    def give_way():
        while more:
            mark(term, "ben", "lincoln", more.pop(), "unexcused", 1.0)

    assert live.count_waiting_marks(give_way=give_way) == 1, "the school is measured once for all three"
    value = StudentValue.objects.get(
        run_id=MeasurementRun.objects.get(is_current=True).pk,
        student_id=term.pk("ben"),
        indicator="attendance_rate",
        is_whole=True,
    )
    assert value.numerator == 17


def test_nothing_is_counted_before_the_first_measurement(term):
    mark(term, "ben", "lincoln", DAYS[2], "unexcused", 1.0)
    assert live.count_waiting_marks() == 0
    assert LiveChange.objects.count() == 1
    run = measure()
    assert not LiveChange.objects.exists()
    assert live.count_waiting_marks() == 0
    assert run.as_of == AS_OF


def test_a_mark_of_a_day_after_the_run_changes_no_number_until_that_day_is_measured(term):
    run = measure()
    before = published(run)
    mark(term, "ben", "lincoln", AS_OF + timedelta(days=3), "unexcused", 1.0)
    live.count_waiting_marks()
    assert_same(published(run), before)
