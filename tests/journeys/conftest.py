"""What people come to do, from beginning to end, on a site built from imported files; the site is `live_site`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walking import Person, signed_in

from live_site import browser, chromium, environment, site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser", "chromium", "environment", "site"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _at_a_desk(username: str) -> Callable[..., Iterator[Person]]:
    @pytest.fixture
    def person(site: str, browser: "Browser") -> Iterator[Person]:
        with signed_in(browser, site, username) as signed:
            yield signed

    return person


adam = _at_a_desk("adam")
ana = _at_a_desk("ana")
cora = _at_a_desk("cora")
max_ = _at_a_desk("max")
priya = _at_a_desk("priya")
tess = _at_a_desk("tess")
