"""Pure decisions about coaching: when it has gone quiet, which questions are open, what is worth a nudge.

Nothing here forbids. A nudge says what was looked at, so that somebody who disagrees can see why it came.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crescendo.core.names import fold

QUIET_AFTER_DAYS = 14  # "contact at least every second week" (workflows 3.3)
LONG_STEP = 120  # characters; a step that needs more is rarely small
FEWEST_WORDS_SEEN = 4  # "Good lesson." is a judgement; what was seen takes a few words


class Reading(StrEnum):
    """How a line reads from its first words. Formal, not wise: a kind tone can make any of them open."""

    OPEN = "open"
    CLOSED = "closed"
    ADVICE = "advice"


# First words after which an answer is a thought and not a yes: English and Spanish, accents folded away.
OPEN_STEMS = (
    "what", "how", "why", "which", "when", "where", "who", "in what way", "to what extent", "tell me", "talk me",
    "walk me", "describe", "explain", "say more", "imagine",
    "que", "como", "por que", "para que", "cual", "cuales", "cuando", "donde", "quien", "quienes", "cuanto", "cuanta",
    "cuantos", "cuantas", "en que", "de que", "a que", "con que", "hasta que punto",
    "cuenteme", "cuentame",
    "hableme", "hablame", "contar", "contarme", "decirme", "describir", "explicar",
    "describa", "describe", "explique", "explica", "imagine", "imagina",
)  # fmt: skip
POLITE = (
    "can you", "could you", "would you", "please", "and", "so", "but", "then",
    "puede", "puedes", "podria", "podrias", "me puede", "me puedes", "por favor", "y", "entonces", "pero",
)  # fmt: skip
ADVICE_STEMS = (
    "should", "shouldnt", "ought to", "need to", "have to", "must", "try", "i would", "id", "why dont you", "why not",
    "what about", "how about", "what if you", "next time",
    "debe", "debes", "deberia", "deberias", "tiene que", "tienes que", "hay que", "intente", "intenta", "yo haria",
    "por que no pruebas", "por que no prueba", "que tal si", "y si", "la proxima vez",
)  # fmt: skip


def _begins_with(words: str, stems: Iterable[str]) -> str:
    """The longest of the stems that the words begin with, or ''."""
    found = [stem for stem in stems if words == stem or words.startswith(f"{stem} ")]
    return max(found, key=len, default="")


def _plain(text: str) -> str:
    """Lower case, without accents, apostrophes, opening marks and a list's bullet: "- ¿Qué vio?" -> "que vio"."""
    return fold(text.lstrip("-–•*0123456789.) "))


def _without_politeness(words: str) -> str:
    """ "could you tell me what" -> "tell me what"."""
    while stem := _begins_with(words, POLITE):
        words = words.removeprefix(stem).strip()
    return words


def read_question(text: str) -> Reading:
    """Open, closed or advice, from the first words of the line and of each part after a comma.

    "When you looked up, what did you see?" is open, "Did it go well?" closed; "What about a timer?" and "You should
    use a timer" are advice in the form of a question and without it.
    """
    parts = [part for part in (_plain(part) for part in re.split(r"[,;:]", text)) if part]
    is_question = "?" in text
    for part in parts:
        bare = _without_politeness(part)
        if _begins_with(part, ADVICE_STEMS) or _begins_with(bare, ADVICE_STEMS):
            return Reading.ADVICE
        if _begins_with(bare, OPEN_STEMS):
            return Reading.OPEN
    words = f" {' '.join(parts)} "
    if not is_question and any(f" {advice} " in words for advice in ADVICE_STEMS):
        return Reading.ADVICE
    return Reading.CLOSED


@dataclass(frozen=True)
class QuestionsRead:
    """What a session's list of questions holds."""

    open: tuple[str, ...]
    closed: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def wants_a_nudge(self) -> bool:
        """Something stands there, and none of it is open."""
        return bool(self.closed or self.advice) and not self.open


def read_questions(questions: Iterable[str]) -> QuestionsRead:
    """Each question put where it reads from its first words."""
    kinds: dict[Reading, list[str]] = {reading: [] for reading in Reading}
    for question in questions:
        if question.strip():
            kinds[read_question(question)].append(question)
    return QuestionsRead(
        *(tuple(kinds[reading]) for reading in (Reading.OPEN, Reading.CLOSED, Reading.ADVICE))
    )


def split_questions(text: str) -> list[str]:
    """One question a line; blank lines and the same question twice fall away."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def is_quiet(*, last_contact_on: date, next_on: date | None, on: date) -> bool:
    """Two weeks without a meeting, and none that is set for the coming days of those two weeks."""
    if on - last_contact_on < timedelta(days=QUIET_AFTER_DAYS):
        return False
    return next_on is None or next_on < on


def week_of(*, begins_on: date, weeks: int, on: date) -> int:
    """Which week of the cycle the day lies in, from 1; past the last week it stays the last."""
    return max(1, min(weeks, (on - begins_on).days // 7 + 1))


def review_is_due(*, begins_on: date, weeks: int, on: date) -> bool:
    """The cycle's last day has come."""
    return on >= begins_on + timedelta(weeks=weeks)


def says_what_was_seen(observation: str) -> bool:
    """Evidence before judgement: at least a few words about what was seen or heard."""
    return len(observation.split()) >= FEWEST_WORDS_SEEN


def is_long(step: str) -> bool:
    """A step that takes many words is rarely small."""
    return len(step) > LONG_STEP
