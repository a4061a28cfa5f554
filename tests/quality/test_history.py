"""Problems are opened, kept by the day and closed; the score is what its published weights say."""

from datetime import timedelta
from fractions import Fraction

from planted import SATURDAY, VALUES, event

from cast import AT, ON
from crescendo.quality import catalogue, checking, rules, screens
from crescendo.quality.models import Arrival, Check, CheckDay, FoundRow
from crescendo.quality.rules import HIGH, LOW, MEDIUM, Counted
from crescendo.records.models import AttendanceEvent

RULE = catalogue.BY_CODE["attendance_no_school_day"]


def look(days: int) -> Check:
    on, at = ON + timedelta(days=days), AT + timedelta(days=days)
    checking.check_rule(RULE, VALUES | {"on": on, "at": at})
    return Check.objects.get(rule=RULE.code, school__name="Lincoln School")


def test_a_problem_is_opened_once_kept_by_the_day_and_closed(clean) -> None:
    assert (look(0).failing, look(0).found_at) == (0, None)
    event(clean, "quinn", SATURDAY)
    assert look(1).found_at == AT + timedelta(days=1)
    still = look(2)
    assert (still.found_at, still.looked_at) == (AT + timedelta(days=1), AT + timedelta(days=2))
    assert FoundRow.objects.get().student_id == clean.students["quinn"].pk
    event(clean, "nora", SATURDAY)
    look(2)  # twice on one day: the last look of the day counts
    AttendanceEvent.objects.filter(on=SATURDAY).delete()
    over = look(3)
    assert (over.failing, over.found_at, over.closed_at) == (0, None, AT + timedelta(days=3))
    assert not FoundRow.objects.exists()
    days = CheckDay.objects.filter(check_of=over).values_list("on", "failing", "checked")
    assert list(days) == [
        (ON, 0, 2),
        (ON + timedelta(days=1), 1, 3),
        (ON + timedelta(days=2), 2, 4),
        (ON + timedelta(days=3), 0, 2),
    ]


def test_a_place_that_has_nothing_left_to_look_at_has_no_problem_and_no_score(clean) -> None:
    event(clean, "quinn", SATURDAY)
    look(0)
    AttendanceEvent.objects.all().delete()
    gone = look(1)
    assert (gone.checked, gone.failing, gone.found_at) == (0, 0, None)
    assert screens.score_words(screens._problems([gone])) == ""


def test_the_score_is_the_weighted_mean_of_the_shares_that_pass() -> None:
    # (5 * 18/20 + 3 * 99/100 + 1 * 1/2) / (5 + 3 + 1) = (4.5 + 2.97 + 0.5) / 9 = 7.97 / 9
    counts = [Counted(HIGH, 20, 2), Counted(MEDIUM, 100, 1), Counted(LOW, 2, 1), Counted(HIGH, 0, 0)]
    assert rules.score(counts) == Fraction(797, 900)
    assert rules.score([Counted(HIGH, 0, 0)]) is None
    assert rules.score([]) is None


def test_a_score_with_an_open_problem_never_reads_as_a_hundred_percent() -> None:
    def words(failing: int) -> str:
        check = Check(rule=RULE.code, checked=1_000_000, failing=failing)
        return screens.score_words(screens._problems([check]))

    assert (words(0), words(1), words(1000)) == ("100.0%", "just under 100%", "99.9%")


def test_freshness_is_the_last_day_that_has_come_never_one_to_come(clean) -> None:
    checking.note_arrivals(VALUES)
    sent = Arrival.objects.get(school=clean.lincoln, table="attendance_submissions")
    assert (sent.last_on, sent.feed) == (ON - timedelta(days=1), "sis")
