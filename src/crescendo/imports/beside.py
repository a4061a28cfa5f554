"""What stands beside the imports: pages of apps to the right that whoever brings files in wants to find from here.

The apps register themselves in `AppConfig.ready()`; imports name none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from crescendo.roster.viewer import Viewer


@dataclass(frozen=True)
class Neighbour:
    """One page: its question, its address and who may open it."""

    label: Promise
    url_name: str
    may: Callable[[Viewer], bool]


_neighbours: dict[str, Neighbour] = {}


def register(label: Promise, url_name: str, may: Callable[[Viewer], bool]) -> None:
    """Called once, from `AppConfig.ready()`."""
    _neighbours[url_name] = Neighbour(label, url_name, may)


def list_neighbours(viewer: Viewer) -> list[Neighbour]:
    """The pages that this viewer may open."""
    return [one for one in _neighbours.values() if one.may(viewer)]
