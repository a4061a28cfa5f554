"""Fixtures of the tests of support. Published rows are made as the tests of `indicators` make them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "indicators"))


@pytest.fixture(autouse=True)
def own_snapshots(settings: object, tmp_path: Path) -> None:
    """Each test has its own folder of snapshots."""
    settings.DATA = tmp_path
