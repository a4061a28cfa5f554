"""The answers about a new table's columns: which column is which field, how it is written, and what its codes mean."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.ui.days import DayInput

from .field_words import meaning_words
from .mapping_proposals import Proposal
from .models import Source
from .sources.table.building import (
    BY_NUMBER,
    FROM_DAY,
    FROM_ENROLMENT,
    NOT_GIVEN,
    SAME_FOR_ALL,
    SIDE_BY_SIDE,
    Choice,
)
from .sources.table.fields import Field, Target
from .sources.table.guessing import Column, could_hold, possible_date_formats
from .sources.table.mapping import DATE_FORMATS
from .two_files.reading import likely_meaning, read_day

WIDE_TARGETS = {"assessment_results": "score"}  # tables whose rows may hold several scores side by side
NEED_A_RESULT = ("assessment_results", "coursework_results")
RESULTS = ("score", "score_text", "level_sequence", "is_proficient")
SAMPLE_LETTERS = 28


class Answer(forms.ChoiceField):
    """A question that is always answered, the empty answer being one of the choices."""

    def clean(self, value: Any) -> str:
        return str(super().clean(value)) if value else ""


class NumberAnswer(forms.FloatField):
    """A number, or nothing where somebody leaves it open."""

    def clean(self, value: Any) -> float | None:
        return super().clean(value) if value not in (None, "") else None


class ColumnsForm(forms.Form):
    """Which column is which field of the target. What was guessed is filled in; a date's order is asked.

    `said`: what somebody answered so far, before it is complete. It is shown again and judged, never refused.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        target: Target,
        columns: list[Column],
        sources: list[Source],
        proposal: Proposal,
        said: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.target, self.columns, self.proposal = (
            target,
            {column.name: column for column in columns},
            proposal,
        )
        self.said = said if data is None else data
        for one in target.fields:
            self._add(one)
        self._add_whose_ids(sources)
        self.fields["key"] = Answer(
            label=_("What makes a row itself"),
            choices=[("", _("who, what and when: the same row sent again is one row")),
                     *((name, _("the id in column %(name)s") % {"name": name}) for name in self.columns)],
            initial=self._start("key", ""),
        )  # fmt: skip
        if target.name in WIDE_TARGETS:
            self.fields["side_by_side"] = forms.MultipleChoiceField(
                label=_("Columns of scores, one for each test"),
                required=False,
                choices=[(name, self._with_samples(column)) for name, column in self.columns.items()],
                widget=forms.CheckboxSelectMultiple,
                initial=self._several(),
            )

    def _start(self, name: str, proposed: str) -> str:
        return str(self.said.get(name, "")) if self.said is not None else proposed

    def _several(self) -> list[str]:
        if self.said is None:
            return list(self.proposal.side_by_side)
        given = (
            self.said.getlist("side_by_side")
            if hasattr(self.said, "getlist")
            else self.said.get("side_by_side", [])
        )
        return [name for name in given if name in self.columns]

    def _with_samples(self, column: Column) -> str:
        seen = ", ".join(column.examples[:2])
        seen = seen if len(seen) <= SAMPLE_LETTERS else seen[: SAMPLE_LETTERS - 1] + "…"
        return f"{column.name} ({seen})" if seen else _("%(column)s (empty)") % {"column": column.name}

    def _add(self, one: Field) -> None:
        chosen: list[tuple[str, Any]] = [
            (NOT_GIVEN, _("choose its column") if one.required else _("not in this file"))
        ]
        if one.name == "school":
            chosen.append((FROM_ENROLMENT, _("the student's school that day")))
        if one.kind == "year" and self.target.field("on"):
            chosen.append((FROM_DAY, _("the school year of the day")))
        if WIDE_TARGETS.get(self.target.name) == one.name:
            chosen.append((SIDE_BY_SIDE, _("several columns, one for each test")))
        chosen += [
            (SAME_FOR_ALL, _("the same for every row:")),
            *self._columns_for(one),
        ]
        start = self._start(f"column_{one.name}", self.proposal.columns.get(one.name, NOT_GIVEN))
        kind = forms.ChoiceField if one.required else Answer
        self.fields[f"column_{one.name}"] = kind(
            label=meaning_words(one), choices=chosen, initial=start,
            error_messages={"required": _("Needed: choose its column, or say what it is for every row.")},
        )  # fmt: skip
        self.fields[f"constant_{one.name}"] = self._constant(one)
        if one.kind in ("date", "number", "share"):
            self._add_written(one, start)

    def _columns_for(self, one: Field) -> list[tuple[str, Any]]:
        """The columns of the file, those first whose cells can be what the field holds."""
        fitting = [name for name, column in self.columns.items() if could_hold(one, column)]
        others = [name for name in self.columns if name not in set(fitting)]
        groups = [(_("Columns that fit"), fitting), (_("Other columns") if fitting else _("Columns"), others)]
        return [
            (words, [(name, self._with_samples(self.columns[name])) for name in names])
            for words, names in groups
            if names
        ]

    def _constant(self, one: Field) -> forms.Field:
        label = _("%(field)s, the same for every row") % {"field": meaning_words(one)}
        start = self._start(f"constant_{one.name}", "")
        if one.kind == "choice":
            choices = [("", _("please say")), *((value, value) for value in one.choices)]
            return forms.ChoiceField(label=label, choices=choices, required=False, initial=start)
        widget = DayInput() if one.kind == "date" else forms.TextInput()
        return forms.CharField(label=label, required=False, max_length=255, initial=start, widget=widget)

    def _add_written(self, one: Field, column: str) -> None:
        label = _("%(field)s is written like") % {"field": meaning_words(one)}
        said = self._start(f"written_{one.name}", "")
        if one.kind == "date":
            values = list(self.columns[column].all_values) if column in self.columns else []
            possible = (possible_date_formats(values) if values else []) or list(DATE_FORMATS)
            start = possible[0] if len(possible) == 1 else said if said in possible else ""
            self.fields[f"written_{one.name}"] = forms.ChoiceField(
                label=label, initial=start, required=column in self.columns,
                choices=[("", _("please say")), *((key, _as_read(values, key)) for key in possible)],
                error_messages={"required": _("Say how the date is written. Day and month are not guessed.")},
            )  # fmt: skip
            return
        choices = [
            ("", _("as it is: 93 or 0.93")),
            ("percent", _("93 or 93 % for 0.93")),
            ("comma", _("0,93")),
        ]
        self.fields[f"written_{one.name}"] = Answer(label=label, choices=choices, initial=said)

    def _add_whose_ids(self, sources: list[Source]) -> None:
        """Whose ids these are, with what each knows; the one that knows most is filled in."""
        known = {match.source: match for match in self.proposal.students}
        titles = {source.slug: source.title for source in sources}
        choices: list[tuple[str, Any]] = []
        for slug in sorted({*titles, *known}, key=lambda slug: -known[slug].known if slug in known else 0):
            words = (
                _("the number people know a student by")
                if slug == BY_NUMBER
                else _("the ids of %(source)s") % {"source": titles.get(slug, slug)}
            )
            if slug in known:
                words = _("%(ids)s: %(known)s of %(all)s known") % {
                    "ids": words, "known": known[slug].known, "all": known[slug].ids,
                }  # fmt: skip
            choices.append((slug, words))
        if BY_NUMBER not in known:
            choices.append((BY_NUMBER, _("the number people know a student by")))
        self.fields["ids_of"] = Answer(
            label=_("Whose ids the file uses"),
            choices=[*choices, ("", _("its own"))],
            initial=self._start("ids_of", self.proposal.ids_of),
        )

    def choices(self) -> dict[str, Choice]:
        """What is chosen for each field now: sent, said so far, or proposed."""
        found = {}
        for one in self.target.fields:
            column = str(self[f"column_{one.name}"].value() or NOT_GIVEN)
            constant = str(self[f"constant_{one.name}"].value() or "").strip()
            written = self[f"written_{one.name}"].value() if f"written_{one.name}" in self.fields else ""
            if constant and not column:  # who writes what it is for every row need not choose that as well
                column = SAME_FOR_ALL
            found[one.name] = Choice(column, constant, str(written or ""))
        if self.is_wide(found):
            found["assessment"] = Choice()
        return found

    def is_wide(self, choices: dict[str, Choice]) -> bool:
        wide = WIDE_TARGETS.get(self.target.name)
        return bool(wide) and choices[wide].column == SIDE_BY_SIDE

    def lacks_result(self, choices: dict[str, Choice]) -> bool:
        """Whether nothing says how a test or a piece of work came out."""
        said = [choices[name] for name in RESULTS if name in choices]
        return (
            bool(said) and self.target.name in NEED_A_RESULT and not any(choice.is_given for choice in said)
        )

    def side_by_side(self) -> list[str]:
        return list(self["side_by_side"].value() or []) if "side_by_side" in self.fields else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        choices = self.choices()
        for one in self.target.fields:
            choice = choices[one.name]
            if choice.is_given or (one.name == "assessment" and self.is_wide(choices)):
                self.errors.pop(f"column_{one.name}", None)
            if choice.column == SAME_FOR_ALL and not choice.constant:
                self.add_error(f"constant_{one.name}", _("Say what it is for every row."))
        if self.lacks_result(choices):
            self.add_error(
                "column_score", _("Choose the column that holds the score: without it nothing would be seen.")
            )
        if self.is_wide(choices) and not self.side_by_side():
            self.add_error("side_by_side", _("Choose the columns that hold scores."))
        return data


def _as_read(values: list[str], written: str) -> str:
    """A way to write days, shown on one of the file's own: '03/04/2026 is March 4, 2026 (month first)'."""
    days = ((value, read_day(value, written)) for value in values)
    value, day = next(((value, day) for value, day in days if day and day.day != day.month), ("", None))
    if day is None:
        return DATE_FORMATS[written]
    words = {"cell": value.strip(), "day": date_format(day, "DATE_FORMAT")}
    return _("%(cell)s is %(day)s") % words


# What a code means, in words that a person at the desk uses. The word of the model stands behind it.
CODE_WORDS: dict[object, Any] = {
    "excused": gettext_lazy("away, excused"),
    "unexcused": gettext_lazy("away, not excused"),
    "tardy": gettext_lazy("late, but there"),
    "present": gettext_lazy("present"),
    "other": gettext_lazy("something else"),
    ("category", "other"): gettext_lazy("away, no reason given"),
    "scored": gettext_lazy("it has a score"),
    "absent": gettext_lazy("was away"),
    "exempt": gettext_lazy("did not have to take it"),
    "invalid": gettext_lazy("does not count"),
}


class ValuesForm(forms.Form):
    """What each value of a column means. A value without a meaning sets its rows aside."""

    def __init__(self, *args: Any, asked: list[tuple[Field, Column]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for one, column in asked:
            for position, value in enumerate(column.values):
                self.fields[f"{one.name}-{position}"] = self._meaning(one, value)

    def _meaning(self, one: Field, value: str) -> forms.Field:
        usual = self._usual(one, value)
        if one.kind == "share":
            return NumberAnswer(
                label=value,
                min_value=one.lowest,
                max_value=one.highest,
                initial=usual or None,
            )
        meanings = (
            [("true", _("yes")), ("false", _("no"))]
            if one.kind == "boolean"
            else [(c, CODE_WORDS.get((one.name, c)) or CODE_WORDS.get(c, c)) for c in one.choices]
        )
        same = next((meaning for meaning, _words in meanings if meaning.lower() == value.lower()), usual)
        return Answer(
            label=value,
            initial=same,
            choices=[("", _("not said: set the rows aside")), *meanings],
        )

    def _usual(self, one: Field, value: str) -> str:
        """What a code of attendance means as a rule: filled in, to be looked at."""
        meaning = likely_meaning(value) if one.name in ("category", "absent_share") else ""
        category, _colon, share = meaning.partition(":")
        return share if one.kind == "share" else category

    def groups(self) -> list[dict[str, Any]]:
        return [
            {
                "field": one,
                "column": column,
                "parts": [self[f"{one.name}-{n}"] for n in range(len(column.values))],
            }
            for one, column in self.asked
        ]

    def meanings(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for one, column in self.asked:
            answers = {value: self.cleaned_data[f"{one.name}-{n}"] for n, value in enumerate(column.values)}
            found[one.name] = {
                value: "" if said in (None, "") else str(said) for value, said in answers.items()
            }
        return found


__all__ = ["ColumnsForm", "ValuesForm"]
