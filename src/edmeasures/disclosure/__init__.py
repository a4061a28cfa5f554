"""Small-number protection: its own step between measuring and publishing, on unless somebody switches it off.

Four tools. `protect` hides and codes the groups of a measurement run and proves each measure. `suppress_cells` finds the
cheapest suppression of a table or of several that add up (rows, columns, levels, periods), and `audit` proves that what is
hidden stays hidden, whoever hid it. `check_filter` refuses a filter that differs from an answered one by a few students.

What they do not do: compare two indicators of one group that leave different students out, or know what a reader knows
from elsewhere. A release that needs that needs a disclosure review by people.
"""

from .attack import Audit, audit, protection
from .cells import Cells, lay_out
from .differencing import FilterCheck, check_filter
from .groups import Policy, Style, protect, range_of, suppress, suppress_places
from .ranges import coded_share, ed_range, whole_percent
from .suppression import Suppression, suppress_cells

__all__ = [
    "Audit",
    "Cells",
    "FilterCheck",
    "Policy",
    "Style",
    "Suppression",
    "audit",
    "check_filter",
    "coded_share",
    "ed_range",
    "lay_out",
    "protect",
    "protection",
    "range_of",
    "suppress",
    "suppress_cells",
    "suppress_places",
    "whole_percent",
]
