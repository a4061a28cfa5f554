"""Why a number is not there, in words. Measurement gives a code; a person reads a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REASONS = {
    "too_few_days": gettext_lazy("too few days to say"),
    "below_minimum_n": gettext_lazy("too few people to show without naming someone"),
    "suppressed": gettext_lazy("hidden to protect a small group"),
    "no_data": gettext_lazy("nothing has been recorded yet"),
    "no_prior_score": gettext_lazy("no earlier score to compare with"),
    "source_not_received": gettext_lazy("the file this needs has not arrived"),
    "not_submitted": gettext_lazy("attendance was not submitted"),
    "no_calendar": gettext_lazy("the school has no calendar for this year"),
    "not_enrolled": gettext_lazy("not enrolled in this period"),
}


def reason_words(code: str | None) -> str:
    """The reason as part of a sentence. A code nobody has put into words yet is shown as it is, not hidden."""
    if not code:
        return _("no reason was given")
    return str(REASONS.get(code, code.replace("_", " ")))


def not_evaluated(code: str | None) -> str:
    return _("Not evaluated: %(reason)s") % {"reason": reason_words(code)}
