"""What moved at the places whose numbers this person follows, how they stand, and what is missing in their data."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crescendo.core import numbers as printed
from crescendo.core.next_steps import Finding
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.permissions import result_scope
from crescendo.insights import goes_with as linked
from crescendo.insights.findings import places as findings
from crescendo.insights.linked_words import no_cause
from crescendo.pages import organisation_numbers as shown
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer
from crescendo.ui import printing

from .thing import Thing


def _place(viewer: Viewer) -> Organisation | None:
    """Where this person works, by their first post."""
    ids = [post.organisation_id for post in viewer.posts]
    return Organisation.objects.filter(pk__in=ids).order_by("id").first() if ids else None


def moved(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """More than the usual ups and downs: at their own place, then at schools below it."""
    place = _place(viewer) if run and viewer.may("results.see") else None
    if place is None:
        return
    scope = result_scope(viewer)
    for finding in findings.list_moved(viewer=viewer, organisation=place, run=run, scope=scope):
        yield _thing(finding, place)
    if place.kind != Organisation.Kind.SCHOOL:
        for school, finding in findings.list_moved_schools(
            viewer=viewer, organisation=place, run=run, scope=scope
        ):
            yield _thing(finding, school)


def _thing(finding: Finding, place: Organisation) -> Thing:
    return Thing(
        f"{place.name}: {finding.sentence}",
        _("See the weeks"),
        reverse("pages:organisation_indicator", args=[place.pk, finding.indicator]),
        detail=" ".join(finding.reasons),
    )


def goes_together(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For whoever plans for a school or district: what clearly goes with test scores there."""
    place = _place(viewer) if run and viewer.may("plans.write") else None
    if place is None:
        return
    for sentence, subject in linked.list_clear(viewer=viewer, organisation=place):
        href = reverse("insights:goes_with", args=[place.pk]) + "?" + urlencode({"subject": subject})
        yield Thing(sentence, _("Look at them together"), href, detail=no_cause())


def level(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """How attendance stands beside the same time last year."""
    place = _place(viewer) if run and viewer.may("results.see") else None
    if place is None:
        return
    rows = shown.list_shown(
        viewer=viewer, organisation=place, run=run, scope=result_scope(viewer), codes=["attendance_rate"]
    )
    for item in rows:
        if not item.number.is_evaluated:
            continue
        href = reverse("pages:organisation_indicator", args=[place.pk, item.number.indicator])
        words = _("At %(name)s, students were in school %(percent)s of the time.") % {
            "name": place.name,
            "percent": printed.percent(item.number.value),
        }
        change = printing.change(item.change, since=item.since, better="up")
        if change is None:
            yield Thing(words, _("See attendance"), href)
        else:
            sentence = _("Attendance: %(change)s.") % {"change": change.words[0].lower() + change.words[1:]}
            yield Thing(sentence, _("See attendance"), href, detail=words)


def gaps(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """What is missing, for whoever looks after the data."""
    place = _place(viewer) if run and viewer.may("quality.see") else None
    if place is None:
        return
    for finding in findings.list_gaps(viewer=viewer, organisation=place, run=run, scope=result_scope(viewer)):
        href = reverse("pages:organisation_indicator", args=[place.pk, finding.indicator])
        yield Thing(finding.sentence, _("See which"), href, detail=" ".join(finding.reasons))
