"""What can be done about a finding: the `NEXT_STEPS` of every installed app. Insights names none of them.

An acting app puts the tuple into its `next_steps.py`; the files are found at start-up, as Django finds `admin.py`.
"""

import sys
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from crescendo.core.next_steps import Finding, NextStep
from crescendo.roster.viewer import Viewer


@dataclass(frozen=True)
class Step:
    """One button under a finding."""

    code: str
    label: str
    href: str
    takes_students: bool = False


@cache
def registered() -> tuple[NextStep, ...]:
    """Every next step, in the order of the installed apps."""
    found: dict[str, NextStep] = {}
    for config in apps.get_app_configs():
        module = sys.modules.get(f"{config.name}.next_steps")
        for step in getattr(module, "NEXT_STEPS", ()):
            if step.code in found:
                raise ImproperlyConfigured(
                    f"{config.name}.next_steps: '{step.code}' is offered by another app too."
                )
            found[step.code] = step
    return tuple(found.values())


def steps_for(viewer: Viewer, finding: Finding) -> list[Step]:
    """What this viewer may do about the finding: only steps made for its kind of subject, only those they may take."""
    return [
        Step(step.code, str(step.label), step.href(finding), step.takes_students)
        for step in registered()
        if finding.subject_kind in step.subject_kinds and step.may(viewer, finding)
    ]
