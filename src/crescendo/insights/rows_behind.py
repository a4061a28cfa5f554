"""The students behind an organisation's number, and whether their rows add up to it.

Only for whoever may see every student of the place and what the number says of them; everybody else is told why not.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.indicators.models import GroupValue, MeasurementRun, StudentValue
from crescendo.indicators.numbers import Number
from crescendo.indicators.permissions import ResultScope, is_behaviour
from crescendo.roster import queries as roster
from crescendo.roster.models import Enrolment, Organisation, StudentCharacteristic
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer
from crescendo.ui import printing

TOLERANCE = 1e-6  # sums of doubles run in another order here than in the measurement


@dataclass(frozen=True)
class Check:
    """Whether the listed rows make the number: yes, no, or partly, since some are not open to the viewer."""

    adds_up: bool | None
    sentence: str


def why_not(*, viewer: Viewer, number: Number, scope: ResultScope) -> str:
    """Why this viewer sees no rows here, in one sentence; empty where they do."""
    if number.definition.grain != "student" or number.definition.kind == "lag":
        return _("This number is made for places as a whole: no student has a row of their own.")
    if not viewer.may("students.see") or number.organisation_id not in scope.unhidden:
        return _(
            "The rows are students' records. They are open to people whose work reaches every student of this place."
        )
    if is_behaviour(number.indicator) and not scope.may_see_behaviour:
        return _("The rows are open to people who may see behavior incidents.")
    if not scope.shows_small(number.organisation_id, number.characteristic, number.indicator):
        return _("The rows would say to which group each student belongs. Your work does not include that.")
    return ""


def list_rows(
    *, viewer: Viewer, organisation: Organisation, number: Number, run: MeasurementRun
) -> QuerySet[StudentValue]:
    """The students' own values that were added up, as far as the viewer may see the students."""
    rows = StudentValue.objects.filter(
        SeenBy(viewer, "student_id"),
        run_id=run.pk,
        indicator=number.indicator,
        rule_pack=number.rule_pack,
    )
    schools = _schools(organisation)
    if organisation.kind == Organisation.Kind.SCHOOL:
        rows = rows.filter(school_id=organisation.pk)
    elif _is_everything(schools, number, run):
        rows = rows.filter(is_whole=True)
    else:
        rows = rows.filter(school_id__in=schools)
    members = _members(number, run, schools)
    return (rows if members is None else rows.filter(student_id__in=members)).order_by("student_id", "id")


def _schools(organisation: Organisation) -> list[int]:
    below = roster.list_subtree_ids(organisation.pk)
    schools = Organisation.objects.filter(pk__in=below, kind=Organisation.Kind.SCHOOL)
    return list(schools.order_by("pk").values_list("pk", flat=True))


def _is_everything(schools: list[int], number: Number, run: MeasurementRun) -> bool:
    """Whether these are all the schools of the run: then a student's value over all schools is the one that counted."""
    measured = GroupValue.objects.filter(
        run_id=run.pk, indicator=number.indicator, rule_pack=number.rule_pack, characteristic=""
    ).values_list("organisation_id", flat=True)
    elsewhere = Organisation.objects.filter(pk__in=measured, kind=Organisation.Kind.SCHOOL).exclude(
        pk__in=schools
    )
    return not elsewhere.exists()


def _members(number: Number, run: MeasurementRun, schools: list[int]) -> QuerySet | None:
    """Who belongs to the group on the run's day; None where the number is everyone's."""
    if not number.characteristic:
        return None
    if number.characteristic == "grade_level":
        latest = (
            Enrolment.objects.filter(
                Q(ended_on__isnull=True) | Q(ended_on__gt=run.as_of),
                school_id__in=schools,
                school_year=run.school_year,
                entry_on__lte=run.as_of,
            )
            .order_by("student_id", "-entry_on", "-grade_level")
            .distinct("student_id")
        )
        return Enrolment.objects.filter(pk__in=latest.values("pk"), grade_level=number.group_value).values(
            "student_id"
        )
    return StudentCharacteristic.objects.filter(
        Q(begins_on__isnull=True) | Q(begins_on__lte=run.as_of),
        Q(ends_on__isnull=True) | Q(ends_on__gte=run.as_of),
        characteristic_id=number.characteristic,
        value=number.group_value,
    ).values("student_id")


def count_reasons(rows: QuerySet[StudentValue]) -> list[tuple[str, int]]:
    """How many could not be evaluated, by reason, the most frequent first."""
    left_out = rows.exclude(status="evaluated").order_by()
    counted = left_out.values_list("reason").annotate(n=Count("student_id"))
    return sorted(((reason or "", n) for reason, n in counted), key=lambda item: (-item[1], item[0]))


def check(rows: QuerySet[StudentValue], number: Number) -> Check:
    """Add the listed rows up again and compare with the number that was published."""
    evaluated = Q(status="evaluated")
    sums = rows.order_by().aggregate(
        listed=Count("student_id"),
        n=Count("student_id", filter=evaluated),
        flagged=Count("student_id", filter=evaluated & Q(flag=True)),
        numerator=Sum("numerator", filter=evaluated),
        denominator=Sum("denominator", filter=evaluated),
        values=Sum("value", filter=evaluated),
    )
    wanted = (number.n_students or 0) + (number.n_not_evaluated or 0)
    if sums["listed"] < wanted:
        missing = wanted - sums["listed"]
        gone = ngettext(
            "%(n)s student counted in this number is not listed: they have left, and their record is no longer open "
            "to you.",
            "%(n)s students counted in this number are not listed: they have left, and their records are no longer "
            "open to you.",
            missing,
        )
        return Check(None, gone % {"n": printing.count(missing)})
    made = _made_again(number, sums)
    if made == (number.numerator, number.denominator) or _is_same(made, number):
        return Check(True, _("These rows add up to the number: yes."))
    return Check(
        False,
        _(
            "These rows add up to the number: no. Something changed since the measurement; the next one counts it. If "
            "it stays so, tell whoever looks after the data."
        ),
    )


def _made_again(number: Number, sums: dict[str, float | None]) -> tuple[float, float]:
    match number.definition.kind:
        case "share_of_students":
            return float(sums["flagged"] or 0), float(sums["n"] or 0)
        case "mean":
            return sums["values"] or 0.0, float(sums["n"] or 0)
    return sums["numerator"] or 0.0, sums["denominator"] or 0.0


def _is_same(made: tuple[float, float], number: Number) -> bool:
    """The same within the rounding of sums. A denominator may have been raised to the floor the rules ask for."""
    counted, of = number.numerator or 0.0, number.denominator or 0.0
    if abs(made[0] - counted) > TOLERANCE * max(1.0, abs(counted)):
        return False
    has_floor = "participation_floor" in number.definition.parameters and of > made[1]
    return has_floor or abs(made[1] - of) <= TOLERANCE * max(1.0, abs(of))
