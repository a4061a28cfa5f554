"""A school among schools like it: a spread with its middle half, never a ranking.

Alike are schools that teach mostly the same grades and are of a like size. Who the students are (income, language,
disability) decides only where the site has switched it on (`CRESCENDO_SIMILAR_BY`), because expecting less of a school
for whom it teaches is a choice that people should make knowingly (D12). The page says by what they were chosen.

Other schools are marks without a name, and only with numbers that are open to everybody; fewer than five would say
whose each mark is, so then only the schools whose numbers the viewer may look at anyway are shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.indicators import printed
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import GroupValue, MeasurementRun
from crescendo.indicators.numbers import Number, of_group
from crescendo.indicators.permissions import ResultScope
from crescendo.insights import addresses
from crescendo.roster import areas
from crescendo.roster import queries as roster
from crescendo.roster.models import Characteristic, Organisation
from crescendo.roster.viewer import Viewer
from crescendo.ui import charts, printing, vocabulary
from edmeasures.indicator import Indicator

FEWEST = 5  # similar schools; fewer and a mark is as good as a name
FEWEST_FOR_A_CHART = 3  # other schools; fewer are a list, not a spread
SAME_GRADES = 0.5  # of the grades that either school teaches, the share that both teach
LARGEST_RATIO = 2.0  # neither has more than twice as many students as the other
LARGEST_GAP = 0.1  # between the shares of a group, where groups were switched on
COUNTED_BY = "attendance_rate"  # lists every student of a school, evaluated or not


@dataclass(frozen=True)
class Profile:
    """What a school is compared by: its grades, its size, and the shares of groups that were switched on."""

    grades: frozenset[str]
    size: int
    shares: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Quartiles:
    """The middle half of some values: type 7 of Hyndman and Fan (1996), the default of R and NumPy."""

    lower: float
    middle: float
    upper: float
    n: int


@dataclass(frozen=True)
class Spread:
    """What the page shows: the chart (if there is one), how the schools were chosen, and those that may be named."""

    chart: charts.Chart | None
    how: str
    named: Sequence[tuple[str, str]] = ()
    unnamed: int = 0
    left_out: str = ""


def quartiles(values: Sequence[float]) -> Quartiles:
    """The quartiles of at least one value.

    >>> quartiles([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    Quartiles(lower=3.25, middle=5.5, upper=7.75, n=10)
    """
    lower, middle, upper = (
        float(found) for found in np.quantile(np.asarray(values, float), [0.25, 0.5, 0.75])
    )
    return Quartiles(lower, middle, upper, len(values))


def is_similar(one: Profile, other: Profile) -> bool:
    """Mostly the same grades, a like size, and like shares of the groups that were switched on."""
    either = one.grades | other.grades
    if not either or not one.size or not other.size:
        return False
    if len(one.grades & other.grades) / len(either) < SAME_GRADES:
        return False
    if max(one.size, other.size) > LARGEST_RATIO * min(one.size, other.size):
        return False
    groups = {*one.shares, *other.shares}
    return all(
        abs(one.shares.get(group, 0.0) - other.shares.get(group, 0.0)) <= LARGEST_GAP for group in groups
    )


def list_profiles(*, run: MeasurementRun, switched_on: Sequence[str] = ()) -> dict[int, Profile]:
    """Every measured school's profile. Counted from all students, hidden groups too; nothing of it is shown."""
    pack = indicators.first_packs([COUNTED_BY])[COUNTED_BY]
    rows = GroupValue.objects.filter(
        run_id=run.pk,
        indicator=COUNTED_BY,
        rule_pack=pack,
        characteristic__in=["", "grade_level", *switched_on],
        organisation_id__in=Organisation.objects.filter(kind=Organisation.Kind.SCHOOL).values("pk"),
    )
    sizes: dict[int, int] = {}
    grades: dict[int, set[str]] = defaultdict(set)
    groups: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in rows.order_by("id"):
        counted = (row.n_students or 0) + (row.n_not_evaluated or 0)
        if not row.characteristic:
            sizes[row.organisation_id] = counted
        elif row.characteristic == "grade_level" and counted:
            grades[row.organisation_id].add(row.group_value)
        elif row.characteristic != "grade_level":
            groups[row.organisation_id][(row.characteristic, row.group_value)] = counted
    return {
        school: Profile(
            frozenset(grades[school]),
            size,
            {group: counted / size for group, counted in groups[school].items()} if size else {},
        )
        for school, size in sizes.items()
    }


def describe(
    *,
    viewer: Viewer,
    school: Organisation,
    definition: Indicator,
    run: MeasurementRun,
    scope: ResultScope,
) -> Spread | None:
    """Where the school stands among schools like it. None where it has no number that this viewer may see."""
    if school.kind != Organisation.Kind.SCHOOL:
        return None
    switched_on = _switched_on()
    profiles = list_profiles(run=run, switched_on=[kept.code for kept in switched_on])
    here = profiles.get(school.pk, Profile(frozenset(), 0))
    alike = [pk for pk, profile in profiles.items() if pk != school.pk and is_similar(here, profile)]
    numbers = _numbers({school.pk, *alike}, definition.code, run, scope)
    own = numbers.pop(school.pk, None)
    if own is None or own.value is None:
        return None
    if why := areas.why_hidden("similar_schools"):
        return Spread(None, why)
    open_ones = [pk for pk in alike if pk in numbers and numbers[pk].value is not None]
    if len(open_ones) >= FEWEST:
        how = _how(len(open_ones), switched_on)
        chosen = {pk: numbers[pk] for pk in open_ones}
        return _spread(school, own, chosen, scope, how, _("Among similar schools"), len(alike))
    how = _too_few(len(open_ones), switched_on)
    visible = set(roster.list_schools(viewer=viewer).values_list("pk", flat=True)) - {school.pk}
    others = _numbers(visible, definition.code, run, scope)
    chosen = {pk: number for pk, number in others.items() if number.value is not None}
    if len(chosen) < FEWEST_FOR_A_CHART:
        return Spread(None, how)
    how = f"{how} {_('Shown instead: all the schools whose numbers you may look at.')}"
    return _spread(school, own, chosen, scope, how, _("Among the schools you may look at"), len(others))


def _switched_on() -> list[Characteristic]:
    """The groups by which this site has decided to compare schools; by default none."""
    codes = settings.SIMILAR_SCHOOLS_BY
    return list(Characteristic.objects.filter(code__in=codes, is_reported=True).order_by("code"))


def _numbers(
    school_ids: Iterable[int], indicator: str, run: MeasurementRun, scope: ResultScope
) -> dict[int, Number]:
    """The schools' numbers as this viewer would see them: hidden where they are hidden from the viewer."""
    rows = GroupValue.objects.filter(
        run_id=run.pk,
        indicator=indicator,
        rule_pack=indicators.first_packs([indicator])[indicator],
        characteristic="",
        organisation_id__in=list(school_ids),
    )
    return {row.organisation_id: of_group(row, run, scope) for row in rows.order_by("organisation_id", "id")}


def _how(n: int, switched_on: Sequence[Characteristic]) -> str:
    said = ngettext(
        "%(n)s similar school: mostly the same grades, and between half and twice as many students.",
        "%(n)s similar schools: mostly the same grades, and between half and twice as many students.",
        n,
    ) % {"n": printing.count(n)}
    return f"{said} {_by_groups(switched_on)}"


def _by_groups(switched_on: Sequence[Characteristic]) -> str:
    if not switched_on:
        return _("Who the students are plays no part in choosing them.")
    names = ", ".join(vocabulary.known_word(kept.title) for kept in switched_on)
    return _("This site also asks for like shares of students (within 10 points) by: %(names)s.") % {
        "names": names
    }


def _too_few(n: int, switched_on: Sequence[Characteristic]) -> str:
    said = ngettext(
        "Only %(n)s school is similar to this one (mostly the same grades, between half and twice as many students) and "
        "has a number that may be shown; it takes five.",
        "Only %(n)s schools are similar to this one (mostly the same grades, between half and twice as many students) "
        "and have a number that may be shown; it takes five.",
        n,
    ) % {"n": printing.count(n)}
    return f"{said} {_by_groups(switched_on)}" if switched_on else said


def _spread(
    school: Organisation,
    own: Number,
    chosen: Mapping[int, Number],
    scope: ResultScope,
    how: str,
    title: str,
    of: int,
) -> Spread:
    """The chart, and the names of those schools whose numbers the viewer may look at."""
    values = [number.value for number in chosen.values() if number.value is not None]
    found = quartiles(values)
    kind = printed.kind_of(own.definition)
    chart = charts.strip(
        title,
        values,
        measure=own.definition.title,
        name=school.name,
        value=own.value,
        others_are=_("schools"),
        kind=kind,
        middle=found.middle,
        middle_half=(found.lower, found.upper) if found.n >= FEWEST else None,
        summary=_summary(school.name, own, found, kind),
    )
    may_name = [pk for pk in chosen if scope.allows(pk)]
    names = Organisation.objects.filter(pk__in=may_name).order_by("name", "id")
    named = [(place.name, addresses.of_number(chosen[place.pk])) for place in names]
    return Spread(chart, how, named, len(chosen) - len(named), _left_out(of - len(chosen)))


def _summary(name: str, own: Number, found: Quartiles, kind: str) -> str:
    words = {
        "n": printing.count(found.n),
        "low": printing.number(found.lower, kind),
        "high": printing.number(found.upper, kind),
        "name": name,
        "value": printing.number(own.value, kind),
    }
    if found.n < FEWEST:
        return _("%(n)s other schools; %(name)s is at %(value)s.") % words
    said = _("Of %(n)s other schools, the middle half lies between %(low)s and %(high)s.") % words
    if own.value is None:
        return said
    if own.value < found.lower:
        return said + " " + _("%(name)s lies below it, at %(value)s.") % words
    if own.value > found.upper:
        return said + " " + _("%(name)s lies above it, at %(value)s.") % words
    return said + " " + _("%(name)s lies in it, at %(value)s.") % words


def _left_out(n: int) -> str:
    if n <= 0:
        return ""
    said = ngettext(
        "%(n)s more is not drawn: its number is not evaluated or hidden.",
        "%(n)s more are not drawn: their numbers are not evaluated or hidden.",
        n,
    )
    return said % {"n": printing.count(n)}
