"""Who needs help and why, which number moved more than usual, and where the data have gaps: findings with reasons.

A finding rests on published numbers, says them in plain sentences, and carries no score. People with more reasons come
first, then the order is that of names. Nothing about who somebody is (language, income, origin) is ever a reason (D12).
"""

from crescendo.core.next_steps import Finding
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer

from .ordering import count_reasons, list_ids_by_reasons
from .places import list_place_findings
from .students import (
    CODES,
    Numbers,
    Reason,
    find_student_finding,
    list_class_findings,
    list_numbers,
    list_reasons,
    list_student_findings,
)

__all__ = [
    "CODES",
    "Finding",
    "Numbers",
    "Reason",
    "count_reasons",
    "find_student_finding",
    "list_class_findings",
    "list_findings",
    "list_ids_by_reasons",
    "list_numbers",
    "list_place_findings",
    "list_reasons",
    "list_student_findings",
]


def list_findings(
    *,
    viewer: Viewer,
    student_id: int | None = None,
    class_id: int | None = None,
    organisation: Organisation | None = None,
) -> list[Finding]:
    """Findings about one student, the students of one class, or one school or district; empty where there are none."""
    if student_id is not None:
        found = find_student_finding(viewer=viewer, student_id=student_id)
        return [found] if found else []
    if class_id is not None:
        members = roster.list_class_students(viewer=viewer, class_id=class_id).values_list("pk", "sort_key")
        findings = list_student_findings(viewer=viewer, student_ids=[pk for pk, _key in members])
        keys = dict(members)
        return sorted(findings.values(), key=lambda f: (-len(f.reasons), keys[f.subject_id], f.subject_id))
    if organisation is not None:
        return list_place_findings(viewer=viewer, organisation=organisation)
    raise ValueError("Ask for the findings of one student, class or organisation.")
