"""Named, versioned profiles of thresholds and conventions. Authorities differ; the same facts can be answered side by side."""

from __future__ import annotations

from .pack import Band, RegisterCode, RulePack, Threshold
from .packs import EDU_DECIMAL, EDU_WH, ENGLAND, US_FEDERAL
from .states import CALIFORNIA, MAINE, NEW_MEXICO, TENNESSEE

__all__ = [
    "CALIFORNIA",
    "EDU_DECIMAL",
    "EDU_WH",
    "ENGLAND",
    "MAINE",
    "NEW_MEXICO",
    "TENNESSEE",
    "US_FEDERAL",
    "Band",
    "RegisterCode",
    "RulePack",
    "Threshold",
    "all",
    "get",
]

_BY_NAME: dict[str, RulePack] = {
    p.name: p for p in (US_FEDERAL, CALIFORNIA, MAINE, NEW_MEXICO, TENNESSEE, ENGLAND, EDU_DECIMAL, EDU_WH)
}


def all() -> tuple[RulePack, ...]:
    """Every rule pack that comes with the library.

    Examples
    --------
    >>> from edmeasures import rulepacks
    >>> rulepacks.all()[0].name
    'us-federal'
    """
    return tuple(_BY_NAME.values())


def get(name: str) -> RulePack:
    """The rule pack of this name.

    Raises
    ------
    KeyError
        When no pack has this name; the message lists those there are.

    Examples
    --------
    >>> from edmeasures import rulepacks
    >>> rulepacks.get("england").counting
    'sessions'
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise KeyError(f"No rule pack is called {name!r}. There are: {', '.join(_BY_NAME)}.") from None
