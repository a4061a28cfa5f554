"""The kinds of source: each folder here reads one kind of delivery and hands its rows over (see `../README.md`).

A folder is a kind: to add one, add a folder with a function `stage(bench)` (and `fetch(source, by=, on=, at=)` where the
other system can be asked), a README and tests in
`tests/imports/<kind>`. Nothing else needs to know.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crescendo.imports.bench import Workbench
    from crescendo.imports.models import ImportRun

Stage = Callable[["Workbench"], None]
Fetch = Callable[..., "ImportRun"]  # called with a source, by=, on=, at=


class FetchProblem(Exception):
    """Another system's interface cannot be read: what was asked, what came, never a secret or a record."""


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


def find_fetch(kind: str) -> Fetch | None:
    """How a kind asks the other system's own interface, where it can: its folder has a function `fetch`."""
    if kind not in list_kinds():
        return None
    found: Fetch | None = getattr(import_module(f"{__name__}.{kind}"), "fetch", None)
    return found
