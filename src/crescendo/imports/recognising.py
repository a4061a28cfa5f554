"""What somebody sent, told from the files: as before, a package of a standard, or a layout that comes with the product."""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from .landing import Landed
from .models import Source
from .scrubbing import DAMAGED
from .sources.table import previewing
from .sources.table.mapping import MappingError, TableMapping, load_mapping, parse_mapping, shipped_mappings
from .sources.table.passes import fit_to_file, needed_columns

FIRST_BYTES = 4096
ROSTER_FILES = {"users.csv", "orgs.csv"}
MOST_NAMES = 10_000  # members of an archive whose names are looked at


@dataclass(frozen=True)
class Offer:
    """Something a file may be: `value` as it is sent back, and the words that a person knows it by."""

    value: str
    title: str
    system: str  # what the system that sends it is called, unless somebody says otherwise
    mapping: TableMapping | None = None

    @property
    def asks(self) -> tuple[tuple[str, str], ...]:
        return self.mapping.asks if self.mapping and not self.value.startswith("saved:") else ()


def recognise(files: list[Landed]) -> list[Offer]:
    """What these files can be read as, the surest first. Nothing: somebody says what their columns mean."""
    if kind := _find_kind(files):
        return [Offer(f"kind:{kind}", _kind_words(kind), _system_of(kind))]
    if len(files) > 1:
        return [*_saved([one.name for one in files]), *_together([one.name for one in files])]
    known = previewing.recognise(files[0].path, files[0].name)
    return [*_saved_for(files[0]), *(Offer(one.name, one.title, one.title, one) for one in known)]


def is_packed(file: Landed) -> bool:
    """A ZIP that is no workbook: its tables are sent unpacked."""
    return bool(_names_in(file)) and "xl/workbook.xml" not in _names_in(file)


def _names_in(file: Landed) -> set[str]:
    try:
        with zipfile.ZipFile(file.path) as archive:
            return {name.lower() for name in archive.namelist()[:MOST_NAMES]}
    except DAMAGED:
        return set()


def _find_kind(files: list[Landed]) -> str:
    names = {PurePosixPath(name).name for file in files for name in _names_in(file) or {file.name.lower()}}
    if names >= ROSTER_FILES:
        return "oneroster"
    if "xl/workbook.xml" not in {name for file in files for name in _names_in(file)} and any(
        name.endswith(".xml") for name in names
    ):
        return "edfi"
    with files[0].path.open("rb") as file:
        start = file.read(FIRST_BYTES)
    return "case" if b'"CFDocument"' in start else ""


def _kind_words(kind: str) -> str:
    return {
        "oneroster": _("a OneRoster package"),
        "edfi": _("Ed-Fi files (XML)"),
        "case": _("a framework of standards (CASE)"),
    }[kind]


def _system_of(kind: str) -> str:
    """A roster comes from the system that sent one before."""
    before = Source.objects.filter(kind=kind).order_by("pk").first()
    names = {"oneroster": _("Student information system"), "edfi": "Ed-Fi", "case": _("Standards")}
    return before.title if before else names[kind]


def _saved_mappings() -> Iterable[tuple[Source, TableMapping]]:
    for source in Source.objects.filter(kind="table").order_by("title", "pk"):
        given = source.settings.get("mapping")
        try:
            if given:
                yield source, parse_mapping(given) if isinstance(given, dict) else load_mapping(given)
        except MappingError:
            continue  # saved by a newer or an older version: it is not offered, and its own import says why


def _saved_for(file: Landed) -> list[Offer]:
    """The systems whose files have looked like this one: every column that their mapping needs is there."""
    offers = []
    for source, mapping in _saved_mappings():
        spec = next(iter(mapping.files.values()))
        columns = previewing.columns_of(file.path, file.name, spec) if len(mapping.files) == 1 else ()
        if columns and _has_all(mapping, columns):
            offers.append(
                Offer(
                    f"saved:{source.slug}",
                    _("the next file of %(source)s") % {"source": source.title},
                    source.title,
                    mapping,
                )
            )
    return offers


def _has_all(mapping: TableMapping, columns: tuple[str, ...]) -> bool:
    has, needed = set(columns), set()
    for one in mapping.passes:
        needed |= set(needed_columns(fit_to_file(one, columns)).get(one.file, []))
    return bool(needed) and needed <= has


def _fits(mapping: TableMapping, names: list[str]) -> bool:
    """Whether each file of a layout that cannot do without it is there, and no file has nothing to do with it."""
    found = {
        spec.name: [name for name in names if _is_named(name, spec.pattern)]
        for spec in mapping.files.values()
    }
    needed = all(found[spec.name] for spec in mapping.files.values() if not spec.optional)
    return needed and {name for some in found.values() for name in some} == set(names)


def _is_named(name: str, pattern: str) -> bool:
    return any(fnmatch(name.lower(), one.strip().lower()) for one in pattern.split(",") if one.strip() != "*")


def _saved(names: list[str]) -> list[Offer]:
    return [
        Offer(
            f"saved:{source.slug}",
            _("the next files of %(source)s") % {"source": source.title},
            source.title,
            mapping,
        )
        for source, mapping in _saved_mappings()
        if len(mapping.files) > 1 and _fits(mapping, names)
    ]


def _together(names: list[str]) -> list[Offer]:
    """The shipped layouts of several files that these files are."""
    several = (load_mapping(path) for path in shipped_mappings().values())
    return [
        Offer(one.name, one.title, one.title, one)
        for one in several
        if len(one.files) > 1 and _fits(one, names)
    ]
