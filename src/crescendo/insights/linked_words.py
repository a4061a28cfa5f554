"""What goes with what, in plain sentences: what was seen, of how many, and what it does not say."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crescendo.core import numbers as printed
from crescendo.indicators.models import StudentValue
from crescendo.ui import printing, vocabulary

from .associations import FEWEST
from .models import Association

# measure: who has less of it scored lower; who has less scored higher; no link
SENTENCES = {
    "attendance_rate": (
        gettext_lazy("Students who came to school less also scored lower in %(subject)s"),
        gettext_lazy("Students who came to school less scored higher in %(subject)s"),
        gettext_lazy("No clear link between coming to school and %(subject)s"),
    ),
    "coursework_completion": (
        gettext_lazy("Students who handed in less work also scored lower in %(subject)s"),
        gettext_lazy("Students who handed in less work scored higher in %(subject)s"),
        gettext_lazy("No clear link between handing in work and %(subject)s"),
    ),
    "class_participation": (
        gettext_lazy("Students who took part less in lessons also scored lower in %(subject)s"),
        gettext_lazy("Students who took part less in lessons scored higher in %(subject)s"),
        gettext_lazy("No clear link between taking part in lessons and %(subject)s"),
    ),
    "activity_participation": (
        gettext_lazy("Students in no activity outside lessons also scored lower in %(subject)s"),
        gettext_lazy("Students in no activity outside lessons scored higher in %(subject)s"),
        gettext_lazy("No clear link between activities outside lessons and %(subject)s"),
    ),
}
YES_OR_NO = {"activity_participation"}


def no_cause() -> str:
    """What a link never says."""
    return _("This does not say that one causes the other.")


def subject_words(subject: str) -> str:
    """The subject as the site calls it."""
    return vocabulary.known_word(subject)


def is_clear(row: Association) -> int:
    """1 or -1 where the whole interval lies on one side of zero, 0 where it does not."""
    if row.r is None:
        return 0
    return 1 if row.r_lower > 0 else -1 if row.r_upper < 0 else 0


def sentence(row: Association) -> str:
    """What was seen, with the number, its interval and of how many; or why nothing can be said."""
    if row.reason:
        return _why_not(row)
    words = _in_words(row)
    return _("%(words)s: among %(n)s students, correlation %(r)s (%(lower)s to %(upper)s).") % {
        "words": words,
        "n": printed.count(row.n),
        "r": signed(row.r),
        "lower": signed(row.r_lower),
        "upper": signed(row.r_upper),
    }


def without_numbers(row: Association) -> str:
    """What was seen, for those to whom its numbers, beside others, would tell of a few students."""
    if row.reason:
        return _why_not(row)
    return _("%(words)s. Its numbers are hidden to protect a small group.") % {"words": _in_words(row)}


def _in_words(row: Association) -> str:
    less, more, none = SENTENCES[row.driver]
    return str({1: less, -1: more, 0: none}[is_clear(row)] % {"subject": subject_words(row.subject)})


def signed(value: float | None) -> str:
    """A correlation with two places and a real minus sign."""
    return printing.decimal(value, 2).replace("-", "−")


def _why_not(row: Association) -> str:
    subject = {"subject": subject_words(row.subject)}
    if row.reason == "source_not_received":
        return _("Nothing has been recorded yet that could be set beside %(subject)s.") % subject
    if row.reason == "no_spread":
        return _("All students are alike here, so that nothing can be said about %(subject)s.") % subject
    return _("Fewer than %(n)s students have both, so that nothing can be said at this size.") % {"n": FEWEST}


def basis(row: Association, *, exactly: bool) -> str:
    """Of whom it is said, who is missing, and how much they differ. Missing is not zero."""
    parts = []
    if row.n >= FEWEST:
        parts.append(
            _("Seen over %(n)s of %(all)s students enrolled.")
            % {"n": printed.count(row.n), "all": printed.count(row.n_enrolled)}
            if exactly
            else _("Seen over %(n)s students.") % {"n": printed.count(row.n)}
        )
    if exactly and row.n_without_driver:
        parts.append(
            ngettext("%(n)s has no value of it.", "%(n)s have no value of it.", row.n_without_driver)
            % {"n": printed.count(row.n_without_driver)}
        )
    if exactly and row.n_without_score:
        parts.append(
            ngettext("%(n)s has no score.", "%(n)s have no score.", row.n_without_score)
            % {"n": printed.count(row.n_without_score)}
        )
    if row.quarter is not None and row.driver not in YES_OR_NO:
        parts.append(
            _("Half of the students lie between %(low)s and %(high)s.")
            % {"low": printed.percent(row.quarter), "high": printed.percent(row.three_quarters)}
        )
    if rests_on_few(row):
        parts.append(
            _(
                "By order alone it is %(rho)s (%(lower)s to %(upper)s): a few students far from the rest carry it."
            )
            % {"rho": signed(row.rho), "lower": signed(row.rho_lower), "upper": signed(row.rho_upper)}
        )
    return " ".join(parts)


def rests_on_few(row: Association) -> bool:
    """Whether it is seen along a straight line but not in the order of the students."""
    sign = is_clear(row)
    return bool(sign) and (row.rho_lower if sign > 0 else -row.rho_upper) <= 0


def bin_labels(row: Association) -> list[str]:
    """Least first, each with the group's own mean of the measure."""
    if row.driver in YES_OR_NO:
        return [_("No activity"), _("At least one activity")]
    shares = [printed.percent(one["driver"], 0) for one in row.bins]
    last = len(shares) - 1
    return [
        (_("Least: %(share)s") if place == 0 else _("Most: %(share)s") if place == last else "%(share)s")
        % {"share": share}
        for place, share in enumerate(shares)
    ]


def missed(row: StudentValue) -> str:
    """'Missed 18 of 120 school days.'"""
    return _("Missed %(absent)s of %(days)s school days.") % {
        "absent": printed.decimal(row.numerator, 0 if float(row.numerator or 0).is_integer() else 1),
        "days": printed.count(row.denominator or 0),
    }


def scored(score: float, benchmark: float) -> str:
    """'Scored 187; the benchmark is 195.'"""
    places = lambda value: 0 if float(value).is_integer() else 1  # noqa: E731
    return _("Scored %(score)s; the benchmark is %(benchmark)s.") % {
        "score": printed.decimal(score, places(score)),
        "benchmark": printed.decimal(benchmark, places(benchmark)),
    }
