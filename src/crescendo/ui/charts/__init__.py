"""Charts: Vega-Lite specifications made here, each with its table, its description in words and its drawn picture.

Colours are the page's own tokens (`var(--chart-1)`), so a chart follows light and dark; for paper they are written
out. Numbers in tooltips are printed in Python: the browser rounds nothing that a person reads.
"""

from .bars import bars
from .drawing import Chart
from .lines import Note, Point, line
from .multiples import SmallMultiples, small_multiples
from .strips import strip

__all__ = ["Chart", "Note", "Point", "SmallMultiples", "bars", "line", "small_multiples", "strip"]
