"""What `make test` tries a few of, `make test-long` tries all of: made-up cases, places to be killed at.

A test that asks here carries the mark `thorough`, so that `make test-long` runs it again.
"""

import os
from typing import TypeVar

T = TypeVar("T")


def few_or_all(few: T, all_of_them: T) -> T:
    return all_of_them if os.environ.get("CRESCENDO_THOROUGH") else few
