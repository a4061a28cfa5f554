"""A mapping: which file feeds which target, and how each field is read. Checked whole before a row is looked at."""

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .fields import TARGETS, Target

SHIPPED = Path(__file__).parent / "mappings"
DATE_FORMATS = {
    "iso": "2026-03-31",
    "%m/%d/%Y": "03/31/2026 (month first)",
    "%d/%m/%Y": "31/03/2026 (day first)",
    "%Y/%m/%d": "2026/03/31",
    "%m/%d/%y": "03/31/26 (month first)",
    "%d/%m/%y": "31/03/26 (day first)",
    "%d.%m.%Y": "31.03.2026",
    "%Y%m%d": "20260331",
    "%m%d%Y": "03312026",
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
    date: str = ""  # "iso" or a strptime format: never guessed
    days_from: "Rule | None" = None  # the column counts days from this date
    values: tuple[tuple[str, str], ...] = ()
    otherwise: str = "refuse"  # a value that `values` does not list: refuse, keep, or empty
    number: str = ""  # "percent": 93.5 or 93.5 % is 0.935; "comma": 93,5 is 93.5
    pattern: str = ""  # the first group of this regular expression
    case: str = ""  # upper or lower
    drop_zero_decimal: bool = False  # 12345.0 is the id 12345
    empty: str | None = None  # what an empty cell means, where the source says so
    filled: str | None = None  # what any other cell means: an X in a box
    or_column: str = ""  # read where `column` is empty
    refers_to: tuple[str, ...] = ()  # the sources whose id it is, tried in this order

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        own = (self.column,) if self.column else tuple(template_columns(self.template))
        own += (self.or_column,) if self.or_column else ()
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
    groups: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Condition:
    """Which rows a pass takes: those whose column is filled, or holds one of some values, or does not."""

    column: str
    filled: bool | None = None
    is_in: tuple[str, ...] = ()
    is_not_in: tuple[str, ...] = ()


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
    ids_of: str = ""  # the source whose ids it uses for what it does not bring itself
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


def shipped_mappings() -> dict[str, Path]:
    """The mappings that come with the product, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def load_mapping(name_or_path: str | Path) -> TableMapping:
    """A shipped mapping by its name, or one from a TOML or JSON file."""
    path = shipped_mappings().get(str(name_or_path)) or Path(name_or_path)
    if not path.is_file():
        known = ", ".join(shipped_mappings())
        raise MappingError(f"There is no mapping '{name_or_path}'. Give a file, or one of: {known}.")
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name}: not readable as {path.suffix[1:] or 'TOML'}: {error}") from error
    return parse_mapping(document)


def parse_mapping(document: dict[str, Any]) -> TableMapping:
    """Check a mapping document and give it its shape. The error says where it is wrong."""
    _known(document, ("mapping", "file", "pass"), "the mapping")
    head = document.get("mapping") or {}
    _known(head, ("name", "title", "source", "version", "description", "ids_of"), "[mapping]")
    if missing := [key for key in ("name", "source") if not head.get(key)]:
        raise MappingError(f"[mapping]: '{missing[0]}' is missing.")
    files = {name: _file(name, spec) for name, spec in (document.get("file") or {"main": {}}).items()}
    passes = tuple(_pass(number, item, files) for number, item in enumerate(document.get("pass") or [], 1))
    if not passes:
        raise MappingError("The mapping has no [[pass]]: nothing would be read.")
    return TableMapping(
        name=str(head["name"]),
        title=str(head.get("title") or head["name"]),
        source=str(head["source"]),
        version=int(head.get("version", 1)),
        description=str(head.get("description", "")),
        ids_of=str(head.get("ids_of", "")),
        files=files,
        passes=passes,
        document=document,
    )


def _known(given: Dictionary[str, Any], allowed: tuple[str, ...], where: str) -> None:
    if not isinstance(given, dict):
        raise MappingError(f"{where}: expected a table, received '{given}'.")
    for key in given:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, 1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(allowed)}."
            raise MappingError(f"{where}: '{key}' is not known. {hint}")


def _file(name: str, spec: dict[str, Any]) -> FileSpec:
    _known(spec, tuple(f.name for f in fields(FileSpec) if f.name != "name"), f"[file.{name}]")
    spec = dict(spec)
    if "null_tokens" in spec:
        spec["null_tokens"] = tuple(spec["null_tokens"])
    return FileSpec(name, **spec)


def _pass(number: int, item: dict[str, Any], files: dict[str, FileSpec]) -> Pass:
    where = f"pass {number}"
    allowed = (
        "target",
        "file",
        "fields",
        "lookup",
        "unpivot",
        "where",
        "key",
        "distinct",
        "unmatched_limit",
        "watch",
        "mode",
    )
    _known(item, allowed, where)
    target = TARGETS.get(str(item.get("target", "")))
    if target is None:
        raise MappingError(
            f"{where}: target '{item.get('target', '')}' is not known. Known: {', '.join(TARGETS)}."
        )
    where = f"{where} ({target.name})"
    file = item.get("file") or next(iter(files))
    if file not in files:
        raise MappingError(f"{where}: file '{file}' is not described. Add [file.{file}].")
    _known(item.get("fields") or {}, tuple(f.name for f in target.fields), f"{where}, fields")
    rules = {
        name: _rule(rule, f"{where}, field '{name}'") for name, rule in (item.get("fields") or {}).items()
    }
    _check_fields(target, rules, where)
    if item.get("mode", "changes") not in ("changes", "full"):
        raise MappingError(f"{where}: mode is '{item['mode']}'. Use changes or full.")
    return Pass(
        target=target,
        file=file,
        fields=rules,
        lookups=tuple(_lookup(one, files, where) for one in item.get("lookup", [])),
        unpivot=_unpivot(item["unpivot"], where) if "unpivot" in item else None,
        where=tuple(_condition(one, where) for one in item.get("where", [])),
        key=_rule(item["key"], f"{where}, key") if "key" in item else None,
        distinct=bool(item.get("distinct", False)),
        unmatched_limit=float(item.get("unmatched_limit", 0.5)),
        mode=item.get("mode", "changes"),
        watch=tuple(_watch(one, rules, where) for one in item.get("watch", [])),
    )


def _check_fields(target: Target, rules: dict[str, Rule], where: str) -> None:
    for one in target.fields:
        rule = rules.get(one.name)
        if rule is None:
            if one.required:
                raise MappingError(f"{where}: field '{one.name}' ({one.meaning.lower()}) is required.")
            continue
        if one.kind == "date" and rule.constant is None and not (rule.date or rule.days_from):
            raise MappingError(
                f'{where}, field \'{one.name}\': say how the date is written (date = "iso", "%d/%m/%Y" or '
                '"%m/%d/%Y"). It is never guessed.'
            )
        if rule.find and rule.find != "enrolment" and (target.field(rule.find) is None or one.kind != "year"):
            raise MappingError(
                f"{where}, field '{one.name}': find = '{rule.find}' names no date field of this target."
            )


def _rule(given: Any, where: str) -> Rule:
    if isinstance(given, str):
        return Rule(column=given)
    _known(given, tuple(f.name for f in fields(Rule)), where)
    given = dict(given)
    if isinstance(given.get("days_from"), str):
        given["days_from"] = Rule(constant=given["days_from"])
    elif "days_from" in given:
        given["days_from"] = _rule(given["days_from"], f"{where}, days_from")
    if "values" in given:
        given["values"] = tuple((str(key), _text(value)) for key, value in given["values"].items())
    for key in ("constant", "empty", "filled"):
        if key in given:
            given[key] = _text(given[key])
    if "refers_to" in given:
        sources = given["refers_to"]
        given["refers_to"] = (sources,) if isinstance(sources, str) else tuple(sources)
    rule = Rule(**given)
    origins = [bool(rule.column), bool(rule.template), rule.constant is not None, bool(rule.find)]
    if rule.begins and not re.fullmatch(r"\d{2}-\d{2}", rule.begins):
        raise MappingError(f"{where}: begins is '{rule.begins}'. Write month and day, such as 08-01.")
    if sum(origins) != 1:
        raise MappingError(f"{where}: give exactly one of column, template, constant, find.")
    if rule.otherwise not in ("refuse", "keep", "empty"):
        raise MappingError(f"{where}: otherwise is '{rule.otherwise}'. Use refuse, keep or empty.")
    if rule.number not in ("", "percent", "comma"):
        raise MappingError(f"{where}: number is '{rule.number}'. Use percent or comma, or leave it out.")
    template_columns(rule.template)
    return rule


def _text(value: Any) -> str:
    """A TOML value as the text a file would hold: true, 1 and 0.5 as written."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lookup(given: dict[str, Any], files: dict[str, FileSpec], where: str) -> Lookup:
    _known(given, ("file", "on"), f"{where}, lookup")
    if given.get("file") not in files:
        raise MappingError(f"{where}, lookup: file '{given.get('file')}' is not described.")
    on = given.get("on") or []
    return Lookup(given["file"], (on,) if isinstance(on, str) else tuple(on))


def _unpivot(given: dict[str, Any], where: str) -> Unpivot:
    _known(given, ("name", "columns", "groups"), f"{where}, unpivot")
    columns = given.get("columns", "value")
    columns = (columns,) if isinstance(columns, str) else tuple(columns)
    groups = tuple(
        (label, (cells,) if isinstance(cells, str) else tuple(cells))
        for label, cells in given.get("groups", {}).items()
    )
    if not groups or any(len(cells) != len(columns) for _, cells in groups):
        raise MappingError(
            f"{where}, unpivot: each group needs {len(columns)} column(s), one for each of {', '.join(columns)}."
        )
    return Unpivot(given.get("name", "name"), columns, groups)


def _condition(given: dict[str, Any], where: str) -> Condition:
    _known(given, ("column", "filled", "is_in", "is_not_in"), f"{where}, where")
    return Condition(
        str(given.get("column", "")),
        given.get("filled"),
        tuple(map(_text, given.get("is_in", ()))),
        tuple(map(_text, given.get("is_not_in", ()))),
    )


def _watch(given: dict[str, Any], rules: dict[str, Rule], where: str) -> Watch:
    _known(given, ("field", "says", "is_in", "below", "above"), f"{where}, watch")
    if given.get("field") not in rules or not given.get("says"):
        raise MappingError(f"{where}, watch: name a mapped field, and say what its values may mean.")
    return Watch(**{**given, "is_in": tuple(given.get("is_in", ()))})
