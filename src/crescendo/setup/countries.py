"""What a site begins with in each country: counting rules, English, and when school usually begins and ends.

Everything here is a suggestion that the set-up's pages show before it is used.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Country:
    """`begins`, `ends`: month and day. `terms`: how many the year is divided into."""

    code: str
    title: str | Promise
    rules: str
    english: str
    time_zone: str
    begins: tuple[int, int]
    ends: tuple[int, int]
    terms: int
    rules_words: str | Promise

    def usual_days(self, school_year: int) -> tuple[date, date]:
        """The first and the last day of a usual school year here."""
        return date(school_year - 1, *self.begins), date(school_year, *self.ends)


COUNTRIES = {
    country.code: country
    for country in (
        Country(
            "us",
            _("United States"),
            "us-federal",
            "en-us",
            "America/New_York",
            (8, 25),
            (6, 12),
            2,
            _("counted as for federal reporting"),
        ),
        Country(
            "england",
            _("England"),
            "england",
            "en-gb",
            "Europe/London",
            (9, 2),
            (7, 21),
            3,
            _("counted in sessions, as the Department for Education does"),
        ),
        Country(
            "other",
            _("Another country"),
            "edu-decimal",
            "en-us",
            "UTC",
            (9, 1),
            (6, 30),
            2,
            _("counted in days and parts of days"),
        ),
    )
}


def get_country(code: str) -> Country:
    """The country's profile; a site that never said gets the one we began with."""
    return COUNTRIES.get(code, COUNTRIES["us"])
