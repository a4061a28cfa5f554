"""xAPI: statements of what somebody did, from learning platforms, as files. The live inlet shares what is decided here.

Every statement is kept as it came. Of a student it also becomes an activity: README.md says how.
"""

from crescendo.imports.bench import Workbench

from . import handing, people, reading


def stage(bench: Workbench) -> None:
    """Read, check, find the people, hand over."""
    bench.open_columns = frozenset()
    reading.read_all(bench)
    bench.stop_on_errors()
    reading.set_aside_contradictions(bench)
    people.find(bench)
    handing.hand_over(bench)
