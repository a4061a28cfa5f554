"""The catalogue: every published definition, one folder by subject."""

from __future__ import annotations

import difflib

from ..indicator import Indicator
from . import (
    accountability,
    assessment,
    attendance,
    behaviour,
    coursework,
    credits,
    early_warning,
    engagement,
    growth,
    items,
    key_stage_4,
    participation,
    programmes,
    quality,
    staff,
)

_MODULES = (
    attendance,
    participation,
    assessment,
    coursework,
    credits,
    behaviour,
    engagement,
    growth,
    items,
    accountability,
    key_stage_4,
    early_warning,
    programmes,
    staff,
    quality,
)
_BY_CODE: dict[str, Indicator] = {i.code: i for module in _MODULES for i in module.INDICATORS}


def all() -> tuple[Indicator, ...]:
    """Every indicator, in the order of the catalogue.

    Examples
    --------
    >>> from edmeasures import catalog
    >>> catalog.all()[0].code
    'attendance_rate'
    """
    return tuple(_BY_CODE.values())


def core() -> tuple[Indicator, ...]:
    """The indicators that a product measures unless told otherwise.

    Examples
    --------
    >>> from edmeasures import catalog
    >>> len(catalog.core())
    20
    """
    return tuple(i for i in _BY_CODE.values() if i.core)


def get(code: str) -> Indicator:
    """The indicator of this code.

    Raises
    ------
    KeyError
        When no indicator has this code; the message names the nearest, and lists those there are.

    Examples
    --------
    >>> from edmeasures import catalog
    >>> catalog.get("chronic_absence").unit
    'share'
    """
    try:
        return _BY_CODE[code]
    except KeyError:
        near = difflib.get_close_matches(code, _BY_CODE, n=3)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise KeyError(f"No indicator is called {code!r}.{meant} There are: {', '.join(_BY_CODE)}.") from None
