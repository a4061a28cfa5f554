"""What plans offer about a finding: a plan for the school or district, a goal for the class."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crescendo.core.next_steps import Finding, NextStep
from crescendo.records import permissions as records
from crescendo.roster.viewer import Viewer

from . import permissions


def _may_plan(viewer: Viewer, finding: Finding) -> bool:
    return permissions.leads_plans_of(viewer, finding.subject_id)


def _may_set_a_goal(viewer: Viewer, finding: Finding) -> bool:
    return records.teaches(viewer, finding.subject_id)


def _open(finding: Finding) -> str:
    """The opening page with what is known: about whom, by which number, and the finding's own sentence."""
    query = {
        finding.subject_kind: finding.subject_id,
        "indicator": finding.indicator,
        "finding": finding.sentence,
    }
    return f"{reverse('plans:plan_open')}?{urlencode({key: value for key, value in query.items() if value})}"


NEXT_STEPS = (
    NextStep(
        code="plans.open_organisation",
        label=_("Open a school plan"),
        subject_kinds=frozenset({"organisation"}),
        may=_may_plan,
        href=_open,
    ),
    NextStep(
        code="plans.open_class",
        label=_("Set a goal for this class"),
        subject_kinds=frozenset({"class"}),
        may=_may_set_a_goal,
        href=_open,
    ),
)
