"""A day in a form: the browser's own calendar, which writes and reads it as 2026-03-10 whatever the language."""

from django import forms


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
