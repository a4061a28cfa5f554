"""What the process that counts marks keeps between two passes, so that the next mark of a school costs little.

All of it can be thrown away at any moment: the facts are checked against their counters each time (`FactChange`), and
what a run's roll-ups were added up from belongs to that run. Whoever loses the lock of `live_worker` begins with an
empty one.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import pyarrow as pa

MOST_SCHOOLS = 8
Kept = dict[str, tuple[tuple[object, ...], pa.Table]]  # by table: the version it was read at, and its rows


@dataclass(frozen=True)
class Bases:
    """The parts of each block of students, and the reference tables, as the run holds them by now."""

    parts: dict[str, pa.Table]
    references: dict[str, pa.Table]


@dataclass
class Memory:
    """The run's bases, and the facts of the schools that were marked last."""

    run_id: int | None = None
    bases: Bases | None = None
    schools: OrderedDict[int, Kept] = field(default_factory=OrderedDict)

    def begin(self, run_id: int) -> None:
        """Another run has other bases and another day."""
        if run_id != self.run_id:
            self.forget()
            self.run_id = run_id

    def forget(self) -> None:
        """Whatever a pass that failed may have changed is read again."""
        self.run_id, self.bases = None, None
        self.schools.clear()

    def facts_of(self, school_id: int) -> Kept:
        """The kept tables of a school. The school marked longest ago makes room."""
        kept = self.schools.setdefault(school_id, {})
        self.schools.move_to_end(school_id)
        while len(self.schools) > MOST_SCHOOLS:
            self.schools.popitem(last=False)
        return kept
