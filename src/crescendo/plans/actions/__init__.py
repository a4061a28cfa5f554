"""Every write of plans, each with a line in the trail beside it."""

from .closing import close_plan, review_plan
from .opening import begin_plan, open_plan
from .teams import make_team
from .working import add_action, change_goal, check_in, finish_action, share_plan, stop_sharing

__all__ = [
    "add_action",
    "begin_plan",
    "change_goal",
    "check_in",
    "close_plan",
    "finish_action",
    "make_team",
    "open_plan",
    "review_plan",
    "share_plan",
    "stop_sharing",
]
