"""The tables that rows can be handed over to, in the order in which they are applied."""

from .declaration import FACT_REFERENCES, Target
from .records import RECORDS
from .roster import ROSTER

TARGETS: dict[str, Target] = {target.name: target for target in (*ROSTER, *RECORDS)}
ORDER: dict[str, int] = {name: position for position, name in enumerate(TARGETS)}


def get_target(name: str) -> Target:
    """The target of that name; a wrong name is a programming error and says so."""
    try:
        return TARGETS[name]
    except KeyError:
        raise ValueError(f"There is no target '{name}'. Use one of: {', '.join(TARGETS)}.") from None


__all__ = ["FACT_REFERENCES", "ORDER", "TARGETS", "Target", "get_target"]
