"""The kinds of source: each folder here reads one kind of delivery and hands its rows over (see `../README.md`).

A folder is a kind: to add one, add a folder with a function `stage(bench)`, a README and tests in
`tests/imports/<kind>`. Nothing else needs to know.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from crescendo.imports.bench import Workbench

Stage = Callable[[Workbench], None]


def list_kinds() -> list[str]:
    """The kinds of source, by name: `oneroster`, `table` ..."""
    return sorted(module.name for module in iter_modules(__path__) if module.ispkg)


def get_stage(kind: str) -> Stage:
    """The reader of a kind. It is imported when it is first used, so that no kind slows the others down."""
    kinds = list_kinds()
    if kind not in kinds:
        raise ValueError(f"There is no kind of source '{kind}'. Use one of: {', '.join(kinds)}.")
    stage: Stage = import_module(f"{__name__}.{kind}").stage
    return stage
