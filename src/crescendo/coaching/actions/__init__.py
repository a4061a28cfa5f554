"""Every write of coaching. Each leaves a line in the trail with ids alone, and tells the other of the two."""

from .agreements import accept, close, decline, invite, remind_quiet_pairs, stop
from .cycles import review_cycle, start_cycle
from .sessions import call_off, give_feedback, note_privately, plan_session, write_session
from .steps import end_step, mark_practised, mark_seen, set_step

__all__ = [
    "accept",
    "call_off",
    "close",
    "decline",
    "end_step",
    "give_feedback",
    "invite",
    "mark_practised",
    "mark_seen",
    "note_privately",
    "plan_session",
    "remind_quiet_pairs",
    "review_cycle",
    "set_step",
    "start_cycle",
    "stop",
    "write_session",
]
