"""What a person says about a source's way of arriving."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.imports.models import PickUp
from crescendo.imports.sources import find_fetch

from . import doors, words

DAILY = "daily"
EVERY = (5, 15, 60, 360)
NIGHT = 2  # the hour at which a system's own interface is asked, unless somebody says another


class PickUpForm(forms.ModelForm):
    """Where the files come from, how often somebody looks, and when the next delivery is late."""

    often = forms.ChoiceField(label=gettext_lazy("How often we look"))

    class Meta:
        model = PickUp
        fields = (
            "way", "place", "pattern", "is_one_delivery", "after", "host", "port", "user_name", "host_key", "from_hour",
            "expected_every", "expected_unit",
        )  # fmt: skip
        labels = {
            "way": gettext_lazy("How its files come"),
            "place": gettext_lazy("Folder"),
            "pattern": gettext_lazy("Which files"),
            "is_one_delivery": gettext_lazy(
                "All files in the folder belong together and are brought in as one"
            ),
            "after": gettext_lazy("When a file is brought in"),
            "host": gettext_lazy("Server"),
            "port": gettext_lazy("Port"),
            "user_name": gettext_lazy("User name"),
            "host_key": gettext_lazy("The server's public key"),
            "from_hour": gettext_lazy("Once a day: from this hour on"),
            "expected_every": gettext_lazy("A delivery is expected every"),
            "expected_unit": gettext_lazy("Counted in"),
        }
        widgets = {
            "host_key": forms.TextInput(attrs={"spellcheck": "false"})
        }  # one line: no text that people read
        help_texts = {
            "place": gettext_lazy(
                "A watched folder: below the inbox of this server. SFTP: on the other server."
            ),
            "pattern": gettext_lazy("Such as *.csv or roster-*.zip; * stands for anything."),
            "host_key": gettext_lazy(
                "One line, as ssh-keyscan prints it. Ask the server's keeper for it by another way, and compare. "
                "A server that shows another key is told nothing."
            ),
            "is_one_delivery": "",
            "from_hour": gettext_lazy("0 to 23. If nothing has come by then, we look again each hour."),
            "expected_every": gettext_lazy("Leave it empty, and nobody hears when nothing comes."),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        ways = PickUp.Way
        offered = [ways.HAND, ways.FOLDER, ways.SFTP]
        offered += [ways.API] if find_fetch(self.instance.source.kind) else []
        self.fields["way"].choices = [(way.value, way.label) for way in offered]
        self.fields["often"].choices = [
            *((str(minutes), words.every_words(minutes)) for minutes in EVERY), (DAILY, _("once a day")),
        ]  # fmt: skip
        daily = self.instance.from_hour is not None
        self.fields["often"].initial = DAILY if daily else str(self.instance.every_minutes)

    def clean_place(self) -> str:
        return str(self.cleaned_data["place"]).strip()

    def clean_pattern(self) -> str:
        pattern = str(self.cleaned_data["pattern"]).strip() or "*"
        if "/" in pattern or "\\" in pattern:
            raise ValidationError(_("A file's name has no slash. Write the folder above."))
        return pattern

    def clean_from_hour(self) -> int | None:
        hour: int | None = self.cleaned_data["from_hour"]
        if hour is not None and hour > 23:
            raise ValidationError(_("An hour is a number from 0 to 23."))
        return hour

    def clean_expected_every(self) -> int | None:
        every: int | None = self.cleaned_data["expected_every"]
        if every is not None and not 1 <= every <= 200:
            raise ValidationError(_("Write a number from 1 to 200, or nothing."))
        return every

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("way") == PickUp.Way.FOLDER:
            self._check_folder(said)
        if said.get("way") == PickUp.Way.SFTP:
            self._check_server(said)
        return said

    def _check_folder(self, said: dict[str, Any]) -> None:
        """The folder is there, and below the inbox. Pages run on the server that has it."""
        if not said.get("place"):
            self.add_error("place", _("Name the folder below the inbox."))
            return
        try:
            doors.find_folder(said["place"])
        except doors.DoorClosed as closed:
            self.add_error("place", words.problem_words(closed.code, closed.said))

    def _check_server(self, said: dict[str, Any]) -> None:
        from .sftp import parse_host_key  # noqa: PLC0415  (paramiko takes its time to load)

        for name in ("host", "user_name"):
            if not said.get(name):
                self.add_error(name, _("SFTP needs this."))
        try:
            parse_host_key(said.get("host_key", ""))
        except ValueError:
            self.add_error("host_key", words.problem_words("sftp.no_host_key", ""))

    def save(self, commit: bool = True) -> PickUp:
        pick_up: PickUp = self.instance
        often = self.cleaned_data["often"]
        if often == DAILY:
            pick_up.from_hour = NIGHT if pick_up.from_hour is None else pick_up.from_hour
        else:
            pick_up.every_minutes, pick_up.from_hour = int(often), None
        pick_up.seen = {}
        return super().save(commit)  # type: ignore[no-any-return]
