"""A believable district with planted truths: demo, tests, documentation and benchmarks share it.

It is made up, from the names to the marks. Read `docs/synth.md` for the files it writes and for what was planted.
"""

from .cast_members import CAST as cast  # noqa: N811  read as synth.cast, as data
from .cast_members import CastMember
from .district import DEMO_TODAY, District, demo_district, generate
from .ids import int_id, text_id, text_ids
from .score_panel import score_panel
from .truths import Truths
from .writing import write, write_tables

__all__ = [
    "DEMO_TODAY",
    "CastMember",
    "District",
    "Truths",
    "cast",
    "demo_district",
    "generate",
    "int_id",
    "score_panel",
    "text_id",
    "text_ids",
    "write",
    "write_tables",
]
