"""The shapes of what people send on the import pages."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Source
from .sources.table.building import (
    BUILDABLE,
    BY_NUMBER,
    FROM_DAY,
    FROM_ENROLMENT,
    NOT_GIVEN,
    SAME_FOR_ALL,
    Choice,
)
from .sources.table.fields import TARGETS, Field, Target
from .sources.table.guessing import Column, column_of_days, guess_all, possible_date_formats
from .sources.table.mapping import DATE_FORMATS, TableMapping, load_mapping, shipped_mappings
from .wording import target_words

ONEROSTER = "oneroster"
LARGEST_UPLOAD = 2 * 2**30


class SendForm(forms.Form):
    """A file, who sends it, and what it is."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A OneRoster ZIP, or a table: Excel, CSV, TSV, JSON lines (also packed as .gz), Parquet."
        ),
    )
    source = forms.ModelChoiceField(
        queryset=Source.objects.none(),
        required=False,
        label=gettext_lazy("From"),
        empty_label=gettext_lazy("a system that has not sent anything yet"),
    )
    title = forms.CharField(
        max_length=200,
        required=False,
        label=gettext_lazy("Name of the new system"),
        help_text=gettext_lazy("Such as: Student information system, or Reading test 2026."),
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        required=False,
        help_text=gettext_lazy("Leave it as it is: we look at the file and ask."),
    )
    ask_first = forms.BooleanField(
        required=False, initial=True, label=gettext_lazy("Show me what would change before anything does")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources = self.fields["source"]
        sources.queryset = Source.objects.all()
        sources.label_from_instance = lambda source: source.title
        tables = [(name, load_mapping(path).title) for name, path in shipped_mappings().items()]
        others = [(f"target:{name}", target_words(name)) for name in BUILDABLE]
        self.fields["what"].choices = [
            ("", _("find out from the file, or as this system's files before")),
            (ONEROSTER, _("a OneRoster package")),
            (_("A layout that we know"), tables),
            (_("Another table; I say what its columns mean. It holds"), others),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        file = data.get("file")
        if file is not None and file.size > LARGEST_UPLOAD:
            self.add_error(
                "file", _("The file is larger than 2 GB. Bring it in with the command on the server.")
            )
        if not data.get("source"):
            if not data.get("title") and data.get("what"):
                self.add_error(
                    "title", _("Give the new system a name, or choose one that has sent files before.")
                )
            slug = slugify(data.get("title") or "")[:60]
            if data.get("title") and (not slug or Source.objects.filter(slug=slug).exists()):
                self.add_error(
                    "title", _("There is a system of this name already. Choose it, or give another name.")
                )
            data["slug"] = slug
        return data


class KnownForm(forms.Form):
    """Which layout a file has, where we know some like it; what it does not say itself; or what one row of it holds."""

    def __init__(self, *args: Any, known: list[TableMapping], title: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(f"target:{name}", target_words(name)) for name in BUILDABLE]
        layouts = [(mapping.name, mapping.title) for mapping in known]
        self.fields["what"] = forms.ChoiceField(
            label=_("This file is") if known else _("One row of the file is one of these"),
            choices=[*layouts, (_("None of these. It holds"), others)] if known else others,
            initial=layouts[0][0] if layouts else "",
        )
        self.fields["title"] = forms.CharField(
            label=_("The system it comes from"),
            max_length=200,
            initial=title or (known[0].title if known else ""),
        )
        for name, question in known[0].asks if known else ():
            self.fields[f"answer-{name}"] = forms.CharField(label=question, required=False, max_length=60)
        self.known = known

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.known and data.get("what") == self.known[0].name:
            for name, _question in self.known[0].asks:
                if not data.get(f"answer-{name}"):
                    self.add_error(f"answer-{name}", _("The file does not say it, so please do."))
        return data

    def answers(self) -> dict[str, str]:
        return {
            name.removeprefix("answer-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("answer-") and value
        }


class ColumnsForm(forms.Form):
    """Which column is which field of the target. Guesses by name are shown; a date's order is asked."""

    def __init__(
        self,
        *args: Any,
        target: Target,
        columns: list[Column],
        sources: list[Source],
        students: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.target, self.columns = target, {column.name: column for column in columns}
        guessed = guess_all(target, [column.name for column in columns])
        for name, by_its_cells in (("student", students), ("on", column_of_days(columns))):
            if name in guessed:
                guessed[name] = guessed[name] or by_its_cells
        for one in target.fields:
            self._add(one, guessed[one.name])
        self.fields["ids_of"] = forms.ChoiceField(
            label=_("Whose ids the file uses"),
            required=False,
            choices=[
                ("", _("its own")),
                *((source.slug, _("those of %(source)s") % {"source": source.title}) for source in sources),
                (BY_NUMBER, _("the number people know a student by")),
            ],
            initial=next((source.slug for source in sources if source.kind == ONEROSTER), ""),
        )
        self.fields["key"] = forms.ChoiceField(
            label=_("What makes a row itself"),
            required=False,
            choices=[("", _("who, what and when: the same row sent again is one row")),
                     *((name, _("the id in column %(name)s") % {"name": name}) for name in self.columns)],
        )  # fmt: skip

    def _add(self, one: Field, guess: str) -> None:
        chosen: list[tuple[str, Any]] = [
            (NOT_GIVEN, _("choose its column") if one.required else _("not in this file"))
        ]
        if one.name == "school":
            chosen.append((FROM_ENROLMENT, _("the student's school that day")))
        if one.kind == "year":
            chosen.append((FROM_DAY, _("the school year of the day")))
        chosen += [
            (SAME_FOR_ALL, _("the same for every row:")),
            (_("Columns"), [(name, name) for name in self.columns]),
        ]
        start = guess or (FROM_DAY if one.kind == "year" and self.target.field("on") else NOT_GIVEN)
        if one.name == "school" and not guess and self.target.field("student"):
            start = FROM_ENROLMENT
        self.fields[f"column_{one.name}"] = forms.ChoiceField(
            label=one.meaning,
            choices=chosen,
            required=one.required,
            initial=start,
            error_messages={"required": _("Needed: choose its column, or say what it is for every row.")},
        )
        self.fields[f"constant_{one.name}"] = forms.CharField(
            label=_("%(field)s, the same for every row") % {"field": one.meaning},
            required=False,
            max_length=255,
        )
        if one.kind in ("date", "number", "share"):
            self._add_written(one, guess)

    def _add_written(self, one: Field, guess: str) -> None:
        if one.kind == "date":
            values = self.columns[guess].all_values if guess else ()
            possible = possible_date_formats(list(values)) if values else []
            choices = [
                ("", _("please say")),
                *((key, DATE_FORMATS[key]) for key in (possible or DATE_FORMATS)),
            ]
            start = possible[0] if len(possible) == 1 else ""
            label = _("%(field)s is written like") % {"field": one.meaning}
        else:
            choices = [
                ("", _("as it is: 93 or 0.93")),
                ("percent", _("93 or 93 % for 0.93")),
                ("comma", _("0,93")),
            ]
            start = ""
            label = _("%(field)s is written like") % {"field": one.meaning}
        self.fields[f"written_{one.name}"] = forms.ChoiceField(
            label=label, choices=choices, required=False, initial=start
        )

    def rows(self) -> list[dict[str, Any]]:
        """For the template: the parts of each field side by side."""
        return [
            {
                "field": one,
                "column": self[f"column_{one.name}"],
                "constant": self[f"constant_{one.name}"],
                "written": self[f"written_{one.name}"] if f"written_{one.name}" in self.fields else None,
            }
            for one in self.target.fields
        ]

    def choices(self) -> dict[str, Choice]:
        data = self.cleaned_data
        return {
            one.name: Choice(
                data.get(
                    f"column_{one.name}", NOT_GIVEN
                ),  # absent where the form has just said that it is needed
                data.get(f"constant_{one.name}", "").strip(),
                data.get(f"written_{one.name}", ""),
            )
            for one in self.target.fields
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for one in self.target.fields:  # who writes what it is for every row need not choose that as well
            if data.get(f"constant_{one.name}") and not data.get(f"column_{one.name}"):
                data[f"column_{one.name}"] = SAME_FOR_ALL
                self.errors.pop(f"column_{one.name}", None)
        choices = self.choices()
        for one in self.target.fields:
            choice = choices[one.name]
            if choice.column == SAME_FOR_ALL and not choice.constant:
                self.add_error(f"constant_{one.name}", _("Say what it is for every row."))
            if one.kind == "date" and choice.column in self.columns and not choice.written:
                self.add_error(
                    f"written_{one.name}", _("Say how the date is written. Day and month are not guessed.")
                )
        return data


class ValuesForm(forms.Form):
    """What each value of a column means. A value without a meaning sets its rows aside."""

    def __init__(self, *args: Any, asked: list[tuple[Field, Column]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for one, column in asked:
            for position, value in enumerate(column.values):
                self.fields[f"{one.name}-{position}"] = self._meaning(one, value)

    def _meaning(self, one: Field, value: str) -> forms.Field:
        if one.kind == "share":
            return forms.FloatField(label=value, required=False, min_value=one.lowest, max_value=one.highest)
        meanings = (
            [("true", _("yes")), ("false", _("no"))]
            if one.kind == "boolean"
            else [(c, c) for c in one.choices]
        )
        same = next((meaning for meaning, _words in meanings if meaning.lower() == value.lower()), "")
        return forms.ChoiceField(
            label=value,
            required=False,
            initial=same,
            choices=[("", _("not said: set the rows aside")), *meanings],
        )

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


__all__ = ["TARGETS", "ColumnsForm", "KnownForm", "SendForm", "ValuesForm"]
