"""The components in a real browser: charts without eval, keys, display, language; and all of it without a script."""

import re
from typing import TYPE_CHECKING

import pytest
from walking import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def scroll_through(page: "Page") -> None:
    """Charts are drawn when they come into sight."""
    for figure in page.locator("[data-chart]").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".vega-embed svg").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("path", ["/gallery/", "/sign-in/"])
def test_nothing_is_wrong_with_the_page(
    site: str, browser: "Browser", size: str, scheme: str, path: str
) -> None:
    somebody = Person(browser, site, "", size, scheme=scheme)
    assert somebody.visit(path).problems == []
    scroll_through(somebody.page)
    assert somebody.heard == []


def test_charts_are_drawn_by_the_interpreter_and_answer_the_pointer(site: str, browser: "Browser") -> None:
    somebody = Person(browser, site, "", "desktop")
    somebody.page.goto(f"{site}/gallery/")
    scroll_through(somebody.page)
    drawn = somebody.page.eval_on_selector_all(
        "[data-chart]", "found => found.map(figure => !!figure.querySelector('.vega-embed svg'))"
    )
    assert len(drawn) == 6
    assert all(drawn)
    week = somebody.page.locator('[data-chart] line[stroke-width="16"]').nth(3)
    week.scroll_into_view_if_needed()
    box = week.bounding_box()
    somebody.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    somebody.page.wait_for_selector("#vg-tooltip-element.visible")
    assert "%" in somebody.page.inner_text("#vg-tooltip-element")
    assert somebody.heard == []


def test_a_browser_that_has_drawn_draws_all_charts_of_the_next_page_also_out_of_sight(
    site: str, browser: "Browser"
) -> None:
    somebody = Person(browser, site, "", "desktop")
    somebody.page.goto(f"{site}/gallery/")
    scroll_through(somebody.page)
    somebody.page.goto(f"{site}/gallery/")
    assert somebody.page.locator("[data-waits]").count() == 6
    somebody.page.wait_for_function(
        "() => document.querySelectorAll('[data-chart] .vega-embed svg').length === 6"
    )
    assert somebody.heard == []


def test_the_policy_really_refuses_a_script_that_is_not_ours(site: str, browser: "Browser") -> None:
    somebody = Person(browser, site, "", "desktop")
    somebody.page.goto(f"{site}/gallery/")
    somebody.page.evaluate(
        "document.body.appendChild(Object.assign(document.createElement('script'), {text: 'x=1'}))"
    )
    somebody.page.wait_for_timeout(500)
    assert any("security policy" in heard for heard in somebody.heard)


def test_without_a_script_the_charts_the_menus_and_the_display_still_work(
    site: str, browser: "Browser"
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/gallery/")
    assert page.locator("[data-chart] svg").count() == 6
    page.locator(".chart__table summary").first.click()
    assert page.locator(".chart__table table").first.is_visible()
    page.locator(".account summary").click()
    page.locator('button[name="theme"][value="dark"]').click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".account summary").click()
    page.locator('button[name="language"][value="es"]').click()
    assert page.locator("html").get_attribute("lang") == "es"
    context.close()


def test_slash_goes_to_the_search_but_not_while_typing(site: str, browser: "Browser") -> None:
    tess = Person(browser, site, "tess", "desktop")
    tess.sign_in()
    tess.page.keyboard.press("/")
    assert tess.page.evaluate("document.activeElement.id") == "search"
    tess.page.keyboard.type("3/4")
    assert tess.page.input_value("#search") == "3/4"


def test_the_first_key_offers_the_way_to_the_content(site: str, browser: "Browser") -> None:
    tess = Person(browser, site, "tess", "desktop")
    tess.sign_in()
    tess.page.keyboard.press("Tab")
    assert tess.page.evaluate("document.activeElement.className") == "skip-link"
    tess.page.keyboard.press("Enter")
    assert tess.page.evaluate("document.activeElement.id") == "content"


def test_a_page_prints_without_the_frame(site: str, browser: "Browser") -> None:
    tess = Person(browser, site, "tess", "desktop")
    tess.sign_in()
    tess.page.emulate_media(media="print")
    assert not tess.page.locator(".rail").is_visible()
    assert not tess.page.locator("#search").is_visible()
    assert tess.page.locator(".topbar__school").is_visible()
    assert re.search(r"\S", tess.page.inner_text("main"))
