"""What people come to do, from beginning to end, on a site built from imported files; the site is `live_site`."""

import os
from pathlib import Path

import pytest

from live_site import browser, chromium, environment, site

__all__ = ["browser", "chromium", "environment", "site"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where the screenshots of a journey go: docs/screenshots/journeys when `make screenshots` asks, else nowhere kept."""
    kept = os.environ.get("CRESCENDO_SCREENSHOTS")
    folder = Path(kept) / "journeys" if kept else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder
