"""`{{ share|percent }}`, `{{ value|decimal:2 }}`, `{{ n|count }}`, `{% change d since="last year" better="up" %}`."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from crescendo.ui import printing, reasons

from . import register

register.filter("percent", printing.percent)
register.filter("decimal", printing.decimal)
register.filter("count", printing.count)
register.filter("reason_words", reasons.reason_words)
register.simple_tag(reasons.not_evaluated, name="not_evaluated")


@register.simple_tag
def change(
    difference: printing.Number | None,
    kind: str = "percent",
    digits: int | None = None,
    since: str = "",
    better: str = "",
) -> SafeString | str:
    """A change in words; nothing where there is nothing to compare with."""
    found = printing.change(difference, kind=kind, digits=digits, since=since, better=better)
    return format_html('<span class="change change--{}">{}</span>', found.kind, found.words) if found else ""
