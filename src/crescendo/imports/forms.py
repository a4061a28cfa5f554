"""The shapes of what people send on the import pages."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Source
from .recognising import Offer
from .sources.table.building import BUILDABLE
from .sources.table.mapping import load_mapping, shipped_mappings
from .wording import target_words

ONEROSTER = "oneroster"
LARGEST_UPLOAD = 2 * 2**30
MOST_FILES = 40


class SeveralFiles(forms.ClearableFileInput):
    """A field in which several files can be chosen at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several, as a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in files or [None]]


class SendForm(forms.Form):
    """A file, who sends it, and what it is. Only the file has to be said: the rest is told from it, or asked."""

    file = FilesField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A table (Excel, CSV, TSV, JSON lines, Parquet) or a package (OneRoster, Ed-Fi). Files that belong together are "
            "chosen together."
        ),
    )
    source = forms.ModelChoiceField(
        queryset=Source.objects.none(),
        required=False,
        label=gettext_lazy("From"),
        empty_label=gettext_lazy("find out from the file"),
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
        if any(file.size > LARGEST_UPLOAD for file in data.get("file") or []):
            self.add_error(
                "file", _("The file is larger than 2 GB. Bring it in with the command on the server.")
            )
        if len(data.get("file") or []) > MOST_FILES:
            self.add_error("file", _("These are too many files. Send them as one ZIP, or a few at a time."))
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

    @property
    def has_more(self) -> bool:
        """Whether what is folded away has been filled in, or has something wrong with it."""
        return any(self[name].value() or self[name].errors for name in ("title", "what"))


class KnownForm(forms.Form):
    """What the files are: one of the offers, or a table of some kind; what they do not say themselves; from whom."""

    def __init__(
        self,
        *args: Any,
        offers: list[Offer],
        title: str,
        target: str = "",
        may_map: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        others = [(f"target:{name}", target_words(name)) for name in BUILDABLE] if may_map else []
        named = [(offer.value, offer.title) for offer in offers]
        grouped = [(_("None of these. It holds"), others)] if others else []
        self.fields["what"] = forms.ChoiceField(
            label=_("This file is") if offers else _("Each row is about one of these"),
            choices=[*named, *grouped] if offers else others,
            initial=named[0][0] if named else f"target:{target}",
        )
        self.fields["title"] = forms.CharField(
            label=_("The system it comes from"),
            help_text=_("The next file of the same system is read by the same answers."),
            max_length=200,
            initial=title or (offers[0].system if offers else ""),
        )
        for name, question in offers[0].asks if offers else ():
            self.fields[f"answer-{name}"] = forms.CharField(label=question, required=False, max_length=60)
        self.offers = offers

    def offer(self) -> Offer | None:
        return next((offer for offer in self.offers if offer.value == self.cleaned_data["what"]), None)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first = self.offers[0] if self.offers else None
        if first and data.get("what") == first.value:
            for name, _question in first.asks:
                if not data.get(f"answer-{name}"):
                    self.add_error(f"answer-{name}", _("The file does not say it, so please do."))
        self._check_system(data)
        return data

    def _check_system(self, data: dict[str, Any]) -> None:
        """A name that another kind of system has would have its files read the wrong way."""
        what, title = data.get("what", ""), data.get("title", "")
        if what.startswith("saved:") or not title:
            return
        kind = what.removeprefix("kind:") if what.startswith("kind:") else "table"
        if Source.objects.filter(slug=slug_of(title)).exclude(kind=kind).exists():
            self.add_error(
                "title", _("Another system has this name already. Give this one a name of its own.")
            )

    def answers(self) -> dict[str, str]:
        return {
            name.removeprefix("answer-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("answer-") and value
        }


def slug_of(title: str) -> str:
    return slugify(title)[:60] or "table"
