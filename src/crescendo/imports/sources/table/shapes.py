"""The shape of a mapping: which file feeds which target, and how each field is read. No reading, no checking."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from .fields import Target

DATE_FORMATS = {
    "iso": "2026-03-31",
    "%m/%d/%Y": "03/31/2026 (month first)",
    "%d/%m/%Y": "31/03/2026 (day first)",
    "%Y/%m/%d": "2026/03/31",
    "%m/%d/%y": "03/31/26 (month first)",
    "%d/%m/%y": "31/03/26 (day first)",
    "%m-%d-%Y": "03-31-2026 (month first)",
    "%d-%m-%Y": "31-03-2026 (day first)",
    "%d.%m.%Y": "31.03.2026",
    "%Y%m%d": "20260331",
    "%m%d%Y": "03312026",
    "%d%m%Y": "31032026",
    "%m%d%y": "033126",
    "%m%Y": "032026 (the first of the month)",
    "%m/%d/%Y %H:%M": "03/31/2026 14:05 (month first)",
    "%d/%m/%Y %H:%M": "31/03/2026 14:05 (day first)",
}
NULL_TOKENS = ("NULL", "null", "N/A", "n/a", "NA", "-", "--", "---")


class MappingError(ValueError):
    """A mapping that cannot be used, with the place and what to write instead."""


@dataclass(frozen=True)
class Rule:
    """How one field is made. Exactly one of `column`, `template`, `constant`, `find` says where it comes from."""

    column: str = ""
    template: str = ""  # "{code_module}-{id_assessment}"
    constant: str | None = None
    find: str = ""  # "enrolment": the student's school that day; a date field: the school year of its day
    begins: str = ""  # month-day on which a school year begins, for `find`; first of July unless said
    date: tuple[str, ...] = ()  # "iso" or strptime formats, tried in this order: never guessed
    days_from: "Rule | None" = None  # the column counts days from this date
    values: tuple[tuple[str, str], ...] = ()
    otherwise: str = "refuse"  # a value that `values` does not list: refuse, keep, or empty
    number: str = ""  # "percent": 93.5 or 93.5 % is 0.935; "comma": 93,5 is 93.5
    pattern: str = ""  # the first group of this regular expression
    case: str = ""  # upper or lower
    drop_zero_decimal: bool = False  # 12345.0 is the id 12345
    empty: str | None = None  # what an empty cell means, where the source says so
    filled: str | None = None  # what any other cell means: an X in a box
    or_column: tuple[str, ...] = ()  # read in this order where `column` is empty
    refers_to: tuple[str, ...] = ()  # the sources whose id it is, tried in this order
    any_of: tuple[str, ...] = ()  # columns of ids: the one that most students are known by is taken
    given: str = ""  # the question in [ask] whose answer stands for every row
    around: str = ""  # "20{}-05-15": what the value is put into, at the braces
    rest: bool = False  # every column that no other field reads, as one JSON object
    optional: bool = False  # a file without the column is read without this field
    if_wrong: str = "set_aside"  # a value that cannot be read: set the row aside, or leave the field empty

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        own = (self.column,) if self.column else tuple(template_columns(self.template))
        own += self.or_column
        return own + (self.days_from.columns if self.days_from else ())


@dataclass(frozen=True)
class FileSpec:
    """One file of the delivery: how to recognise it and how it is written, where that is not to be found out."""

    name: str
    pattern: str = "*"
    delimiter: str = ""
    encoding: str = ""
    header_row: int = 1
    null_tokens: tuple[str, ...] = NULL_TOKENS
    optional: bool = False
    sheet: str = ""  # of a workbook; the first that holds rows unless said
    also_called: tuple[tuple[str, tuple[str, ...]], ...] = ()  # our name of a column, other years' names
    renamed: tuple[
        tuple[str, str], ...
    ] = ()  # regular expressions over column names: this year's name, every year's
    layouts: tuple["Layout", ...] = ()  # fixed width: the one for the file's line length is taken


@dataclass(frozen=True)
class Layout:
    """Where the columns of a fixed-width line stand. A state changes it every year: each year is a layout."""

    name: str
    line_length: int
    columns: tuple[tuple[str, int, int], ...]  # name, first and last character, counted from 1


@dataclass(frozen=True)
class Lookup:
    """Columns of another file of the delivery, found by a shared column: read as `file.column`."""

    file: str
    on: tuple[str, ...]


@dataclass(frozen=True)
class Unpivot:
    """Repeated groups of columns turned into rows: the label becomes the column `name`, its cells `columns`."""

    name: str
    columns: tuple[str, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]  # an empty cell name: this group has no such column
    optional: bool = False  # groups whose columns a file does not have are left out
    needs: tuple[
        str, ...
    ] = ()  # of `columns`: a group counts as given where these are filled; else where any is


@dataclass(frozen=True)
class Condition:
    """Which rows a pass takes: those whose column is filled, or holds one of some values, or does not."""

    column: str
    filled: bool | None = None
    is_in: tuple[str, ...] = ()
    is_not_in: tuple[str, ...] = ()
    any_filled: tuple[str, ...] = ()  # instead of `column`: rows in which one of these is filled

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column else self.any_filled


@dataclass(frozen=True)
class Watch:
    """Values that may be true and are worth a look: counted and shown, never changed or left out."""

    field: str
    says: str
    is_in: tuple[float, ...] = ()
    below: float | None = None
    above: float | None = None


@dataclass(frozen=True)
class Pass:
    """One reading of one file into one target."""

    target: Target
    file: str
    fields: dict[str, Rule]
    lookups: tuple[Lookup, ...] = ()
    unpivot: Unpivot | None = None
    where: tuple[Condition, ...] = ()
    key: Rule | None = None
    distinct: bool = False
    unmatched_limit: float = 0.5
    watch: tuple[Watch, ...] = ()
    mode: str = "changes"  # "full": the file is the whole truth of this source; what it lacks is ended

    @property
    def takes_every_row(self) -> bool:
        """Each row of the file is one of the pass: none is left out, laid out or put together with others."""
        return not (self.where or self.unpivot or self.distinct)


@dataclass(frozen=True)
class TableMapping:
    """A saved mapping of one source."""

    name: str
    title: str
    source: str
    version: int
    files: dict[str, FileSpec]
    passes: tuple[Pass, ...]
    description: str = ""
    ids_of: str = ""  # the source whose ids it uses for what it does not bring itself; "any": try them all
    asks: tuple[tuple[str, str], ...] = ()  # what the file does not say and a person has to, by name
    recognised_by: tuple[str, ...] = ()  # columns that only this layout has
    document: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def digest(self) -> str:
        """Which mapping it was, to the letter: stands with every import it fed."""
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()

    def export(self) -> str:
        """The mapping as a file that another site can read."""
        return json.dumps(self.document, indent=2, ensure_ascii=False) + "\n"


def template_columns(template: str) -> list[str]:
    """The columns named between braces in a template."""
    parts = template.split("{")[1:]
    if any("}" not in part for part in parts):
        raise MappingError(f"Template '{template}': an opening brace is not closed.")
    return [part.split("}")[0] for part in parts]
