"""What needs somebody today: at most five plain sentences, each with its reason and one button.

The order is that of urgency: what others wait for, what is due, what the day's lessons ask, what moved more than usual,
who needs a look, what is missing. No kind fills the page: each gives a few, so that the next is still seen.
"""

from collections.abc import Callable, Iterator
from itertools import chain, islice

from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun
from crescendo.roster.viewer import Viewer

from . import begin, due, people, places
from .thing import Thing

__all__ = ["MOST", "Thing", "list_things"]

MOST = 5
Kind = Callable[[Viewer, MeasurementRun | None], Iterator[Thing]]
# Each kind with the most it may give.
KINDS: tuple[tuple[Kind, int], ...] = (
    (begin.set_up, 1),
    (due.imports_waiting, 1),
    (due.coaching_due, 2),
    (due.support_due, 2),
    (due.plans_due, 2),
    (people.registers, 1),
    (people.lessons, 1),
    (people.children, MOST),
    (people.own_record, 1),
    (places.moved, 2),
    (people.students, 3),
    (places.goes_together, 1),
    (places.level, 1),
    (places.gaps, 1),
    (people.posts_ending, 1),
)


def list_things(*, viewer: Viewer) -> list[Thing]:
    """The first five of everything that concerns this viewer, most urgent kind first."""
    run = indicators.find_shown_run(viewer=viewer)
    found = chain.from_iterable(islice(kind(viewer, run), most) for kind, most in KINDS)
    return list(islice(found, MOST))
