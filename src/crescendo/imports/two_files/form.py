"""The page on which somebody confirms what two lists mean. Every guess stands filled in; nothing else is asked."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.core import school_time
from crescendo.imports.sources.table.mapping import DATE_FORMATS
from crescendo.ui.days import DayInput

from . import reading
from .document import Confirmed, DayColumn
from .reading import Seen

EMPTY = "code-empty"
MOST_CODES = 40  # more different values than any school has codes
MOST_DAYS = (
    60  # more weekdays between two days of the file: it is a list of something else than daily attendance
)
MEANINGS = (
    ("", gettext_lazy("not said: set the rows aside")),
    ("present:0", gettext_lazy("present")),
    ("tardy:0", gettext_lazy("late, but there")),
    ("excused:1", gettext_lazy("away, excused")),
    ("unexcused:1", gettext_lazy("away, not excused")),
    ("other:1", gettext_lazy("away, no reason given")),
    ("excused:0.5", gettext_lazy("half a day away, excused")),
    ("unexcused:0.5", gettext_lazy("half a day away, not excused")),
    ("other:0.5", gettext_lazy("half a day away, no reason given")),
)


class FilesForm(forms.Form):
    """Two files, and which school they are of."""

    students = forms.FileField(
        label=gettext_lazy("The list of students"),
        help_text=gettext_lazy(
            "A CSV with one row for each student: id, name, grade; birth date if you have it."
        ),
    )
    attendance = forms.FileField(
        label=gettext_lazy("The list of attendance"),
        help_text=gettext_lazy(
            "A CSV with one row for each student and day, or for each absence: student id, date, code or share of the day."
        ),
    )
    school = forms.ChoiceField(label=gettext_lazy("School"))
    school_name = forms.CharField(
        max_length=255,
        label=gettext_lazy("Name of the school"),
        help_text=gettext_lazy("It is made with the first file."),
    )

    def __init__(self, *args: Any, schools: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if schools:
            self.fields["school"].choices = [(name, name) for name in schools]
            del self.fields["school_name"]
        else:
            del self.fields["school"]

    @property
    def name_of_school(self) -> str:
        data = self.cleaned_data
        return str(data.get("school") or data.get("school_name", "")).strip()


class ConfirmForm(forms.Form):
    """Which column is what, how days are written, what each code means, and which days the file leaves out."""

    def __init__(
        self, *args: Any, students: Seen, attendance: Seen, begins_on: date | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.students, self.attendance = students, attendance
        self._add_students(students)
        self._add_attendance(attendance)
        on = attendance.column(self._now("on") or "")
        self.code = attendance.column(self._now("code") or "")
        written = self._now("on_written") or reading.likely_format(on)
        self.days = reading.days_in(on, written) if on and written else []
        self.left_out = reading.weekdays_not_named(self.days)
        self._add_codes()
        self._add_days(begins_on)

    def _now(self, name: str) -> str:
        """What is chosen at this moment: sent, or guessed."""
        return str(self.data.get(name, "")) if self.is_bound else str(self.fields[name].initial or "")

    def _column(self, seen: Seen, field: str, label: str, *, required: bool = False) -> None:
        none = _("choose a column") if required else _("not in this file")
        self.fields[field] = forms.ChoiceField(
            label=label, required=required, initial=seen.guesses.get(field.removeprefix("attendance_"), ""),
            choices=[("", none), *((name, name) for name in seen.names)],
        )  # fmt: skip

    def _written(self, seen: Seen, field: str) -> None:
        column = seen.column(seen.guesses.get(field, ""))
        formats = [(code, words) for code, words in DATE_FORMATS.items()]
        self.fields[f"{field}_written"] = forms.ChoiceField(
            label=_("It is written like"), required=False, initial=reading.likely_format(column),
            choices=[("", _("choose")), *formats, (reading.EXCEL, _("46091 (days as a spreadsheet counts them)"))],
        )  # fmt: skip

    def _add_students(self, seen: Seen) -> None:
        self._column(seen, "id", _("The student's id"), required=True)
        self._column(seen, "given", _("Given name"))
        self._column(seen, "family", _("Family name"))
        self._column(seen, "name", _("The whole name, where it stands in one column"))
        self._column(seen, "grade", _("Grade or year"))
        for field, label in (
            ("born_on", _("Date of birth")), ("entry_on", _("First day at the school")), ("exit_on", _("Last day at the school")),
        ):  # fmt: skip
            self._column(seen, field, label)
            self._written(seen, field)

    def _add_attendance(self, seen: Seen) -> None:
        self._column(seen, "attendance_id", _("The student's id"), required=True)
        self._column(seen, "on", _("The day"), required=True)
        self._written(seen, "on")
        self._column(seen, "code", _("The code: present, late, away"))
        self._column(seen, "share", _("Share of the day missed"))

    def _add_codes(self) -> None:
        self.codes = [] if self.code is None else [value for value in self.code.values if value]
        for position, code in enumerate(self.codes[:MOST_CODES]):
            self.fields[f"code-{position}"] = forms.ChoiceField(
                label=code, required=False, initial=reading.likely_meaning(code), choices=MEANINGS
            )
        if self.code is not None and self.code.name in self.attendance.with_blanks:
            self.fields[EMPTY] = forms.ChoiceField(label=_("an empty cell"), required=False, choices=MEANINGS)

    def _add_days(self, begins_on: date | None) -> None:
        first = begins_on or (self.days[0] if self.days else None)
        self.fields["begins_on"] = forms.DateField(
            label=_("First day of this school year"), initial=first, widget=DayInput(),
            help_text=_("Every student counts from this day, unless the list gives their own first day."),
        )  # fmt: skip
        if self.left_out and len(self.left_out) <= MOST_DAYS:
            self.fields["more_days"] = forms.MultipleChoiceField(
                label=_("Tick the days on which school was held and nobody was away"), required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[(day.isoformat(), date_format(day, "D j M Y")) for day in self.left_out],
            )  # fmt: skip

    # -- for the template ------------------------------------------------------------------------------------------

    def student_rows(self) -> list[dict[str, Any]]:
        return self._rows("id", "given", "family", "name", "grade", "born_on", "entry_on", "exit_on")

    def attendance_rows(self) -> list[dict[str, Any]]:
        return self._rows("attendance_id", "on", "code", "share")

    def _rows(self, *names: str) -> list[dict[str, Any]]:
        written = {name: f"{name}_written" for name in names}
        return [
            {"column": self[name], "written": self[written[name]] if written[name] in self.fields else None}
            for name in names
        ]

    def code_fields(self) -> list[forms.BoundField]:
        names = [f"code-{n}" for n in range(min(len(self.codes), MOST_CODES))]
        return [self[name] for name in [*names, *([EMPTY] if EMPTY in self.fields else [])]]

    def lists_the_present(self) -> bool:
        """Whether the file has rows of students who were there: then a day without any row was not sent."""
        meanings = {reading.likely_meaning(code) for code in self.codes}
        share = self.attendance.column(self._now("share"))
        none_missed = share is not None and any(reading.read_share(value) == 0 for value in share.all_values)
        return "present:0" in meanings or none_missed

    # -- what was said ---------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("name") and not (data.get("given") and data.get("family")):
            self.add_error(
                "given", _("Say which columns hold the names: two columns, or one with the whole name.")
            )
        for field in ("born_on", "entry_on", "exit_on", "on"):
            if data.get(field) and not data.get(f"{field}_written"):
                self.add_error(
                    f"{field}_written", _("Say how the date is written. Day and month are not guessed.")
                )
        if self.code is not None and (not self.codes or len(self.codes) > MOST_CODES):
            self.add_error(
                "code", _("This column holds too many different values to be codes. Choose another.")
            )
        self._check_share(data)
        self._check_days(data)
        return data

    def _check_share(self, data: dict[str, Any]) -> None:
        share = self.attendance.column(data.get("share") or "")
        if share is not None and not reading.shares(share):
            self.add_error(
                "share", _("This column holds more than shares between 0 and 1 (or 0 % and 100 %).")
            )

    def _check_days(self, data: dict[str, Any]) -> None:
        if data.get("on") and not self.days:
            self.add_error("on", _("No value of this column is a day written like that."))
            return
        years = sorted({school_time.school_year_of(day) for day in self.days})
        if len(years) > 1:
            names = ", ".join(school_time.school_year_name(year) for year in years)
            self.add_error(
                "on",
                _("The file covers several school years: %(years)s. Send a file for each.")
                % {"years": names},
            )
        if years and data.get("begins_on") and not self._begins_in(data["begins_on"], years[-1]):
            self.add_error(
                "begins_on",
                _("This day lies after the first day of the attendance file, or in another school year."),
            )

    def _begins_in(self, begins_on: date, year: int) -> bool:
        return school_time.school_year_of(begins_on) == year and begins_on <= self.days[0]

    def is_asking_again(self) -> bool:
        """Another column was chosen than the one whose codes stand on the page: its codes have to be looked at first."""
        return self.is_bound and any(
            f"code-{n}" not in self.data for n in range(min(len(self.codes), MOST_CODES))
        )

    def days_said(self) -> list[str]:
        return sorted(self.cleaned_data.get("more_days", []))

    def confirmed(
        self, *, school: str, parent: str, files: tuple[str, str], makes_calendar: bool
    ) -> Confirmed:
        data = self.cleaned_data
        has_parts = data["given"] and data["family"]
        name = None if has_parts else self.students.column(data["name"])
        share = self.attendance.column(data["share"]) if data["share"] else None
        values = (
            ()
            if share is None
            else tuple(sorted({value.strip() for value in share.all_values if value.strip()}))
        )
        return Confirmed(
            school=school, parent=parent, school_year=school_time.school_year_of(self.days[-1]),
            begins_on=data["begins_on"], student_id=data["id"], attendance_id=data["attendance_id"],
            on=self._day(self.attendance, "on"), students_file=files[0], attendance_file=files[1],
            given=data["given"], family=data["family"], whole_name=name.name if name else "",
            name_has_comma=name is not None and _all_have_comma(name.all_values), grade=data["grade"],
            born_on=self._find_day("born_on"), entry_on=self._find_day("entry_on"), exit_on=self._find_day("exit_on"),
            code=data["code"], empty_code=data.get(EMPTY, ""), share=data["share"], share_values=values,
            meanings={code: data[f"code-{n}"] for n, code in enumerate(self.codes)},
            makes_calendar=makes_calendar, has_more_days=bool(self.days_said()),
        )  # fmt: skip

    def _day(self, seen: Seen, field: str) -> DayColumn:
        column = seen.column(self.cleaned_data[field])
        return DayColumn(
            self.cleaned_data[field],
            self.cleaned_data[f"{field}_written"],
            column is not None and reading.has_times(column),
        )

    def _find_day(self, field: str) -> DayColumn | None:
        return self._day(self.students, field) if self.cleaned_data[field] else None


def _all_have_comma(values: Iterable[str]) -> bool:
    return all("," in value for value in values if value.strip())
