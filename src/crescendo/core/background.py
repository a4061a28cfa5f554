"""Work that nobody waits for gives way: pages and marks come first where the processor is short."""

import os

STEPS_BACK = 10


def step_back() -> None:
    """Run the rest of this process after those that people wait for. It takes as much of an idle machine as before."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(max(0, STEPS_BACK - os.nice(0)))
