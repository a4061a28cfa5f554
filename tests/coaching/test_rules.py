"""Questions read by their first words; when it is quiet; how far the way is."""

from datetime import date, timedelta

import pytest

from crescendo.coaching import rules
from crescendo.coaching.models import Stage
from crescendo.coaching.questions import BANK, questions_for
from crescendo.coaching.rules import Reading

ON = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("question", "reading"),
    [
        ("What stood out for you?", Reading.OPEN),
        ("How did that compare with your plan?", Reading.OPEN),
        ("When you looked at the clock, what did you see?", Reading.OPEN),
        ("In the last ten minutes, how many were working?", Reading.OPEN),
        ("Could you tell me what you noticed?", Reading.OPEN),
        ("Walk me through the start.", Reading.OPEN),
        ("¿Qué te llamó la atención?", Reading.OPEN),
        ("¿Cómo lo sabes?", Reading.OPEN),
        ("- ¿Me puedes contar qué viste?", Reading.OPEN),
        ("Did it go well?", Reading.CLOSED),
        ("Was the start slow?", Reading.CLOSED),
        ("¿Salió bien?", Reading.CLOSED),
        ("You should use a timer.", Reading.ADVICE),
        ("What about a timer?", Reading.ADVICE),
        ("Why don't you use a timer?", Reading.ADVICE),
        ("Why don’t you use a timer?", Reading.ADVICE),
        ("Try a timer next time", Reading.ADVICE),
        ("Deberías usar un temporizador.", Reading.ADVICE),
        ("¿Y si pruebas con un temporizador?", Reading.ADVICE),
    ],
)
def test_a_question_reads_by_its_first_words(question, reading):
    assert rules.read_question(question) == reading


def test_every_question_of_the_bank_reads_as_open_in_english():
    for stage, questions in BANK.items():
        assert len(questions) >= 4, stage
        for question in questions_for(stage):
            assert rules.read_question(question) == Reading.OPEN, question
    assert set(BANK) == set(Stage.values)


def test_closed_questions_and_advice_alone_are_nudged_and_one_open_question_is_enough():
    assert rules.read_questions(["Did it go well?", "You should use a timer."]).wants_a_nudge
    assert not rules.read_questions(["Did it go well?", "What stood out?"]).wants_a_nudge
    assert not rules.read_questions([]).wants_a_nudge


def test_questions_are_one_a_line_without_blanks_and_doubles():
    assert rules.split_questions("What?\n\n  How   so? \nWhat?\n") == ["What?", "How so?"]


@pytest.mark.parametrize(
    ("days_ago", "next_in", "quiet"),
    [(13, None, False), (14, None, True), (30, 3, False), (30, 0, False), (30, -1, True)],
)
def test_two_weeks_without_contact_and_none_ahead_is_quiet(days_ago, next_in, quiet):
    next_on = None if next_in is None else ON + timedelta(days=next_in)
    assert rules.is_quiet(last_contact_on=ON - timedelta(days=days_ago), next_on=next_on, on=ON) is quiet


@pytest.mark.parametrize(("days", "week"), [(0, 1), (6, 1), (7, 2), (41, 6), (400, 6), (-3, 1)])
def test_the_week_of_a_cycle_begins_at_one_and_stays_at_the_last(days, week):
    assert rules.week_of(begins_on=ON, weeks=6, on=ON + timedelta(days=days)) == week


def test_a_judgement_alone_is_no_observation():
    assert not rules.says_what_was_seen("Good lesson!")
    assert rules.says_what_was_seen("Six students waited for paper")
