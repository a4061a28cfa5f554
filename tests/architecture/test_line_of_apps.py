"""What import-linter cannot see: strings that point from one app to another follow the line of apps as well."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "crescendo"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = [line.split(" | ") for line in CONTRACTS[0]["layers"]]
RANK = {name: -row for row, names in enumerate(LAYERS) for name in names}
APPS = {path.parent.name for path in PACKAGE.glob("*/apps.py")}

# Where the frame around every page has to point up: (file, target). The list may only shrink.
ALLOWED: set[tuple[str, str]] = {("ui/templates/ui/account_panel.html", "accounts")}


def test_every_app_has_its_place_in_the_line_and_in_the_settings() -> None:
    installed = [
        name.removeprefix("crescendo.") for name in settings.INSTALLED_APPS if name.startswith("crescendo.")
    ]
    assert set(installed) == APPS
    assert set(RANK) >= APPS
    assert installed == sorted(installed, key=RANK.__getitem__), (
        "settings list the apps in the order of the line"
    )


def test_foreign_keys_point_left() -> None:
    for model in apps.get_models(include_auto_created=True):
        here = model._meta.app_label
        for field in model._meta.get_fields():
            if here in APPS and field.is_relation and not field.auto_created and field.related_model:
                there = field.related_model._meta.app_label
                assert there not in APPS or RANK[there] <= RANK[here], (
                    f"{model.__name__}.{field.name} points up"
                )


REFERENCE = re.compile(
    r"{%-?\s*(?:include|extends)\s+[\"'](?P<template>[a-z_]+)/[^\"']*[\"']|{%-?\s*url\s+[\"'](?P<url>[a-z_]+):[a-z_]+[\"']"
)


def templates() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.glob("*/templates/**/*.html")):
        yield path.relative_to(PACKAGE).parts[0], path


def test_templates_include_and_link_left_only() -> None:
    wrong = []
    for app, path in templates():
        for found in REFERENCE.finditer(path.read_text()):
            target = found["template"] or found["url"]
            name = str(path.relative_to(PACKAGE))
            if target in RANK and RANK[target] > RANK[app] and (name, target) not in ALLOWED:
                wrong.append(f"{name}: {found[0]}")
    assert wrong == []


def python_files() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in sorted(PACKAGE.glob("*/**/*.py")):
        yield path.relative_to(PACKAGE).parts[0], path, ast.parse(path.read_text())


def test_addresses_written_as_strings_point_left() -> None:
    """`reverse("imports:run_list")` in roster would be an import in disguise."""
    namespaced = re.compile(r"^([a-z]+):[a-z_]+$")
    wrong = []
    for app, path, tree in python_files():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and app in RANK:
                found = namespaced.match(node.value)
                if found and found[1] in APPS and RANK[found[1]] > RANK[app]:
                    name = str(path.relative_to(PACKAGE))
                    if (name, found[1]) not in ALLOWED:
                        wrong.append(f"{name}:{node.lineno} {node.value}")
    assert wrong == []


CLOCKS = {"now", "localdate", "localtime", "today", "utcnow"}
# Who may look at the clock: what starts work. Everything below is told the time.
READS_THE_CLOCK = re.compile(
    r"(^|/)(views|tasks|cli|cli_convert|middleware|context|demo_building|school_time)(/|\.py$)"
)


def test_only_views_tasks_and_commands_look_at_the_clock() -> None:
    wrong = []
    for _app, path, tree in python_files():
        name = path.relative_to(PACKAGE).as_posix()
        if READS_THE_CLOCK.search(name):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CLOCKS
            ):
                wrong.append(f"{name}:{node.lineno} {ast.unparse(node)}")
    assert wrong == []


def test_actions_and_queries_take_viewer_and_by_by_name() -> None:
    """`list_students(viewer)` reads like anything; `list_students(viewer=...)` reads like a promise."""
    verbs = ("get_", "find_", "list_", "search_", "count_")
    wrong = []
    for _app, path, tree in python_files():
        if path.stem not in {"actions", "queries"} and path.parent.name not in {"actions", "queries"}:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                positional = {argument.arg for argument in node.args.posonlyargs + node.args.args}
                if "by" in positional or ("viewer" in positional and node.name.startswith(verbs)):
                    wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}")
    assert wrong == []


def patterns(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, entry.namespace or namespace)
        else:
            yield f"{namespace}:{entry.name}", entry


@pytest.mark.parametrize(("name", "pattern"), [pytest.param(*each, id=each[0]) for each in patterns()])
def test_a_page_has_one_name_in_every_place(name: str, pattern: URLPattern) -> None:
    view = pattern.callback
    view = getattr(view, "view_class", view)
    assert name.split(":")[1] == view.__name__, f"{name} is served by {view.__name__}"


def test_a_template_is_named_for_its_view() -> None:
    """`render(request, "app/noun_verb.html")` stands in the view of that name, or the template is a fragment of it."""
    wrong = []
    for app, path, tree in python_files():
        if path.stem != "views" and path.parent.name != "views":
            continue
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                is_render = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render"
                if is_render and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                    folder = str(node.args[1].value).split("/")[0]
                    if folder != app and RANK.get(folder, 0) > RANK[app]:
                        wrong.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.args[1].value}")
    assert wrong == []
