"""The kinds of source: each is a function that reads a delivery and hands its rows over (see `../README.md`)."""

from collections.abc import Callable
from importlib import import_module

from crescendo.imports.bench import Workbench

Stage = Callable[[Workbench], None]

# kind -> module that has `stage(bench)`; imported when it is first used, so that no kind slows the others down
KINDS = {
    "oneroster": "crescendo.imports.sources.oneroster",
    "table": "crescendo.imports.sources.tables",
}


def get_stage(kind: str) -> Stage:
    try:
        module = KINDS[kind]
    except KeyError:
        raise ValueError(f"There is no kind of source '{kind}'. Use one of: {', '.join(KINDS)}.") from None
    stage: Stage = import_module(module).stage
    return stage
