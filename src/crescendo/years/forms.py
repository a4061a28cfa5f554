from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.ui import terms
from crescendo.ui.days import DayInput

from . import rules
from .models import Line, Turn


class BeginForm(forms.Form):
    """The two days between which the year turns."""

    last_on = forms.DateField(label=gettext_lazy("Last day of this school year"), widget=DayInput())
    first_on = forms.DateField(label=gettext_lazy("First day of the next"), widget=DayInput())


def choices_for(line: Line, turn: Turn, names: dict[int, str]) -> list[tuple[str, str]]:
    """What may become of a student: up at every school that teaches the next grade, the same grade, or leaving."""
    found: list[tuple[str, str]] = []
    above = rules.rank(line.next_grade) if line.next_grade else None
    for school, (lowest, highest) in turn.findings.get("teaches", {}).items():
        if above is not None and lowest <= above <= highest and int(school) in names:
            words = _("moves up to %(grade)s at %(school)s") % {
                "grade": line.next_grade,
                "school": names[int(school)],
            }
            found.append((f"up:{school}", words))
    here = f"up:{line.school_id}"
    if line.next_grade and here not in dict(found):
        found.append(
            (
                here,
                _("moves up to %(grade)s at %(school)s")
                % {"grade": line.next_grade, "school": line.school.name},
            )
        )
    found.append(
        (
            f"stays:{line.school_id}",
            _("stays in %(grade)s") % {"grade": line.grade_level or terms.word("grade level")},
        )
    )
    found.append(("leaves:", _("leaves")))
    return found


def read_choice(value: str) -> tuple[str, int | None]:
    """'up:12' -> up, at school 12."""
    fate, _colon, school = value.partition(":")
    return fate, int(school) if school.isdecimal() else None


def choice_of(line: Line) -> str:
    """The choice that stands now; '' where nobody has decided."""
    if line.fate == Line.Fate.OPEN:
        return ""
    return (
        "leaves:" if line.fate == Line.Fate.LEAVES else f"{line.fate}:{line.to_school_id or line.school_id}"
    )


def sent_choices(data: Any) -> dict[int, str]:
    """What was sent for each line: `line-17=up:3`."""
    found = {}
    for name in data:
        if name.startswith("line-") and name.removeprefix("line-").isdecimal() and data[name]:
            found[int(name.removeprefix("line-"))] = str(data[name])
    return found
