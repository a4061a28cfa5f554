"""The findings about one student, for the page that opens support."""

from crescendo.core.next_steps import Finding
from crescendo.roster.viewer import Viewer


def list_about(*, viewer: Viewer, student_id: int) -> list[Finding]:
    return []
