"""Where people find what an import brought. The apps that show it register their pages in `AppConfig.ready()`; imports
name none of them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise

from crescendo.roster.viewer import Viewer


@dataclass(frozen=True)
class Place:
    """One page that shows rows of some kinds: its words, its address, who may open it."""

    targets: frozenset[str]
    label: Promise
    url_name: str
    may: Callable[[Viewer], bool]


_places: dict[str, Place] = {}


def register(targets: Collection[str], label: Promise, url_name: str, may: Callable[[Viewer], bool]) -> None:
    """Called once, from `AppConfig.ready()`."""
    _places[url_name] = Place(frozenset(targets), label, url_name, may)


def list_places(targets: Collection[str], viewer: Viewer) -> list[Place]:
    """The pages on which this viewer finds rows of these kinds."""
    return [one for one in _places.values() if one.targets & set(targets) and one.may(viewer)]
