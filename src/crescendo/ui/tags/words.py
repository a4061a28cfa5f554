"""`{% term "student" n=2 capital=True %}`, `{% counted "student" 12 %}`, `{{ 2026|school_year }}`, `{{ role.title|known_word }}`."""

from crescendo.core import school_time
from crescendo.ui import terms, vocabulary

from . import register


@register.simple_tag
def term(name: str, n: int = 1, capital: bool = False) -> str:
    return terms.word(name, n=n, capital=capital)


@register.simple_tag
def counted(name: str, n: int) -> str:
    return terms.counted(name, n)


register.filter("known_word", vocabulary.known_word)
register.filter("school_year", school_time.school_year_name)
