"""Fixtures of the measurement tests; the district itself is in `school_term.py`."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(autouse=True)
def own_snapshots(settings, tmp_path: Path) -> None:
    """Each test has its own folder of snapshots."""
    settings.DATA = tmp_path


@pytest.fixture
def term(db: None) -> object:
    """The district of this folder's tests; see `school_term.py`."""
    from school_term import make_term  # noqa: PLC0415  (Django is ready only now)

    return make_term()
