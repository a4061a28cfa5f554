"""Every page as each of the cast finds it; the site is `live_site`."""

from pathlib import Path

import pytest

from live_site import browser, chromium, environment, site

__all__ = ["browser", "chromium", "environment", "site"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
