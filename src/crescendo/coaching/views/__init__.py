"""The pages of coaching. Each asks first whose it is: anybody but the two people finds nothing there."""

from .agreements import (
    agreement_answer,
    agreement_invite,
    agreement_page,
    agreement_stop,
    coaching_counts,
    coaching_list,
)
from .cycles import cycle_review, cycle_start, step_check, step_set
from .sessions import feedback_give, session_call_off, session_page, session_plan

__all__ = [
    "agreement_answer",
    "agreement_invite",
    "agreement_page",
    "agreement_stop",
    "coaching_counts",
    "coaching_list",
    "cycle_review",
    "cycle_start",
    "feedback_give",
    "session_call_off",
    "session_page",
    "session_plan",
    "step_check",
    "step_set",
]
