"""What support offers about a finding: open a support plan, for one student or for those behind a school's number."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crescendo.core.next_steps import Finding, NextStep
from crescendo.roster.viewer import Viewer

from . import permissions, tested


def _may(viewer: Viewer, finding: Finding) -> bool:
    return permissions.may_support_student(viewer, finding.subject_id)


def _may_several(viewer: Viewer, finding: Finding) -> bool:
    """Only about a number that flags students one by one, or a test with a benchmark; for who may support some of
    them."""
    if not permissions.may_open(viewer):
        return False
    return finding.indicator in permissions.NAMED_BY or bool(tested.list_benchmarks(finding.test))


def _open(finding: Finding) -> str:
    query = {"student": finding.subject_id, "indicator": finding.indicator, "finding": finding.kind}
    return f"{reverse('support:support_open')}?{urlencode({k: v for k, v in query.items() if v})}"


def _open_several(finding: Finding) -> str:
    query = {"indicator": finding.indicator, "test": finding.test}
    known = urlencode({key: value for key, value in query.items() if value})
    return f"{reverse('support:support_open_several')}?{known}"


def _may_class(viewer: Viewer, finding: Finding) -> bool:
    return permissions.may_support_class(viewer, finding.subject_id)


def _open_class(finding: Finding) -> str:
    query = {"class": finding.subject_id, "test": finding.test}
    known = urlencode({key: value for key, value in query.items() if value})
    return f"{reverse('support:support_open_class')}?{known}"


def href_for_class(*, viewer: Viewer, class_id: int) -> str:
    """Where support for this class begins; '' for who may not open it."""
    if not permissions.may_support_class(viewer, class_id):
        return ""
    return _open_class(Finding("", "class", class_id, ""))


def href_for_student(*, viewer: Viewer, student_id: int) -> str:
    """Where support for this student begins when no number asks for a look; '' for who may not open it."""
    if not permissions.may_support_student(viewer, student_id):
        return ""
    return _open(Finding("", "student", student_id, ""))


NEXT_STEPS = (
    NextStep(
        code="support.open",
        label=_("Open a support plan"),
        subject_kinds=frozenset({"student"}),
        may=_may,
        href=_open,
    ),
    NextStep(
        code="support.open_several",
        label=_("Open support for several students"),
        subject_kinds=frozenset({"organisation", "class"}),
        may=_may_several,
        href=_open_several,
        takes_students=True,
    ),
)
