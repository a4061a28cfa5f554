"""What the pages of districts and schools show."""

from django.utils.translation import gettext as _

from crescendo.indicators import queries as indicators
from crescendo.indicators import spoken
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.permissions import ResultScope, result_scope
from crescendo.insights import similar
from crescendo.pages import organisation_numbers as shown
from crescendo.pages import words
from crescendo.pages.queries.students import grade_words
from crescendo.roster import queries as roster
from crescendo.roster.models import Characteristic, Organisation, Student
from crescendo.roster.viewer import Viewer
from crescendo.ui import charts, terms, vocabulary
from edmeasures.indicator import Indicator

SCHOOL_COLUMNS = ("attendance_rate", "chronic_absence", "benchmark_risk", "coursework_completion")


def describe_reports(*, viewer: Viewer) -> dict[str, object]:
    """Organisations open to the viewer, largest first, and the definitions by subject."""
    open_to = result_scope(viewer).organisations
    places = Organisation.objects.filter(pk__in=open_to, ended_on__isnull=True).order_by("name", "id")
    return {
        "districts": [place for place in places if place.kind != Organisation.Kind.SCHOOL],
        "schools": [place for place in places if place.kind == Organisation.Kind.SCHOOL],
        "subjects": indicators.list_definitions(),
    }


def describe_school(*, viewer: Viewer, school: Organisation) -> dict[str, object]:
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        return {"organisation": school, "run": None}
    return _numbers(viewer, school, run, result_scope(viewer))


def describe_district(*, viewer: Viewer, district: Organisation) -> dict[str, object]:
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        return {"organisation": district, "run": None}
    scope = result_scope(viewer)
    below = Organisation.objects.filter(
        pk__in=set(roster.list_subtree_ids(district.pk)) & scope.organisations,
        kind=Organisation.Kind.SCHOOL,
        ended_on__isnull=True,
    ).order_by("name", "id")
    schools = list(below)
    numbers = indicators.list_organisation_numbers(
        viewer=viewer,
        organisation_ids=[school.pk for school in schools],
        run=run,
        indicators=SCHOOL_COLUMNS,
        scope=scope,
    )
    packs = indicators.first_packs(SCHOOL_COLUMNS)
    found = {(n.organisation_id, n.indicator): n for n in numbers if n.rule_pack == packs[n.indicator]}
    return _numbers(viewer, district, run, scope) | {
        "columns": [indicators.get_definition(code) for code in SCHOOL_COLUMNS],
        "schools": [
            {"school": school, "numbers": [found.get((school.pk, code)) for code in SCHOOL_COLUMNS]}
            for school in schools
        ],
    }


def _numbers(
    viewer: Viewer, organisation: Organisation, run: MeasurementRun, scope: ResultScope
) -> dict[str, object]:
    """Every number of the organisation, the first four apart, and its attendance week by week."""
    everything = shown.list_shown(viewer=viewer, organisation=organisation, run=run, scope=scope)
    first = shown.first_of(everything)
    targets = indicators.list_targets(
        viewer=viewer, organisation_id=organisation.pk, school_year=run.school_year
    )
    pair = indicators.find_series(
        viewer=viewer, organisation_id=organisation.pk, indicator="attendance_rate", run=run, scope=scope
    )
    target = targets.get("attendance_rate")
    return {
        "organisation": organisation,
        "run": run,
        "first": first,
        "everything": everything,
        "shows_above": any(item.above and item.above.is_evaluated for item in everything),
        "chart": shown.series_chart(pair, target=target.value if target else None),
        "may_see_students": viewer.may("students.see") and organisation.pk in scope.unhidden,
    }


def describe_indicator(
    *, viewer: Viewer, organisation: Organisation, definition: Indicator
) -> dict[str, object]:
    run = indicators.find_shown_run(viewer=viewer)
    context = {"organisation": organisation, "definition": definition, "run": run}
    if run is None:
        return context
    scope = result_scope(viewer)
    code = definition.code
    compared = indicators.compare_organisation(
        viewer=viewer, organisation=organisation, run=run, indicators=[code], scope=scope
    )
    chosen = shown.list_shown(viewer=viewer, organisation=organisation, run=run, scope=scope, codes=[code])
    pair = indicators.find_series(
        viewer=viewer, organisation_id=organisation.pk, indicator=code, run=run, scope=scope
    )
    return context | {
        "shown": chosen[0] if chosen else None,
        "packs": [(spoken.pack_title(c.here.rule_pack), c.here) for c in compared],
        "chart": shown.series_chart(pair),
        "groups": _group_charts(viewer, organisation, definition, run, scope),
        "similar": similar.describe(
            viewer=viewer, school=organisation, definition=definition, run=run, scope=scope
        ),
        "kind": words.kind_of(definition),
        "flagged": _flagged(viewer, organisation, definition, run, scope),
    }


def _group_charts(
    viewer: Viewer, organisation: Organisation, definition: Indicator, run: MeasurementRun, scope: ResultScope
) -> list[charts.Chart]:
    """By grade, then by each characteristic that the site reports by."""
    pack = indicators.first_packs([definition.code])[definition.code]
    kept = Characteristic.objects.filter(is_reported=True).order_by("code")
    cuts = {"grade_level": terms.word("grade")} | {c.code: vocabulary.known_word(c.title) for c in kept}
    found = []
    numbers = indicators.list_organisation_numbers(
        viewer=viewer,
        organisation_ids=[organisation.pk],
        run=run,
        indicators=[definition.code],
        characteristic=list(cuts),
        scope=scope,
    )
    for code, title in cuts.items():
        chosen = [n for n in numbers if n.rule_pack == pack and n.characteristic == code]
        labels = {n.group_value: grade_words(n.group_value) for n in chosen} if code == "grade_level" else {}
        chart = shown.group_chart(
            _("%(title)s by %(cut)s") % {"title": definition.title, "cut": title}, chosen, labels
        )
        if chart and any(n.is_evaluated for n in chosen):
            found.append(chart)
    return found


def _flagged(
    viewer: Viewer, organisation: Organisation, definition: Indicator, run: MeasurementRun, scope: ResultScope
) -> list[Student] | None:
    """The students behind the number, for those who may see every student of the school; None for everybody else."""
    is_theirs = organisation.pk in scope.unhidden and organisation.kind == Organisation.Kind.SCHOOL
    if not (definition.flag and is_theirs and scope.shows_small(organisation.pk, "", definition.code)):
        return None
    pack = indicators.first_packs([definition.code])[definition.code]
    rows = indicators.list_flagged_students(
        viewer=viewer, school_id=organisation.pk, indicator=definition.code, rule_pack=pack, run=run
    )
    return list(
        roster.list_students(viewer=viewer)
        .filter(pk__in=[row.student_id for row in rows])
        .order_by("sort_key", "id")
    )
