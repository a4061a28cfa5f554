"""What moved at a school or district more than usual, and what is missing in its data."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crescendo.core import numbers as printed
from crescendo.core.next_steps import Finding
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun, Series
from crescendo.indicators.numbers import Number, points
from crescendo.indicators.permissions import ResultScope, result_scope
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer

from . import groups, weeks

MOVED, GAP = "moved", "data_gap"
STALE_AFTER = 2  # school days without any attendance sent
# The numbers watched week by week, most telling first. Behaviour has its own permission and is not among them.
WATCHED = ("attendance_rate", "coursework_completion", "class_participation", "late_work")
NAMES = {
    "attendance_rate": gettext_lazy("Attendance"),
    "coursework_completion": gettext_lazy("Work handed in"),
    "class_participation": gettext_lazy("Taking part in lessons"),
    "late_work": gettext_lazy("Work handed in late"),
}


def list_place_findings(
    *,
    viewer: Viewer,
    organisation: Organisation,
    run: MeasurementRun | None = None,
    scope: ResultScope | None = None,
) -> list[Finding]:
    """What moved (to the bad before to the good), which reasons students share, what is missing; as the viewer may see."""
    run = run or indicators.find_shown_run(viewer=viewer)
    scope = scope or result_scope(viewer)
    if run is None or not scope.allows(organisation.pk):
        return []
    asked = {"viewer": viewer, "organisation": organisation, "run": run, "scope": scope}
    return [*list_moved(**asked), *list_shared(**asked), *list_gaps(**asked)]


def list_moved(
    *, viewer: Viewer, organisation: Organisation, run: MeasurementRun, scope: ResultScope
) -> list[Finding]:
    """The organisation's weekly numbers that moved more than usual, to the bad before to the good."""
    moved = sorted(_moved(viewer, organisation, run, scope), key=lambda found: found[0])
    return [finding for _good, finding in moved]


def list_moved_schools(
    *, viewer: Viewer, organisation: Organisation, run: MeasurementRun, scope: ResultScope
) -> list[tuple[Organisation, Finding]]:
    """The schools below whose attendance moved more than usual, by name; those fallen before those risen."""
    code = "attendance_rate"
    ids = set(roster.list_subtree_ids(organisation.pk)) & scope.organisations - {organisation.pk}
    rows = Series.objects.filter(
        run_id=run.pk,
        organisation_id__in=ids,
        indicator=code,
        rule_pack=indicators.first_packs([code])[code],
    )
    shown = {
        n.organisation_id
        for n in indicators.list_organisation_numbers(
            viewer=viewer, organisation_ids=sorted(ids), run=run, indicators=[code], scope=scope
        )
        if n.is_evaluated
    }  # a series is hidden with the number of everyone that it leads to
    schools = Organisation.objects.filter(pk__in=shown, kind=Organisation.Kind.SCHOOL).in_bulk()
    found = []
    for series in rows.order_by("organisation_id"):
        moved = weeks.judge(points(series), run.as_of) if series.organisation_id in schools else None
        if moved is not None:
            school = schools[series.organisation_id]
            found.append((moved.is_up, school, _moved_finding(school, code, moved, run)))
    return [(school, finding) for _up, school, finding in sorted(found, key=lambda f: (f[0], f[1].name))]


def _moved(
    viewer: Viewer, organisation: Organisation, run: MeasurementRun, scope: ResultScope
) -> Iterator[tuple[bool, Finding]]:
    pairs = indicators.list_series(
        viewer=viewer,
        organisation_id=organisation.pk,
        packs=indicators.first_packs(WATCHED),
        run=run,
        scope=scope,
    )
    for code in WATCHED:
        found = weeks.judge(pairs[code].this_year, run.as_of) if code in pairs else None
        if found is None:
            continue
        is_good = found.is_up == (indicators.get_definition(code).direction == "higher")
        yield is_good, _moved_finding(organisation, code, found, run)


def _moved_finding(organisation: Organisation, code: str, found: weeks.Moved, run: MeasurementRun) -> Finding:
    return Finding(
        kind=MOVED,
        subject_kind="organisation",
        subject_id=organisation.pk,
        sentence=_sentence(code, found),
        indicator=code,
        value=found.now,
        as_of=run.as_of,
        reasons=(_usual(found),),
    )


def _sentence(code: str, found: weeks.Moved) -> str:
    values = {
        "name": NAMES[code],
        "weeks": found.weeks,
        "now": printed.percent(found.now),
        "usual": printed.percent(found.usual),
    }
    if found.how == weeks.LEVEL:
        if found.is_up:
            return _("%(name)s has been higher for %(weeks)s weeks: %(now)s, before that %(usual)s.") % values
        return _("%(name)s has been lower for %(weeks)s weeks: %(now)s, before that %(usual)s.") % values
    if found.is_up:
        return _("%(name)s was unusually high in the last whole week: %(now)s, usually %(usual)s.") % values
    return _("%(name)s was unusually low in the last whole week: %(now)s, usually %(usual)s.") % values


def _usual(found: weeks.Moved) -> str:
    lower, upper = (printed.percent(min(max(limit, 0.0), 1.0), 0) for limit in (found.lower, found.upper))
    if found.how == weeks.LEVEL:
        return _(
            "More than the usual ups and downs: chance alone rarely keeps a number on one side for %(weeks)s weeks."
        ) % {"weeks": found.weeks}
    return _(
        "More than the usual ups and downs: single weeks usually lie between %(lower)s and %(upper)s."
    ) % {
        "lower": lower,
        "upper": upper,
    }


def list_shared(
    *, viewer: Viewer, organisation: Organisation, run: MeasurementRun, scope: ResultScope
) -> list[Finding]:
    """How many students here share a reason, for those who may see who they are."""
    if organisation.pk not in scope.unhidden or not viewer.may("students.see"):
        return []
    numbers = indicators.list_organisation_numbers(
        viewer=viewer, organisation_ids=[organisation.pk], run=run, indicators=groups.NAMED, scope=scope
    )
    packs = indicators.first_packs(groups.NAMED)
    found = []
    for number in numbers:
        if number.rule_pack == packs[number.indicator] and number.n_flagged and number.n_students:
            found += groups.same_reason(
                subject_kind="organisation",
                subject_id=organisation.pk,
                counts={number.indicator: number.n_flagged},
                of=number.n_students,
                as_of=run.as_of,
            )
    return sorted(found, key=lambda finding: -(finding.value or 0))


def list_gaps(
    *, viewer: Viewer, organisation: Organisation, run: MeasurementRun, scope: ResultScope
) -> Iterator[Finding]:
    """What is missing in the organisation's data, as far as it has been measured."""
    found = indicators.list_organisation_numbers(
        viewer=viewer,
        organisation_ids=[organisation.pk],
        run=run,
        indicators=("data_freshness", "recorded_share"),
        scope=scope,
    )
    packs = indicators.first_packs({number.indicator for number in found})
    numbers = {n.indicator: n for n in found if n.rule_pack == packs[n.indicator] and n.is_evaluated}
    stale = numbers.get("data_freshness")
    if stale and (stale.value or 0) > STALE_AFTER:
        days = round(stale.value or 0)
        words = ngettext(
            "No attendance has arrived for %(n)s school day.",
            "No attendance has arrived for %(n)s school days.",
            days,
        )
        if organisation.kind != Organisation.Kind.SCHOOL:
            words = ngettext(
                "At one school or more, no attendance has arrived for %(n)s school day.",
                "At one school or more, no attendance has arrived for %(n)s school days.",
                days,
            )
        yield _gap(organisation, stale, words % {"n": printed.count(days)}, run)
    recorded = numbers.get("recorded_share")
    missing = round((recorded.denominator or 0) - (recorded.numerator or 0)) if recorded else 0
    if recorded and missing > 0:
        words = ngettext(
            "Attendance is unknown for %(n)s of %(all)s student-days: nothing was sent for them.",
            "Attendance is unknown for %(n)s of %(all)s student-days: nothing was sent for them.",
            missing,
        )
        values = {"n": printed.count(missing), "all": printed.count(recorded.denominator or 0)}
        yield _gap(organisation, recorded, words % values, run)


def _gap(organisation: Organisation, number: Number, sentence: str, run: MeasurementRun) -> Finding:
    return Finding(
        kind=GAP,
        subject_kind="organisation",
        subject_id=organisation.pk,
        sentence=sentence,
        indicator=number.indicator,
        value=number.value,
        as_of=run.as_of,
        reasons=(_("Days without attendance are unknown, not perfect: they are left out of every rate."),),
    )
