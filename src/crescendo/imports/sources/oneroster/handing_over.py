"""From OneRoster's rows to our targets, in the order in which they depend on each other."""

from crescendo.imports.bench import Workbench

from . import gradebook, kept, people, places, spells
from .package import Delivery


def hand_over(bench: Workbench, delivery: Delivery) -> None:
    """Hand every file over; each row of each file ends in a target."""
    _make_lookups(bench, delivery)
    places.hand_over(bench, delivery)
    people.hand_over(bench, delivery)
    spells.hand_over(bench, delivery)
    gradebook.hand_over(bench, delivery)
    kept.hand_over(bench, delivery)


def _make_lookups(bench: Workbench, delivery: Delivery) -> None:
    """Sessions and classes as they will be: those of the package before those stored from this source."""
    places.make_sessions(bench, delivery)
    places.make_schools(bench, delivery)
    places.make_classes(bench, delivery)
    people.make_kinds(bench, delivery)
