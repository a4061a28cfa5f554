"""Refusals that a page can answer better than with their words."""

from crescendo.core.errors import Refused


class AlreadyOpen(Refused):
    """The same person opened the same goal a moment ago: the page goes to that one."""

    def __init__(self, message: str, plan_id: int) -> None:
        super().__init__(message)
        self.plan_id = plan_id
