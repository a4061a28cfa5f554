"""Every read of published numbers. What a page shows is asked for with `viewer=`; the run is asked for once.

A page first gets the run, then reads by its id: a measurement that publishes meanwhile does not mix in.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import QuerySet

from crescendo.core.errors import NotFound
from crescendo.core.once import once_a_page
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer
from edmeasures import catalog

from . import spoken
from .measured import measured
from .models import CountingRules, GroupValue, MeasurementRun, Series, StudentValue, Target
from .numbers import Comparison, Number, SeriesPair, in_order, of_group, of_student, points
from .permissions import ResultScope, result_scope
from .rules import packs_of

# What `of_group` and `of_student` read of a row.
GROUP_COLUMNS = (
    "indicator",
    "rule_pack",
    "organisation_id",
    "characteristic",
    "group_value",
    "is_suppressed",
    "shown",
    "status",
    "reason",
    "value",
    "numerator",
    "denominator",
    "lower",
    "upper",
    "n_students",
    "n_flagged",
    "n_not_evaluated",
)
STUDENT_COLUMNS = (
    "student_id",
    "school_id",
    "indicator",
    "rule_pack",
    "value",
    "numerator",
    "denominator",
    "status",
    "reason",
    "flag",
)


@once_a_page
def find_current_run(*, school_year: int) -> MeasurementRun | None:
    """The run whose numbers are shown for this school year; None before the first measurement."""
    shown = MeasurementRun.objects.filter(school_year=school_year, is_current=True)
    return shown.select_related("compared_with").first()


@once_a_page
def find_shown_run(*, viewer: Viewer) -> MeasurementRun | None:
    """The run a page shows: this school year's, or, until this year is first measured, that of the latest year before.

    So July does not empty the pages, and neither does a school that begins with last year's lists.
    """
    shown = MeasurementRun.objects.filter(school_year__lte=viewer.school_year, is_current=True)
    return shown.select_related("compared_with").order_by("-school_year").first()


def find_latest_run() -> MeasurementRun | None:
    """The current run of the latest school year that has one."""
    return MeasurementRun.objects.filter(is_current=True).order_by("-school_year").first()


def first_packs(indicators: Iterable[str]) -> dict[str, str]:
    """The counting rules that are shown first, by indicator."""
    chosen = _chosen_rules()
    return {code: packs_of(code, chosen)[0] for code in indicators}


@once_a_page
def _chosen_rules() -> tuple[tuple[str, str], ...]:
    """The site's own choice, in its order."""
    rows = CountingRules.objects.order_by("position", "rule_pack").values_list("indicator", "rule_pack")
    return tuple(rows)


def list_student_numbers(*, viewer: Viewer, student_id: int, run: MeasurementRun) -> list[Number]:
    """A student's numbers over all their schools, in the order of the catalogue."""
    rows = _student_rows(viewer, run).filter(student_id=student_id, is_whole=True)
    rows = rows.order_by("indicator", "rule_pack").values_list(*STUDENT_COLUMNS, named=True)
    return in_order(of_student(row, run) for row in rows)


def list_numbers_of_students(
    *, viewer: Viewer, student_ids: Sequence[int], indicators: Sequence[str], run: MeasurementRun
) -> dict[int, list[Number]]:
    """Some numbers of several students (a class), by student; by the counting rules shown first."""
    packs = first_packs(indicators)
    rows = StudentValue.objects.filter(
        SeenBy(viewer, "student_id", among=student_ids),
        run_id=run.pk,
        student_id__in=student_ids,
        is_whole=True,
        indicator__in=indicators,
    )
    found: dict[int, list[Number]] = {student_id: [] for student_id in student_ids}
    rows = rows.order_by("student_id", "indicator", "rule_pack").values_list(*STUDENT_COLUMNS, named=True)
    for row in rows:
        if row.rule_pack == packs[row.indicator]:
            found[row.student_id].append(of_student(row, run))
    return {student_id: in_order(numbers) for student_id, numbers in found.items()}


def list_flagged_students(
    *, viewer: Viewer, school_id: int, indicator: str, rule_pack: str, run: MeasurementRun
) -> QuerySet[StudentValue]:
    """The school's students whom the measure flags, as far as the viewer may see them."""
    return (
        _student_rows(viewer, run)
        .filter(school_id=school_id, indicator=indicator, rule_pack=rule_pack, flag=True)
        .order_by("student_id")
    )


def list_organisation_numbers(
    *,
    viewer: Viewer,
    organisation_ids: Sequence[int],
    run: MeasurementRun,
    indicators: Sequence[str] | None = None,
    characteristic: str | Sequence[str] = "",
    scope: ResultScope | None = None,
) -> list[Number]:
    """Organisations' numbers: of everyone, or by a characteristic or several (`grade_level`, those the site keeps)."""
    scope = scope or result_scope(viewer)
    allowed = [pk for pk in organisation_ids if scope.allows(pk)]
    cuts = [characteristic] if isinstance(characteristic, str) else list(characteristic)
    rows = GroupValue.objects.filter(run_id=run.pk, organisation_id__in=allowed, characteristic__in=cuts)
    if indicators is not None:
        rows = rows.filter(indicator__in=indicators)
    ordered = rows.order_by("organisation_id", "indicator", "rule_pack", "group_value")
    ordered = ordered.values_list(*GROUP_COLUMNS, named=True)  # a district has a thousand: rows, no models
    return in_order(of_group(row, run, scope) for row in ordered)


def compare_organisation(
    *,
    viewer: Viewer,
    organisation: Organisation,
    run: MeasurementRun,
    indicators: Sequence[str] | None = None,
    scope: ResultScope | None = None,
) -> list[Comparison]:
    """An organisation's numbers, each beside the organisation above and its own of the same time last year.

    Refused as absent."""
    scope = scope or result_scope(viewer)
    if not scope.allows(organisation.pk):
        raise NotFound("There is no such organisation, or nothing that lets you see its results.")
    wanted = [organisation.pk] + ([organisation.parent_id] if organisation.parent_id else [])
    asked = {"viewer": viewer, "indicators": indicators, "scope": scope}
    now = list_organisation_numbers(organisation_ids=wanted, run=run, **asked)
    last = run.compared_with
    then = list_organisation_numbers(organisation_ids=[organisation.pk], run=last, **asked) if last else []
    above = {(n.indicator, n.rule_pack): n for n in now if n.organisation_id != organisation.pk}
    before = {(n.indicator, n.rule_pack): n for n in then}
    return [
        Comparison(n, above.get((n.indicator, n.rule_pack)), before.get((n.indicator, n.rule_pack)))
        for n in now
        if n.organisation_id == organisation.pk
    ]


def find_series(
    *,
    viewer: Viewer,
    organisation_id: int,
    indicator: str,
    run: MeasurementRun,
    rule_pack: str | None = None,
    scope: ResultScope | None = None,
) -> SeriesPair | None:
    """How a number went this school year and last, week by week; None where it may not be seen or there is none.

    A series is hidden with the number of everyone that it leads to.
    """
    packs = {indicator: rule_pack} if rule_pack else first_packs([indicator])
    return list_series(viewer=viewer, organisation_id=organisation_id, packs=packs, run=run, scope=scope).get(
        indicator
    )


def list_series(
    *,
    viewer: Viewer,
    organisation_id: int,
    packs: Mapping[str, str],
    run: MeasurementRun,
    scope: ResultScope | None = None,
) -> dict[str, SeriesPair]:
    """Several series of one organisation, each by the counting rules named for it; without those that `find_series`
    would not find."""
    scope = scope or result_scope(viewer)
    if not scope.allows(organisation_id):
        return {}
    last = find_current_run(school_year=run.school_year - 1)
    which = {
        "run_id__in": [run.pk] + ([last.pk] if last else []),
        "organisation_id": organisation_id,
        "indicator__in": list(packs),
    }
    found = {(s.run_id, s.indicator, s.rule_pack): s for s in Series.objects.filter(**which).order_by("id")}
    shown = set(found)
    if guarded := {code for code in packs if not scope.shows_small(organisation_id, "", code)}:
        open_rows = GroupValue.objects.filter(**which, characteristic="", is_suppressed=False).order_by("id")
        shown &= set(open_rows.values_list("run_id", "indicator", "rule_pack")) | {
            key for key in found if key[1] not in guarded
        }
    pairs = {}
    for code, pack in packs.items():
        now, before = (run.pk, code, pack), (last.pk if last else None, code, pack)
        if now in shown:
            earlier = found[before] if before in shown else None
            pairs[code] = SeriesPair(
                code, pack, organisation_id, found[now].period, points(found[now]), points(earlier)
            )
    return pairs


def list_distribution(
    *,
    viewer: Viewer,
    indicator: str,
    run: MeasurementRun,
    rule_pack: str | None = None,
    scope: ResultScope | None = None,
) -> list[tuple[Organisation, Number]]:
    """One number of every school this viewer may look at, with the school, in the order of the schools' names."""
    scope = scope or result_scope(viewer)
    pack = rule_pack or first_packs([indicator])[indicator]
    schools = {school.pk: school for school in roster.list_schools(viewer=viewer).order_by("name", "id")}
    numbers = list_organisation_numbers(
        viewer=viewer, organisation_ids=list(schools), run=run, indicators=[indicator], scope=scope
    )
    by_school = {n.organisation_id: n for n in numbers if n.rule_pack == pack}
    return [(school, by_school[pk]) for pk, school in schools.items() if pk in by_school]


def list_targets(*, viewer: Viewer, organisation_id: int, school_year: int) -> dict[str, Target]:
    """What the organisation wants to reach this school year, by indicator."""
    if not result_scope(viewer).allows(organisation_id):
        return {}
    targets = Target.objects.filter(organisation_id=organisation_id, school_year=school_year)
    return {target.indicator: target for target in targets}


def list_definitions() -> list[tuple[str, list[catalog.Indicator]]]:
    """What this site measures, by subject, in the order of the catalogue and the reader's language."""
    return _by_subject(measured())


def list_catalogue() -> list[tuple[str, list[catalog.Indicator]]]:
    """Every definition there is, measured here or not."""
    return _by_subject(catalog.all())


def _by_subject(indicators: Iterable[catalog.Indicator]) -> list[tuple[str, list[catalog.Indicator]]]:
    subjects: dict[str, list[catalog.Indicator]] = {}
    for indicator in indicators:
        subjects.setdefault(indicator.subject, []).append(spoken.definition(indicator))
    return list(subjects.items())


def get_definition(code: str) -> catalog.Indicator:
    """One definition; raises NotFound."""
    try:
        return spoken.definition(catalog.get(code))
    except KeyError as unknown:
        raise NotFound(f"No definition is called '{code}'.") from unknown


def list_packs(indicator: str) -> tuple[str, ...]:
    """The counting rules this site measures the indicator by, the one shown first in front."""
    return packs_of(indicator, _chosen_rules())


def _student_rows(viewer: Viewer, run: MeasurementRun) -> QuerySet[StudentValue]:
    return StudentValue.objects.filter(SeenBy(viewer, "student_id"), run_id=run.pk)
