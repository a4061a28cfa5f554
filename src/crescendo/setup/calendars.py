"""Which days are school days: pure arithmetic over what a person typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from crescendo.core.errors import Refused

LONGEST_YEAR = 400  # days; a slip of the year is noticed
MOST_TYPED = 200  # lines
A_LINE = re.compile(
    r"^(\d{4}-\d{2}-\d{2})(?:\s*(?:to|until|through|a|al|–|-|/)\s*(\d{4}-\d{2}-\d{2}))?[\s:,;]*(.*)$"
)
NAME_FIRST = re.compile(
    r"^(.*?)[\s:,;]+(\d{4}-\d{2}-\d{2})(?:\s*(?:to|until|through|a|al|–|-|/)\s*(\d{4}-\d{2}-\d{2}))?$"
)


@dataclass(frozen=True)
class Span:
    """A named span of days, both included: a holiday, a term."""

    title: str
    begins_on: date
    ends_on: date

    def days(self) -> Iterable[date]:
        return (self.begins_on + timedelta(n) for n in range((self.ends_on - self.begins_on).days + 1))


def read_spans(text: str, *, begins_on: date, ends_on: date) -> list[Span]:
    """Lines such as `2026-11-26 Thanksgiving` or `2026-12-21 to 2027-01-01 Winter break`; each says what is wrong."""
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > MOST_TYPED:
        raise Refused(
            _("More than %(n)s lines. Join days that follow each other: 2026-12-21 to 2027-01-01.")
            % {"n": MOST_TYPED}
        )
    return [_read_line(number, line, begins_on, ends_on) for number, line in enumerate(lines, 1) if line]


def _read_line(number: int, line: str, begins_on: date, ends_on: date) -> Span:
    wrong = {"number": number, "line": line[:60]}
    if found := A_LINE.match(line):
        first, last, title = found.groups()
    elif found := NAME_FIRST.match(line):
        title, first, last = found.groups()
    else:
        raise Refused(_("Line %(number)s, '%(line)s': write a day as 2026-11-26, then what it is.") % wrong)
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise Refused(_("Line %(number)s, '%(line)s': there is no such day.") % wrong) from None
    if ends < begins:
        raise Refused(_("Line %(number)s, '%(line)s': the last day lies before the first.") % wrong)
    if ends < begins_on or begins > ends_on:
        raise Refused(_("Line %(number)s, '%(line)s': it lies outside the school year.") % wrong)
    return Span(title.strip()[:60], begins, ends)


def check_year(*, begins_on: date, ends_on: date, school_year: int) -> None:
    """The year has a length that a school year can have, and is the one that is being set up."""
    if ends_on <= begins_on:
        raise Refused(_("The last day lies before the first. Change one of them."))
    if (ends_on - begins_on).days > LONGEST_YEAR:
        raise Refused(
            _("This school year would be longer than %(n)s days. Check the years.") % {"n": LONGEST_YEAR}
        )
    if ends_on.year != school_year and begins_on.year not in (school_year, school_year - 1):
        raise Refused(
            _("These days do not lie in the school year %(name)s.")
            % {"name": f"{school_year - 1}–{school_year % 100:02d}"}
        )


def school_days(
    *, begins_on: date, ends_on: date, weekdays_off: Iterable[int], holidays: Iterable[Span]
) -> list[date]:
    """Every day of the year on which the school teaches: no free weekday (0 is Monday), no holiday."""
    free = {day for holiday in holidays for day in holiday.days()}
    off = set(weekdays_off)
    return [
        day for day in Span("", begins_on, ends_on).days() if day.weekday() not in off and day not in free
    ]


def divide(*, begins_on: date, ends_on: date, terms: int, titles: Iterable[str]) -> list[Span]:
    """The year in terms of about the same length, each beginning on a Monday. A start to correct, not the truth."""
    length = (ends_on - begins_on).days + 1
    starts = [begins_on]
    for n in range(1, terms):
        middle = begins_on + timedelta(length * n // terms)
        starts.append(middle + timedelta((7 - middle.weekday()) % 7))
    ends = [start - timedelta(1) for start in starts[1:]] + [ends_on]
    return [Span(title, first, last) for title, first, last in zip(titles, starts, ends, strict=False)]


def as_text(spans: Iterable[Span]) -> str:
    """As the form's box holds them."""
    return "\n".join(
        f"{span.begins_on}"
        + (f" to {span.ends_on}" if span.ends_on != span.begins_on else "")
        + f" {span.title}"
        for span in spans
    )
