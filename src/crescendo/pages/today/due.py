"""What waits for this person or is due: imports, coaching, support, steps and goals of plans."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.coaching import queries as coaching
from crescendo.imports.models import ImportRun
from crescendo.indicators.models import MeasurementRun
from crescendo.plans import queries as plans
from crescendo.plans.models import Plan
from crescendo.roster.viewer import Viewer
from crescendo.support import queries as support

from .thing import Thing

A_WEEK = timedelta(days=7)
WITHOUT_A_CHECK = timedelta(days=28)


def imports_waiting(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For whoever agrees to imports: how many wait."""
    if not viewer.may("imports.approve"):
        return
    waiting = ImportRun.objects.filter(state=ImportRun.State.WAITING).count()
    if waiting:
        sentence = ngettext(
            "%(n)s import is waiting for your OK.", "%(n)s imports are waiting for your OK.", waiting
        ) % {"n": waiting}
        yield Thing(sentence, _("Look at it"), reverse("imports:import_list"))


def coaching_due(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For the two people of a coaching agreement, and nobody else."""
    if viewer.staff_id is None:
        return
    for one in coaching.list_due(viewer=viewer):
        yield Thing(one.sentence, one.action, one.href)


def support_due(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """For who gives support: what is to be looked back on, and who had no session lately."""
    for one in support.list_due(viewer=viewer):
        yield Thing(one.sentence, one.action, one.href, one.detail)


def plans_due(viewer: Viewer, run: MeasurementRun | None) -> Iterator[Thing]:
    """Steps this person answers for, due within a week; then goals of theirs that are due or long without a check."""
    if viewer.staff_id is None:
        return
    for action in plans.list_actions_due(viewer=viewer, until=viewer.on + A_WEEK):
        day = date_format(action.due_on, "MONTH_DAY_FORMAT")
        words = (
            _("“%(what)s” has been due since %(day)s.")
            if action.due_on < viewer.on
            else _("“%(what)s” is due on %(day)s.")
        )
        yield Thing(
            words % {"what": action.what, "day": day},
            _("Open the plan"),
            reverse("plans:plan_page", args=[action.plan_id]),
            detail=action.plan.title,
        )
    yield from _goals(viewer)


def _goals(viewer: Viewer) -> Iterator[Thing]:
    """Goals this person owns. A student's goal comes with support, which says itself what is due."""
    owned = (
        plans.list_plans(viewer=viewer)
        .filter(owner_id=viewer.staff_id, state=Plan.State.ACTIVE)
        .exclude(subject_kind=Plan.SubjectKind.STUDENT)
        .annotate(checked_on=Max("check_ins__on"))
    )
    for plan in owned:
        href = reverse("plans:plan_page", args=[plan.pk])
        if plan.due_on <= viewer.on:
            words = _("The goal “%(title)s” has come to its day. What came of it?") % {"title": plan.title}
            yield Thing(words, _("Look back"), href)
        elif (plan.checked_on or plan.begins_on) + WITHOUT_A_CHECK <= viewer.on:
            words = _("How is “%(title)s” going?") % {"title": plan.title}
            since = date_format(plan.checked_on or plan.begins_on, "MONTH_DAY_FORMAT")
            yield Thing(
                words, _("Say how it goes"), href, detail=_("Nobody has said since %(day)s.") % {"day": since}
            )
