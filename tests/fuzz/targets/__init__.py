"""One parser each: `seeds()` makes what it is meant to read, `try_one(data)` holds it to its promise with any bytes."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def names() -> list[str]:
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")
