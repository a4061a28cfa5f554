"""edmeasures: published education measures over plain tables. Imports neither Django nor crescendo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .evaluate import Results, evaluate, roll_up
from .tables import TableError

if TYPE_CHECKING:
    from .loading import Tables, load

__version__ = "0.1.0"
__all__ = ["Results", "TableError", "Tables", "__version__", "evaluate", "load", "roll_up"]


def __getattr__(name: str) -> Any:
    """`load` and `Tables` bring Arrow with them; who only reads definitions does without."""
    if name in ("load", "Tables"):
        from . import loading  # noqa: PLC0415

        return getattr(loading, name)
    raise AttributeError(f"module 'edmeasures' has no attribute {name!r}")
