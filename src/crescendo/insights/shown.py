"""A finding as pages show it: its sentence, why, and what can be done."""

from collections.abc import Iterable
from dataclasses import dataclass

from crescendo.core.next_steps import Finding
from crescendo.roster.viewer import Viewer

from .next_steps import Step, steps_for


@dataclass(frozen=True)
class Shown:
    """One finding with its buttons."""

    finding: Finding
    steps: list[Step]


def with_steps(viewer: Viewer, findings: Iterable[Finding], *, most: int = 5) -> list[Shown]:
    """The first findings with what this viewer may do about each. Lists of people ask for no steps: see their pages."""
    return [
        Shown(finding, steps_for(viewer, finding)) for finding, _n in zip(findings, range(most), strict=False)
    ]
