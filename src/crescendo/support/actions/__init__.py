"""Every write of support. The goal, check-ins, reviews and the close go through `plans`; each leaves a line in the trail."""

from .forgetting import forget_student
from .giving import (
    close_support,
    log_delivery,
    record_progress,
    review_support,
    take_back_delivery,
    tell_family,
)
from .opening import open_support, open_support_for_class, open_support_for_several

__all__ = [
    "close_support",
    "forget_student",
    "log_delivery",
    "open_support",
    "open_support_for_class",
    "open_support_for_several",
    "record_progress",
    "review_support",
    "take_back_delivery",
    "tell_family",
]
