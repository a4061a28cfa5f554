"""The catalogue in the reader's language. `edmeasures` speaks English and knows no Django; `crescendo.messages` finds
its sentences for the message catalogues, and here they are looked up when somebody reads them."""

from dataclasses import replace
from functools import lru_cache

from django.utils.translation import get_language, gettext

from edmeasures import rulepacks
from edmeasures.indicator import Indicator
from edmeasures.rulepacks import RulePack

INDICATOR_TEXTS = ("title", "question", "numerator", "denominator", "flag", "caution")
PACK_TEXTS = ("title", "authority")


def definition(indicator: Indicator) -> Indicator:
    """The same definition, saying what it says in the active language. Its sources stay as they were published."""
    return _definition(indicator, get_language() or "")


@lru_cache(maxsize=1024)
def _definition(indicator: Indicator, language: str) -> Indicator:
    return replace(indicator, **{name: _said(getattr(indicator, name)) for name in INDICATOR_TEXTS})


def rule_pack(pack: RulePack) -> RulePack:
    """The same counting rules under their names in the active language."""
    return replace(pack, **{name: _said(getattr(pack, name)) for name in PACK_TEXTS})


def pack_title(name: str) -> str:
    """What a page calls these counting rules."""
    return _said(rulepacks.get(name).title)


def _said(text: str) -> str:
    return gettext(text) if text else ""  # gettext("") would answer with the catalogue's header
