"""The tables of coaching: all V1, but for private notes, which are V0."""

from .agreements import Agreement, Cycle, Kind, Review
from .sessions import ActionStep, Feedback, PrivateNote, Session, Stage

__all__ = [
    "ActionStep",
    "Agreement",
    "Cycle",
    "Feedback",
    "Kind",
    "PrivateNote",
    "Review",
    "Session",
    "Stage",
]
