"""Pages of the library's public functions and results, read from their NumPy docstrings.

griffe reads the sources without importing them, and takes the docstrings apart: parameters, returns, errors, references,
examples. Every test run executes the examples.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

import edmeasures

from .catalogue import drawn

#: Pages by package; of `methods` every subject is a page. What checks arguments for the others is nobody's to call.
PACKAGES = ("", "catalog", "rulepacks", "growth", "disclosure", "early_warning", "plotting", "synth")
METHODS, NOT_FOR_CALLERS = "methods", {"given", "chart_constants"}


def pages() -> Iterator[tuple[str, str]]:
    """File name and text of a page for each subject."""
    for name, module in subjects():
        yield f"functions/{_file(name)}", _page(name, module)


def contents() -> str:
    """The list of the subjects, with what each is about and holds."""
    rows = []
    for name, module in subjects():
        held = ", ".join(f"`{thing.name}`" for thing in public(module))
        rows.append([f"[{_title(name)}](functions/{_file(name)})", summary(module), held])
    return drawn(["Module", "What it is for", "Holds"], rows)


def subjects() -> Iterator[tuple[str, Any]]:
    """Each subject's name within the library, and its module as griffe reads it."""
    package = _library()
    for name in PACKAGES:
        yield name, package[name] if name else package
    for name in sorted(package[METHODS].members):
        if package[METHODS][name].is_module and name not in NOT_FOR_CALLERS:
            yield f"{METHODS}.{name}", package[METHODS][name]


@functools.cache
def _library() -> Any:
    sources = str(Path(edmeasures.__file__).parent.parent)
    return griffe.load("edmeasures", search_paths=[sources], docstring_parser="numpy", resolve_aliases=True)


def public(module: Any) -> list[Any]:
    """Functions and classes that the module offers, in the order of its `__all__` or of its lines."""
    if module.exports is not None:
        named = [module.members[str(name)] for name in module.exports if str(name) in module.members]
    else:
        named = [m for name, m in module.members.items() if not name.startswith("_") and not m.is_alias]
    targets = [member.final_target if member.is_alias else member for member in named]
    return [target for target in targets if target.is_function or target.is_class]


def _title(name: str) -> str:
    return f"edmeasures.{name}" if name else "edmeasures"


def _file(name: str) -> str:
    return f"{name or 'edmeasures'}.md"


def _text(thing: Any) -> str:
    """What the docstring says before its first heading."""
    sections = thing.docstring.parsed if thing.docstring else []
    return "\n\n".join(str(s.value) for s in sections if s.kind.value == "text")


def summary(thing: Any) -> str:
    """The first paragraph of what a docstring says."""
    return _text(thing).split("\n\n")[0]


def _page(name: str, module: Any) -> str:
    parts = [f"# {_title(name)}\n\n{_text(module)}\n"]
    parts += [_described(thing) for thing in public(module)]
    return "\n".join(parts)


def _described(thing: Any) -> str:
    shown = "class" if thing.is_class else "def"
    signature = f"{shown} {thing.name}" if thing.is_class else f"{shown} {thing.signature()}"
    if len(signature) > 100:
        signature = _broken(thing)
    parts = [f"## {thing.name}\n\n```python\n{signature}\n```\n"]
    parts += [_section(section) for section in (thing.docstring.parsed if thing.docstring else [])]
    if thing.is_class:
        parts += _of_class(thing)
    source = Path(str(thing.filepath)).relative_to(Path(edmeasures.__file__).parent.parent).as_posix()
    return "\n".join([*parts, f"Source: `src/{source}`\n"])


def _broken(function: Any) -> str:
    """A long signature, a parameter a line."""
    inside = function.signature().removeprefix(f"{function.name}(")
    tail = inside[inside.rindex(")") :] if "->" not in inside else inside[inside.rindex(") ->") :]
    lines, starred = [], False
    for p in function.parameters:
        kind = p.kind.value if p.kind else ""
        if kind == "keyword-only" and not starred:
            lines.append("*,")
            starred = True
        name = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "") + p.name
        starred = starred or kind == "variadic positional"
        annotation = f": {p.annotation}" if p.annotation is not None else ""
        given = p.default is not None and not kind.startswith("variadic")
        lines.append(f"{name}{annotation}{f' = {p.default}' if given else ''},")
    return f"def {function.name}(\n" + "\n".join(f"    {line}" for line in lines) + f"\n{tail}"


def _section(section: Any) -> str:
    kind = section.kind.value
    if kind == "text":
        return f"{section.value}\n"
    if kind == "examples":
        shown = (f"```pycon\n{text}\n```" if k.value == "examples" else text for k, text in section.value)
        return "**Example**\n\n" + "\n\n".join(shown) + "\n"
    if kind == "admonition":
        return f"**{section.title or section.value.kind.capitalize()}**\n\n{section.value.contents}\n"
    if kind in ("parameters", "attributes", "returns", "raises", "yields"):
        return f"**{kind.capitalize()}**\n\n" + "".join(_items(section.value))
    raise ValueError(f"A docstring has a section of a kind that no page shows: {kind!r}.")


def _items(items: Any) -> Iterator[str]:
    """Parameters, or what comes back, or errors: name, type, meaning. Those described together stay together."""
    together: dict[tuple[str, str], list[str]] = {}
    for item in items:
        annotation, meaning = str(item.annotation or ""), " ".join(str(item.description).split())
        if not meaning:  # "n : students it was fitted on", in one line
            annotation, meaning = "", annotation
        together.setdefault((annotation, meaning), []).append(getattr(item, "name", ""))
    for (annotation, meaning), names in together.items():
        named = ", ".join(f"`{name}`" for name in names if name)
        head = " : ".join(part for part in (named, f"`{annotation}`" if annotation else "") if part)
        yield f"- {head}{'. ' if head and meaning else ''}{meaning}\n"


def _of_class(cls: Any) -> list[str]:
    """Fields in their order, and the methods that say what they do."""
    fields = [
        f"- `{m.name}` : `{m.annotation}`\n"
        for name, m in cls.members.items()
        if not name.startswith("_")
        and m.is_attribute
        and m.annotation is not None
        and "property" not in m.labels
    ]
    methods = [
        f"- `{m.name}`: {summary(m)}\n"
        for name, m in cls.members.items()
        if not name.startswith("_") and (m.is_function or "property" in m.labels) and m.docstring
    ]
    told = any(s.kind.value == "attributes" for s in cls.docstring.parsed) if cls.docstring else False
    parts = ["**Fields**\n\n" + "".join(fields)] if fields and not told else []
    return parts + (["**Methods and properties**\n\n" + "".join(methods)] if methods else [])
