"""A number said in words: the sentence, the division, the interval, how it came about. Pure; words and no look-ups."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crescendo.indicators import printed
from crescendo.indicators.numbers import Number
from crescendo.ui import printing, reasons

# What one student's own numerator and denominator are, where the group's number is a share of students.
OF_A_STUDENT: dict[str, tuple[Promise, Promise | None]] = {
    "chronic_absence": (gettext_lazy("days missed"), gettext_lazy("recorded days of membership")),
    "severe_chronic_absence": (gettext_lazy("days missed"), gettext_lazy("recorded days of membership")),
    "absence_streak": (gettext_lazy("days in the longest run of full days absent"), None),
    "mobility_rate": (gettext_lazy("moves during the year"), None),
    "activity_participation": (gettext_lazy("recorded activities"), None),
    "benchmark_risk": (gettext_lazy("latest scores below their benchmark"), gettext_lazy("latest scores")),
    "course_failure": (gettext_lazy("courses not passed"), gettext_lazy("decided courses")),
    "credits_on_track": (gettext_lazy("credits earned"), gettext_lazy("credits needed")),
}


def parts_in_words(number: Number) -> tuple[str, str]:
    """What was counted, and out of what. The second is empty where nothing is divided."""
    definition = number.definition
    if number.student_id is not None and definition.code in OF_A_STUDENT:
        counted, of = OF_A_STUDENT[definition.code]
        return str(counted), str(of or "")
    if number.student_id is None and definition.kind == "mean":
        return _("the sum of the students' values"), _("students with a value")
    return definition.numerator, definition.denominator


def sentence(number: Number) -> str:
    """'93.1%: 1,121.5 recorded days of membership attended, out of 1,204 recorded days of membership.'"""
    if not number.is_evaluated:
        return number.shown or reasons.not_evaluated(number.reason) + "."
    counted, of = parts_in_words(number)
    values = {
        "value": printed.value_of(number),
        "part": printed.part(number.numerator) if number.numerator is not None else "",
        "counted": counted,
        "all": printed.part(number.denominator) if number.denominator is not None else "",
        "of": of,
    }
    if number.definition.kind == "average_daily" and number.denominator is None:
        said = _("%(value)s: the schools' averages added up, because their numbers of days differ.") % values
    elif number.definition.kind == "lag" or not values["part"]:
        said = _("%(value)s: %(counted)s.") % values
    elif of and values["all"]:
        said = _("%(value)s: %(part)s %(counted)s, out of %(all)s %(of)s.") % values
    else:
        said = _("%(part)s %(counted)s.") % values
    return f"{said} {_flag(number)}".strip()


def _flag(number: Number) -> str:
    """Whether what the measure looks for is true of the student."""
    if number.student_id is None or not number.definition.flag or number.flag is None:
        return ""
    flag = number.definition.flag
    answer = _("yes") if number.flag else _("no")
    return _("%(flag)s: %(answer)s.") % {"flag": flag[:1].upper() + flag[1:], "answer": answer}


def is_divided(number: Number) -> bool:
    """Whether the value is its numerator over its denominator, so that a reader can divide again."""
    if number.value is None or number.numerator is None or not number.denominator:
        return False
    quotient = number.definition.scale * number.numerator / number.denominator
    return abs(quotient - number.value) <= 1e-9 * max(1.0, abs(quotient))


def unrounded(value: float | None) -> str:
    """Every digit the computer holds, in the shortest form that means the same number; for checking, not for reading."""
    return "" if value is None else repr(float(value))


def interval(number: Number) -> str:
    """How sure the number is, and by what method."""
    kind = number.definition.kind
    if kind in ("average_daily", "lag"):
        return _("No interval is made: it is a count of what was recorded, not an estimate from students.")
    if number.lower is None or number.upper is None:
        return _("No interval is made: it takes at least two students.")
    words = {
        "lower": printing.number(number.lower, printed.kind_of(number.definition)),
        "upper": printing.number(number.upper, printed.kind_of(number.definition)),
    }
    between = _("Probably between %(lower)s and %(upper)s.") % words
    return f"{between} {METHODS[kind]}"


METHODS: dict[str, Promise] = {
    "ratio": gettext_lazy(
        "A 95 percent interval of a ratio of sums with the students as its units, because one student's days or pieces "
        "of work are not independent of each other (Cochran 1977, section 2.11, Student's t; where all students are "
        "alike, Wilson's score interval)."
    ),
    "share_of_students": gettext_lazy("A 95 percent interval by Wilson's score (Wilson 1927)."),
    "mean": gettext_lazy("A 95 percent interval of the mean of the students' values (Student's t)."),
}


def counted_students(number: Number) -> str:
    """How many students the number stands on, and how many it could not be computed for."""
    if number.n_students is None or number.definition.kind == "lag":
        return ""
    said = ngettext("Based on %(n)s student.", "Based on %(n)s students.", number.n_students) % {
        "n": printing.count(number.n_students)
    }
    left_out = number.n_not_evaluated or 0
    if not left_out:
        return f"{said} {_('Nobody was left out.')}"
    missing = ngettext(
        "%(n)s more could not be evaluated and is left out of both counts.",
        "%(n)s more could not be evaluated and are left out of both counts.",
        left_out,
    ) % {"n": printing.count(left_out)}
    return f"{said} {missing}"


WHY_HIDDEN = gettext_lazy(
    "This number is hidden from people who may not see the students behind it. Either the group is small, or another "
    "group's number could be worked out from this one by subtraction; the page does not say which, because that alone "
    "would give something away. Whoever may see the students sees the number as it is."
)
WHY_A_RANGE = gettext_lazy(
    "Only a range is shown here: the exact share of a group in which nearly all or nearly nobody is meant would say it "
    "of each of them. Whoever may see the students sees the exact number."
)
