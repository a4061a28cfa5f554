"""The catalogue: every published definition, one folder by subject."""

from __future__ import annotations

from ..indicator import Indicator
from . import assessment, attendance, behaviour, coursework, credits, participation, quality

_MODULES = (attendance, participation, assessment, coursework, credits, behaviour, quality)
_BY_CODE: dict[str, Indicator] = {i.code: i for module in _MODULES for i in module.INDICATORS}


def all() -> tuple[Indicator, ...]:
    """Every indicator, in the order of the catalogue.

    Examples
    --------
    >>> from edmeasures import catalog
    >>> len(catalog.all())
    20
    """
    return tuple(_BY_CODE.values())


def get(code: str) -> Indicator:
    """The indicator of this code.

    Raises
    ------
    KeyError
        When no indicator has this code; the message lists those there are.
    """
    try:
        return _BY_CODE[code]
    except KeyError:
        raise KeyError(f"No indicator is called {code!r}. There are: {', '.join(_BY_CODE)}.") from None
