"""Everything that goes into the package, file by file, in the order in which files point at each other."""

from crescendo.imports.exchange import Exchange

from . import fetching, gradebook, kept, people, places
from .desk import Desk


def make(desk: Desk, exchange: Exchange) -> None:
    """Fetch what is live and say what each file holds."""
    fetching.fetch(desk, exchange)
    places.make(desk)
    people.make(desk)
    gradebook.make(desk)
    kept.make(desk)
