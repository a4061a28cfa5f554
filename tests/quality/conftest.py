"""The cast's district with clean data: every rule passes or has nothing to look at, so that a planted fault stands alone."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture
def clean(cast: object) -> object:
    from planted import make_clean  # noqa: PLC0415  (Django is ready only now)

    make_clean(cast)
    return cast
