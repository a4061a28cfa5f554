"""The page of a new table's columns, put together: what is understood, what still needs somebody, what is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core import numbers

from . import wording
from .field_words import meaning_words
from .mapping_forms import ColumnsForm
from .sources.table.building import NOT_GIVEN, SAME_FOR_ALL, SIDE_BY_SIDE, Choice, Chosen, needs_values
from .sources.table.fields import Field, Target
from .sources.table.guessing import Column
from .sources.table.rates import Match
from .sources.table.received import Received
from .sources.table.trying import Tried, Wrong, try_out

ASK, WRONG, RIGHT, UNUSED = "ask", "wrong", "right", "unused"
SAMPLES = 3


@dataclass(frozen=True)
class Line:
    """One thing a row can say: the column that says it, three of its values, and what is to be done."""

    field: Field
    words: str
    state: str
    column: BoundField
    written: BoundField | None
    constant: BoundField | None
    several: BoundField | None
    samples: tuple[str, ...]
    says: str = ""
    header: str = ""

    @property
    def badge(self) -> tuple[str, str]:
        """Words and kind of the mark beside it."""
        return {
            ASK: (_("needs you"), "attention"),
            WRONG: (_("look at this"), "attention"),
            RIGHT: (_("understood"), "good"),
            UNUSED: (_("not used"), "plain"),
        }[self.state]


@dataclass(frozen=True)
class Screen:
    """Everything on the page. `open_lines` stay where they were when the page was first shown."""

    tried: Tried
    lines: list[Line]
    left_out: list[Column]
    match: Match | None

    @property
    def needing(self) -> list[Line]:
        return [line for line in self.lines if line.state == ASK]

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.state == WRONG]

    @property
    def to_open(self) -> list[str]:
        """The lines that stand open when the page is first shown: what needs somebody, and whose rows these are."""
        names = {line.field.name for line in (*self.needing, *self.wrong)}
        names |= {"student"} | {line.field.name for line in self.lines if line.several}
        return [line.field.name for line in self.lines if line.field.name in names]

    def changed_since(self, before: dict[str, Any] | None, said: dict[str, Any]) -> list[Line]:
        """The lines about which something else is said now. With nothing said before: all of them."""
        if before is None:
            return self.lines
        names = {name for name in {*before, *said} if before.get(name) != said.get(name)}
        of_fields = {
            name.partition("_")[2] for name in names if name.startswith(("column_", "constant_", "written_"))
        }
        of_fields |= {"student"} if "ids_of" in names else set()
        of_fields |= {"score"} if "side_by_side" in names else set()
        return [line for line in self.lines if line.field.name in of_fields]

    def in_groups(self, opened: Iterable[str]) -> dict[str, list[Line]]:
        """The lines as they stand on the page: those to look at, those understood, those not in the file."""
        opened = set(opened)
        rest = [line for line in self.lines if line.field.name not in opened]
        return {
            "opened": [line for line in self.lines if line.field.name in opened],
            "understood": [line for line in rest if line.state != UNUSED],
            "unused": [line for line in rest if line.state == UNUSED],
        }

    @property
    def headings(self) -> list[str]:
        """What stands above the first rows."""
        return [meaning_words(one) for one in self.tried.fields]

    @property
    def first(self) -> list[list[tuple[str, str]]]:
        """The first rows as they are read, each cell beside its heading."""
        return [list(zip(self.headings, row, strict=True)) for row in self.tried.first]

    @property
    def more_unknown(self) -> int:
        """Unknown ids that are not written out."""
        return self.match.ids - self.match.known - len(self.match.unknown) if self.match else 0

    @property
    def result(self) -> str:
        """'We understand 812 of 900 rows. 40 rows have more or fewer cells than the header, and are set aside.'"""
        counts = {"n": numbers.count(self.tried.understood), "all": numbers.count(self.tried.rows)}
        # Nothing is wrong with the rows where something is only not said yet.
        if self.needing and not self.tried.understood:
            said = ngettext("The file has %(all)s row.", "The file has %(all)s rows.", self.tried.rows)
        elif not self.tried.is_of_all:
            said = _("We understand %(n)s of the first %(all)s rows.")
        else:
            said = ngettext(
                "We understand %(n)s of %(all)s row.", "We understand %(n)s of %(all)s rows.", self.tried.rows
            )
        return f"{said % counts} {self._torn}".strip()

    @property
    def _torn(self) -> str:
        n = self.tried.torn
        said = ngettext(
            "%(n)s row has more or fewer cells than the header, and is set aside.",
            "%(n)s rows have more or fewer cells than the header, and are set aside.",
            n,
        )
        return said % {"n": numbers.count(n)} if n else ""

    @property
    def still(self) -> str:
        n = len(self.needing)
        if not n:
            return _("Nothing is left to say.")
        return ngettext("%(n)s line still needs you.", "%(n)s lines still need you.", n) % {
            "n": numbers.count(n)
        }


def is_wide(said: dict[str, Any] | None) -> bool:
    """Whether the answers so far turn each row into several."""
    return bool(said) and said.get("column_score") == SIDE_BY_SIDE


def chosen_of(
    form: ColumnsForm, draft: dict[str, Any], values: dict[str, dict[str, str]] | None = None
) -> Chosen:
    """What the answers say so far."""
    return Chosen(
        name=draft["slug"], title=draft["title"], target=draft["target"], choices=form.choices(),
        ids_of=str(form["ids_of"].value() or ""), key=str(form["key"].value() or ""), values=values or {},
        side_by_side=tuple(form.side_by_side()),
    )  # fmt: skip


def asked_later(
    target: Target, choices: dict[str, Choice], columns: dict[str, Column]
) -> list[tuple[Field, Column]]:
    """The fields whose values somebody has to explain on the next page."""
    found = []
    for one in target.fields:
        choice = choices[one.name]
        column = columns.get(choice.column)
        if column and not choice.written and column.values and needs_values(one, column.values):
            found.append((one, column))
    return found


def describe(form: ColumnsForm, received: Received, draft: dict[str, Any], *, on: date) -> Screen:
    """Judge every answer and read the file by them."""
    chosen = chosen_of(form, draft)
    later = {one.name: column for one, column in asked_later(form.target, chosen.choices, form.columns)}
    tried = try_out(received, chosen, on=on, asked_later=frozenset(later))
    match = _match_of(form, chosen)
    lines = [_line(one, form, chosen, tried, later.get(one.name), match) for one in form.target.fields]
    if form.is_wide(chosen.choices):
        lines = [line for line in lines if line.field.name not in ("assessment", "score_text")]
    used = {choice.column for choice in chosen.choices.values()} | {chosen.key, *chosen.side_by_side}
    left_out = [column for column in form.columns.values() if column.name not in used]
    return Screen(tried, lines, left_out, match)


def _match_of(form: ColumnsForm, chosen: Chosen) -> Match | None:
    """How many students the chosen source knows. Nothing known is told too."""
    column = form.columns.get(chosen.choices.get("student", Choice()).column)
    if column is None:
        return None
    ids = len({value.strip() for value in column.all_values})
    return next(
        (match for match in form.proposal.students if match.source == chosen.ids_of),
        Match(chosen.ids_of, ids, 0, tuple(column.examples)),
    )


def _line(
    one: Field, form: ColumnsForm, chosen: Chosen, tried: Tried, later: Column | None, match: Match | None
) -> Line:
    choice = chosen.choices[one.name]
    column = form.columns.get(choice.column)
    is_wide = one.name == "score" and form.is_wide(chosen.choices)
    state, says = _judge(one, form, choice, tried.wrong.get(one.name), later)
    if one.name == "student" and match and state == RIGHT:
        # Not ASK: somebody who brings files in for others may see few students, and the import itself knows them all.
        state, says = (RIGHT if match.is_enough else WRONG), match_words(match)
    written = form[f"written_{one.name}"] if f"written_{one.name}" in form.fields else None
    shows_constant = choice.column == SAME_FOR_ALL or (one.required and state == ASK and column is None)
    samples = column.examples[:SAMPLES] if column else ()
    return Line(
        one, meaning_words(one), state, form[f"column_{one.name}"],
        written if written and (column or is_wide) else None,
        form[f"constant_{one.name}"] if shows_constant else None,
        form["side_by_side"] if is_wide else None,
        tuple(samples), says, column.name if column else "",
    )  # fmt: skip


def _judge(
    one: Field, form: ColumnsForm, choice: Choice, wrong: Wrong | None, later: Column | None
) -> tuple[str, str]:
    if form.is_bound and any(
        form.errors.get(f"{part}_{one.name}") for part in ("column", "written", "constant")
    ):
        return ASK, ""
    if one.name == "score" and form.lacks_result(form.choices()):
        return ASK, _("Choose the column that holds the score: without it nothing would be seen.")
    if choice.column == NOT_GIVEN and not one.required:
        return UNUSED, ""
    if asked := _unanswered(one, form, choice):
        return ASK, asked
    if later is not None:
        n = len(later.values)
        says = ngettext(
            "What its %(n)s code means is asked next.", "What its %(n)s codes mean is asked next.", n
        )
        return RIGHT, says % {"n": numbers.count(n)}
    return (WRONG, _wrong_words(wrong)) if wrong else (RIGHT, "")


def _unanswered(one: Field, form: ColumnsForm, choice: Choice) -> str:
    """What has to be said before the field can be read; '' where nothing."""
    if choice.column == NOT_GIVEN:
        return _("Choose its column, or say what it is for every row.")
    if choice.column == SAME_FOR_ALL and not choice.constant:
        return _("Say what it is for every row.")
    if one.kind == "date" and choice.column in form.columns and not choice.written:
        return _("Which is the day, and which the month? We do not guess.")
    if one.name == "score" and form.is_wide({"score": choice}) and not form.side_by_side():
        return _("Choose the columns that hold scores. Each becomes a test of its own.")
    return ""


def _wrong_words(wrong: Wrong) -> str:
    """'88 rows cannot be used: Not a date in the expected form, such as "31/02/2026".'"""
    words = {"n": numbers.count(wrong.rows), "why": wording.code_words(wrong.code), "cell": wrong.example}
    if not wrong.example:
        text = ngettext(
            "%(n)s row would be set aside: %(why)s.", "%(n)s rows would be set aside: %(why)s.", wrong.rows
        )
    else:
        text = ngettext(
            "%(n)s row would be set aside: %(why)s, such as “%(cell)s”.",
            "%(n)s rows would be set aside: %(why)s, such as “%(cell)s”.",
            wrong.rows,
        )
    return text % words


def match_words(match: Match) -> str:
    """'842 of 900 ids belong to students whom you may see (93.6 %).' A page knows no more students than its reader does."""
    unknown = match.ids - match.known
    counts = {
        "known": numbers.count(match.known), "all": numbers.count(match.ids), "unknown": numbers.count(unknown),
        "share": numbers.percent(numbers.share(match.known, match.ids)) if match.ids else "–",
    }  # fmt: skip
    if not match.is_enough:
        return (
            _(
                "Only %(known)s of %(all)s ids belong to students whom you may see (%(share)s). A file most of whose students "
                "nobody knows is refused: choose the column with the ids that your own systems use."
            )
            % counts
        )
    said = _("%(known)s of %(all)s ids belong to students whom you may see (%(share)s).") % counts
    if unknown:
        said += (
            " "
            + ngettext(
                "If nobody knows the other one, its rows are set aside.",
                "Of the other %(unknown)s, those whom nobody knows are set aside with their rows.",
                unknown,
            )
            % counts
        )
    return said
