"""What is known about one student that could need support: the finding with its reasons, and the numbers behind it."""

from collections.abc import Sequence

from crescendo.core.next_steps import Finding
from crescendo.indicators import queries as indicators
from crescendo.insights import findings
from crescendo.roster.viewer import Viewer

from . import tested, wording


def find_about(*, viewer: Viewer, student_id: int) -> Finding | None:
    """The finding about this student as `insights` says it today; None where nothing asks for a look."""
    found = findings.list_findings(viewer=viewer, student_id=student_id)
    return found[0] if found else None


def list_sentences(*, viewer: Viewer, student_ids: Sequence[int], test: str = "") -> dict[int, str]:
    """Each student's finding in its first sentence, for a list to choose from; about a test, their own score in it."""
    found = findings.list_student_findings(viewer=viewer, student_ids=student_ids)
    said = {student_id: finding.sentence for student_id, finding in found.items()}
    below = tested.list_below(viewer=viewer, test=test) if test else {}
    return said | {student_id: wording.scored_below(*pair) for student_id, pair in below.items()}


def list_indicators(*, viewer: Viewer, student_id: int) -> list[str]:
    """The numbers that the finding's reasons rest on, strongest first: support can be about any of them."""
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        return []
    numbers = indicators.list_student_numbers(viewer=viewer, student_id=student_id, run=run)
    packs = indicators.first_packs({number.indicator for number in numbers})
    first = [number for number in numbers if number.rule_pack == packs[number.indicator]]
    return list(dict.fromkeys(reason.indicator for reason in findings.list_reasons(first)))
