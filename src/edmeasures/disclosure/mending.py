"""What has to be hidden of one measure's groups: closed family by family, then proven by linear programs, and more hidden
where the proof fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .attack import Attack, Incidence, Move
from .cells import Cells
from .cheapest import Cheapest
from .exchanges import Exchanges


class Family(NamedTuple):
    """Parts that add up to a whole, as positions of rows.

    `whole` is None where no page shows it. `rest` is what the whole has more than its parts, a group that nobody prints and
    everybody can work out; None where nothing adds up, because students count in two of the parts.
    """

    whole: int | None
    parts: list[int]
    rest: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees of a run's rows.

    Parameters
    ----------
    counts : sequence of int
        Students.
    coded : sequence of pair or None
        Where a range stands for a share: how many students it tells of, at least and at most.
    minimum : int
    hidden : list of str
        "", "primary" or "complementary". The reader knows which: from 1 to below the minimum, or the minimum at least.
    """

    counts: Sequence[int]
    coded: Sequence[tuple[float, float] | None]
    minimum: int
    hidden: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hidden[:] = ["primary" if 0 < n < self.minimum else "" for n in self.counts]

    def is_open(self, i: int) -> bool:
        return not self.hidden[i] and self.coded[i] is None

    def is_coded(self, i: int) -> bool:
        return not self.hidden[i] and self.coded[i] is not None

    def told(self, i: int) -> tuple[float, float]:
        """How many students a row has for all that a reader sees of it."""
        if self.hidden[i] == "primary":
            return 1, self.minimum - 1
        if self.hidden[i]:
            return self.minimum, np.inf
        return self.coded[i] or (self.counts[i], self.counts[i])

    def hide(self, i: int) -> None:
        self.hidden[i] = "complementary"


def _lack(shown: Shown, family: Family) -> float:
    """How many students' room the family is short of; 0 where nothing follows from it."""
    whole, parts, rest = family
    inexact = [(float(shown.counts[i]), shown.told(i)[0]) for i in parts if not shown.is_open(i)]
    inexact = [(n, low) for n, low in inexact if n]
    if rest:
        inexact.append((float(rest), 0.0))
    if whole is not None and not shown.is_open(whole):
        return 0.0 if inexact else 1.0
    if not inexact:
        return 0.0
    room = sum(n - low for n, low in inexact)
    # A small group must be able to grow to just below the minimum while the others shrink.
    lacks = [shown.minimum - 1 - n - (room - (n - low)) for n, low in inexact if n < shown.minimum]
    return max(0.0, float(len(inexact) < 2), *lacks)


def _next(shown: Shown, family: Family, lack: float) -> int | None:
    """The smallest open part that has room enough; the largest where none has; then the whole."""
    still_open = sorted((shown.counts[i], i) for i in family.parts if shown.counts[i] and shown.is_open(i))
    for n, i in still_open:
        if n - shown.minimum >= lack:
            return i
    if still_open:
        return max(still_open, key=lambda x: (x[0], -x[1]))[1]
    # The whole is the hidden number itself: the one school that teaches a grade, or schools too small together.
    return family.whole if family.whole is not None and shown.is_open(family.whole) else None


class Proof:
    """One measure's rows as cells, with what is left over of each whole, and the attacker's programs over them."""

    def __init__(self, shown: Shown, rows: Sequence[int], families: Sequence[Family]) -> None:
        self.shown, self.rows, self.families = shown, rows, families
        at = {i: c for c, i in enumerate(rows)}
        values, sums = [shown.counts[i] for i in rows], []
        self.rest_of: dict[int, int] = {}
        self.standing: dict[int, list[int]] = {i: [] for i in rows}
        for k, (whole, parts, rest) in enumerate(families):
            for i in parts if whole is None else (whole, *parts):
                self.standing[i].append(k)
            if whole is None or rest is None:
                continue
            if rest:
                self.rest_of[len(values)] = k
                values.append(rest)
            sums.append((at[whole], (*(at[i] for i in parts), *((len(values) - 1,) if rest else ()))))
        n = len(values)
        counts, is_count = np.array(values, dtype=np.int64), np.ones(n, dtype=bool)
        self.cells = Cells(tuple(range(n)), counts, tuple(sums), is_count, np.arange(n) < len(rows))
        self.incidence = Incidence.of(self.cells)

    def mend(self) -> None:
        """Close the families, and hide more around every exposed group, until none is exposed.

        Exposed is a small group of which some number from 1 to below the minimum can be ruled out by more than marks. What
        would follow if every number were a mark follows from "fewer than the minimum" itself (two such groups of a whole that
        is such a group are eight at most, of nine): to hide more for its sake would help nobody.
        """
        self._close(range(len(self.families)))
        exchanges = Exchanges(self.cells, *self._room())
        asked = [move for move in self._moves() if not exchanges.allow(move)]
        # What is possible stays so when more is hidden: only what was refused is asked again.
        asked = self._attack().refused(asked) if asked else []
        asked = self._beyond_marks(asked) if asked else []
        if asked:
            self._hide_cheapest(asked)
        while asked:
            attack = self._attack()
            helpers = {move: self._helper(move[0], attack) for move in attack.refused(asked)}
            asked = [move for move, helper in helpers.items() if helper is not None]
            for i in sorted({i for i in helpers.values() if i is not None}):
                self.shown.hide(i)
                self._close(self.standing[i])

    def _hide_cheapest(self, moves: list[Move]) -> None:
        """For one exposed group after the other the rows that cost least, totals last. Most need no more than that."""
        rows = len(self.rows)
        totals = sorted({whole for whole, _ in self.cells.sums if whole < rows})
        cheapest = Cheapest(self.incidence, self.cells.values, totals, self.shown.minimum)
        for move in moves:
            for c in cheapest.rows_for(move, *self._room()):
                if c < rows and not self.shown.hidden[self.rows[c]]:
                    self.shown.hide(self.rows[c])
                    self._close(self.standing[self.rows[c]])

    def _room(self) -> tuple[list[float], list[float]]:
        """How far each cell can move down and up for all that a reader is told of it alone."""
        down, up = [], []
        for i in self.rows:
            least, most = self.shown.told(i)
            down.append(self.shown.counts[i] - least)
            up.append(most - self.shown.counts[i])
        rests = self.cells.values[len(self.rows) :].tolist()
        return [*down, *rests], [*up, *(np.inf for _ in rests)]

    def _beyond_marks(self, moves: list[Move]) -> list[Move]:
        """The moves, cut to what would be possible if every number were a mark; those of which nothing is left, left out."""
        minimum = self.shown.minimum
        marks: dict[int, tuple[float, float]] = {
            c: (1, minimum - 1) if self.shown.counts[i] < minimum else (minimum, np.inf)
            for c, i in enumerate(self.rows)
            if self.shown.counts[i]
        }
        marks |= {c: (0, 0) for c, i in enumerate(self.rows) if not self.shown.counts[i]}
        everything = np.ones(len(self.cells), dtype=bool)
        attack = Attack(self.cells, everything, marks, self.incidence)
        refused = set(attack.refused(moves))
        found = [move for move in moves if move not in refused]
        for c, direction, need in refused:
            far = abs(attack.extreme(c, direction, need) - float(self.cells.values[c]))
            if far > 0:
                found.append((c, direction, far))
        return sorted(found)

    def _moves(self) -> list[Move]:
        """From each small group's number to 1 and to just below the minimum."""
        minimum, found = self.shown.minimum, []
        for c, n in enumerate(self.cells.values.tolist()):
            if 0 < n < minimum:
                found += [(c, 1, float(minimum - 1 - n)), (c, -1, float(n - 1))]
        return [move for move in found if move[2] > 0]

    def _attack(self) -> Attack:
        shown = self.shown
        known = {c: shown.told(i) for c, i in enumerate(self.rows) if not shown.is_open(i)}
        hidden = np.array([not shown.is_open(i) for i in self.rows] + [True] * len(self.rest_of), dtype=bool)
        return Attack(self.cells, hidden, known, self.incidence)

    def _close(self, families: Iterable[int]) -> None:
        """Hide more until none of the families by itself gives away a small group, or the one number that is not exact.

        A coded share is as good as hidden to whoever subtracts: the exact rest of its family would give it back. Rows are
        taken in their order where two are as good, whatever rows stand before both.
        """
        waiting = dict.fromkeys(families)
        while waiting:
            k = next(iter(waiting))
            family = self.families[k]
            more = _next(self.shown, family, lack) if (lack := _lack(self.shown, family)) else None
            if more is None:
                del waiting[k]
            else:
                self.shown.hide(more)
                waiting |= dict.fromkeys(self.standing[more])

    def _helper(self, cell: int, attack: Attack) -> int | None:
        """The row to hide for an exposed group: in its own families, then in those of all that it is linked to."""
        own = self.standing[self.rows[cell]] if cell < len(self.rows) else [self.rest_of[cell]]
        linked = attack.members(int(attack.island[cell])).tolist()
        around = {k for c in linked if c < len(self.rows) for k in self.standing[self.rows[c]]}
        # As much room as a small group can ever need: one more cell is enough where it can help.
        room = self.shown.minimum - 1
        for standing in (own, sorted(around)):
            families = [self.families[k] for k in standing]
            found = {i for family in families if (i := _next(self.shown, family, room)) is not None}
            # A range tells how many students there are, and a mark does not.
            found = found or {
                i for f in families for i in (f.whole, *f.parts) if i is not None and self.shown.is_coded(i)
            }
            if found:
                return min(found, key=lambda i: (self.shown.counts[i], i))
        return None
