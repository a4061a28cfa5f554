"""Reading a mapping from a document. Checked whole before a row is looked at; the error says where it is wrong."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping as Dictionary
from dataclasses import fields
from pathlib import Path
from typing import Any

from .fields import TARGETS, Target
from .shapes import (
    DATE_FORMATS,
    NULL_TOKENS,
    Condition,
    FileSpec,
    Layout,
    Lookup,
    MappingError,
    Pass,
    Rule,
    TableMapping,
    Unpivot,
    Watch,
    template_columns,
)

SHIPPED = Path(__file__).parent / "mappings"


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
    _known(document, ("mapping", "file", "pass", "unpivot", "ask"), "the mapping")
    head = document.get("mapping") or {}
    known = ("name", "title", "source", "version", "description", "ids_of", "recognised_by")
    _known(head, known, "[mapping]")
    if missing := [key for key in ("name", "source") if not head.get(key)]:
        raise MappingError(f"[mapping]: '{missing[0]}' is missing.")
    files = {name: _file(name, spec) for name, spec in (document.get("file") or {"main": {}}).items()}
    asks = {str(name): str(question) for name, question in (document.get("ask") or {}).items()}
    shared = document.get("unpivot") or {}
    passes = tuple(
        _pass(number, _with_shared(item, shared, number), files)
        for number, item in enumerate(document.get("pass") or [], 1)
    )
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
        asks=tuple(asks.items()),
        recognised_by=tuple(head.get("recognised_by", ())),
        document=document,
    )


def _with_shared(item: dict[str, Any], shared: dict[str, Any], number: int) -> dict[str, Any]:
    """A pass whose unpivot is the name of one in [unpivot.<name>]: several passes turn the same columns to rows."""
    named = item.get("unpivot") if isinstance(item, dict) else None
    if not isinstance(named, str):
        return item
    if named not in shared:
        raise MappingError(f"pass {number}: unpivot '{named}' is not described. Add [unpivot.{named}].")
    return item | {"unpivot": shared[named]}


def parse_answers(given: list[str]) -> Dictionary[str, str]:
    """What was given on a command line for a mapping's questions, name=value, by the question's name."""
    return dict(one.partition("=")[::2] for one in given)


def with_answers(mapping: TableMapping, answers: Dictionary[str, Any]) -> TableMapping:
    """The mapping with what a person said in place of its questions. Raises MappingError for one left open."""
    if not mapping.asks:
        return mapping
    for name, question in mapping.asks:
        if not str(answers.get(name, "")).strip():
            raise MappingError(f"The file does not say it, so please do: {question} ({name})")
    document = json.loads(json.dumps(mapping.document))
    for item in document["pass"]:
        for name, rule in item.get("fields", {}).items():
            if isinstance(rule, dict) and "given" in rule:
                item["fields"][name] = _answered(rule, answers)
        if isinstance(item.get("key"), dict) and "given" in item["key"]:
            item["key"] = _answered(item["key"], answers)
    del document["ask"]
    return parse_mapping(document)


def _answered(rule: dict[str, Any], answers: Dictionary[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in rule.items() if key != "given"}
    return kept | {"constant": str(answers[rule["given"]]).strip()}


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
    if "also_called" in spec:
        spec["also_called"] = tuple((ours, _several(others)) for ours, others in spec["also_called"].items())
    if "renamed" in spec:
        spec["renamed"] = tuple((str(pattern), str(name)) for pattern, name in spec["renamed"].items())
    if "layouts" in spec:
        spec["layouts"] = tuple(_layout(key, one, f"[file.{name}]") for key, one in spec["layouts"].items())
    return FileSpec(name, **spec)


def _several(given: Any) -> tuple[str, ...]:
    """One or a list, as a list."""
    return (given,) if isinstance(given, str) else tuple(given)


def _layout(name: str, given: dict[str, Any], where: str) -> Layout:
    where = f"{where}, layout '{name}'"
    _known(given, ("line_length", "columns"), where)
    columns = tuple((str(column), int(place[0]), int(place[1])) for column, place in given["columns"].items())
    length = int(given.get("line_length", max((last for _, _, last in columns), default=0)))
    if wrong := [column for column, first, last in columns if not 1 <= first <= last <= length]:
        raise MappingError(f"{where}: '{wrong[0]}' does not lie within 1 and {length}, first before last.")
    return Layout(str(name), length, columns)


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
        name: read_rule(rule, f"{where}, field '{name}'") for name, rule in (item.get("fields") or {}).items()
    }
    _check_fields(target, rules, where)
    if item.get("mode", "changes") not in ("changes", "full"):
        raise MappingError(f"{where}: mode is '{item['mode']}'. Use changes or full.")
    if (rest := target.field("data")) and "data" not in rules and rest.kind == "json":
        rules["data"] = Rule(rest=True)
    return Pass(
        target=target,
        file=file,
        fields=rules,
        lookups=tuple(_lookup(one, files, where) for one in item.get("lookup", [])),
        unpivot=read_unpivot(item["unpivot"], where) if "unpivot" in item else None,
        where=tuple(_condition(one, where) for one in item.get("where", [])),
        key=read_rule(item["key"], f"{where}, key") if "key" in item else None,
        distinct=bool(item.get("distinct", False)),
        unmatched_limit=float(item.get("unmatched_limit", 0.5)),
        mode=item.get("mode", "changes"),
        watch=tuple(_watch(one, rules, where) for one in item.get("watch", [])),
    )


def _check_fields(target: Target, rules: dict[str, Rule], where: str) -> None:
    for one in target.fields:
        rule = rules.get(one.name)
        if rule is None:
            if one.required and one.kind != "json":
                raise MappingError(f"{where}: field '{one.name}' ({one.meaning.lower()}) is required.")
            continue
        if one.kind == "date" and rule.constant is None and not (rule.date or rule.days_from or rule.given):
            raise MappingError(
                f'{where}, field \'{one.name}\': say how the date is written (date = "iso", "%d/%m/%Y" or '
                '"%m/%d/%Y"). It is never guessed.'
            )
        if rule.find and rule.find != "enrolment" and (target.field(rule.find) is None or one.kind != "year"):
            raise MappingError(
                f"{where}, field '{one.name}': find = '{rule.find}' names no date field of this target."
            )


def read_rule(given: Any, where: str) -> Rule:
    """One field's rule: the name of its column, or a table that says how it is read."""
    if isinstance(given, str):
        return Rule(column=given)
    _known(given, tuple(f.name for f in fields(Rule)), where)
    given = dict(given)
    rule = Rule(**_shaped(given, where))
    origins = [
        bool(rule.column),
        bool(rule.template),
        rule.constant is not None,
        bool(rule.find),
        bool(rule.any_of),
        bool(rule.given),
        rule.rest,
    ]
    if rule.begins and not re.fullmatch(r"\d{2}-\d{2}", rule.begins):
        raise MappingError(f"{where}: begins is '{rule.begins}'. Write month and day, such as 08-01.")
    if sum(origins) != 1:
        raise MappingError(
            f"{where}: give exactly one of column, template, constant, find, any_of, given, rest."
        )
    if rule.if_wrong not in ("set_aside", "empty"):
        raise MappingError(f"{where}: if_wrong is '{rule.if_wrong}'. Use set_aside or empty.")
    if rule.around and rule.around.count("{}") != 1:
        raise MappingError(f"{where}: around is '{rule.around}'. Write {{}} once, where the value stands.")
    if rule.otherwise not in ("refuse", "keep", "empty"):
        raise MappingError(f"{where}: otherwise is '{rule.otherwise}'. Use refuse, keep or empty.")
    if rule.number not in ("", "percent", "comma"):
        raise MappingError(f"{where}: number is '{rule.number}'. Use percent or comma, or leave it out.")
    template_columns(rule.template)
    return rule


def _shaped(given: dict[str, Any], where: str) -> dict[str, Any]:
    """The settings of a rule in the shapes that it keeps them in."""
    if isinstance(given.get("days_from"), str):
        given["days_from"] = Rule(constant=given["days_from"])
    elif "days_from" in given:
        given["days_from"] = read_rule(given["days_from"], f"{where}, days_from")
    if "values" in given:
        given["values"] = tuple((str(key), _text(value)) for key, value in given["values"].items())
    for key in ("constant", "empty", "filled"):
        if key in given:
            given[key] = _text(given[key])
    for key in ("refers_to", "any_of", "date", "or_column"):
        if key in given:
            given[key] = _several(given[key])
    return given


def _text(value: Any) -> str:
    """A TOML value as the text a file would hold: true, 1 and 0.5 as written."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lookup(given: dict[str, Any], files: dict[str, FileSpec], where: str) -> Lookup:
    _known(given, ("file", "on"), f"{where}, lookup")
    if given.get("file") not in files:
        raise MappingError(f"{where}, lookup: file '{given.get('file')}' is not described.")
    on = given.get("on") or []
    return Lookup(given["file"], (on,) if isinstance(on, str) else tuple(on))


def read_unpivot(given: dict[str, Any], where: str) -> Unpivot:
    """Which columns of a row become rows of their own."""
    _known(given, ("name", "columns", "groups", "labels", "cells", "optional", "needs"), f"{where}, unpivot")
    columns = _several(given.get("columns", "value"))
    groups = tuple((label, _several(cells)) for label, cells in given.get("groups", {}).items())
    # Columns that are named alike: "Goal{}Name" for each of the labels 1, 2, 3.
    cells = _several(given.get("cells", ()))
    groups += tuple(
        (label, tuple(one.replace("{}", label) for one in cells)) for label in given.get("labels", ())
    )
    if not groups or any(len(cells) != len(columns) for _, cells in groups):
        raise MappingError(
            f"{where}, unpivot: each group needs {len(columns)} column(s), one for each of {', '.join(columns)}."
        )
    needs = _several(given.get("needs", ()))
    if wrong := [one for one in needs if one not in columns]:
        raise MappingError(
            f"{where}, unpivot: needs names '{wrong[0]}', which is none of {', '.join(columns)}."
        )
    return Unpivot(given.get("name", "name"), columns, groups, bool(given.get("optional", False)), needs)


def _condition(given: dict[str, Any], where: str) -> Condition:
    _known(given, ("column", "filled", "is_in", "is_not_in", "any_filled"), f"{where}, where")
    return Condition(
        str(given.get("column", "")),
        given.get("filled"),
        tuple(map(_text, given.get("is_in", ()))),
        tuple(map(_text, given.get("is_not_in", ()))),
        tuple(given.get("any_filled", ())),
    )


def _watch(given: dict[str, Any], rules: dict[str, Rule], where: str) -> Watch:
    _known(given, ("field", "says", "is_in", "below", "above"), f"{where}, watch")
    if given.get("field") not in rules or not given.get("says"):
        raise MappingError(f"{where}, watch: name a mapped field, and say what its values may mean.")
    return Watch(**{**given, "is_in": tuple(given.get("is_in", ()))})


__all__ = [
    "DATE_FORMATS",
    "NULL_TOKENS",
    "FileSpec",
    "MappingError",
    "Pass",
    "Rule",
    "TableMapping",
    "Unpivot",
    "load_mapping",
    "parse_mapping",
    "read_rule",
    "read_unpivot",
    "shipped_mappings",
    "with_answers",
]
