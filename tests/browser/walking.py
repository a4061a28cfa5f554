"""Walk through the site as one person, and look at every page as a browser, an eye and a screen reader would."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SERIOUS = {"serious", "critical"}
SETTLES_MS = 150  # charts become interactive after loading; files come from this machine, so they are quick
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("security policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile);
});
"""


@dataclass
class Visit:
    """One page as one person found it."""

    name: str
    path: str
    status: int
    problems: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class Person:
    """One of the cast, signed in with one click, with a window of one size."""

    def __init__(
        self, browser: Browser, site: str, username: str, size: str, *, scheme: str = "light"
    ) -> None:
        width, height = SIZES[size]
        self.site, self.username, self.size = site, username, size
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=size == "phone",
            is_mobile=size == "phone",
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        self.context.add_init_script(REPORT_VIOLATIONS)
        self.page: Page = self.context.new_page()
        self.heard: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.heard.append(f"script error: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(f"console {message.type}: {message.text}")

    def sign_in(self) -> None:
        self.page.goto(f"{self.site}/sign-in/")
        self.page.locator(f'button[name="username"][value="{self.username}"]').click()
        self.page.wait_for_load_state()
        assert "/sign-in/" not in self.page.url, f"{self.username} is not signed in"

    def visit(self, path: str, *, axe: bool = True, picture: Path | None = None) -> Visit:
        """Open a page and write down everything that is wrong with it."""
        self.heard.clear()
        response = self.page.goto(urljoin(self.site, path))
        self.page.wait_for_timeout(SETTLES_MS)
        visit = Visit(page_name(path) or path, path, response.status if response else 0)
        visit.problems += self.heard
        if picture:
            picture.parent.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=picture, full_page=True)
        visit.problems += list(self._layout_problems())
        if axe:
            visit.problems += list(self._accessibility_problems())
        hrefs = self.page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        )
        visit.links = [urljoin(path, href).split("#")[0] for href in hrefs if is_ours(href)]
        return visit

    def _layout_problems(self) -> Iterator[str]:
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 1:
            yield f"the page is {wide} pixels wider than the {self.size}'s screen"
        if self.page.locator("h1").count() != 1:
            yield f"{self.page.locator('h1').count()} first-level headings"

    def _accessibility_problems(self) -> Iterator[str]:
        for found in Axe().run(self.page).response["violations"]:
            if found["impact"] in SERIOUS:
                where = ", ".join(node["target"][0] for node in found["nodes"][:3])
                yield f"axe {found['impact']} {found['id']}: {where}"


@contextmanager
def signed_in(
    browser: Browser, site: str, username: str, size: str = "desktop", **how: str
) -> Iterator[Person]:
    person = Person(browser, site, username, size, **how)
    try:
        person.sign_in()
        yield person
    finally:
        person.context.close()


def is_ours(href: str) -> bool:
    return not re.match(r"^(#|mailto:|tel:|https?:|//|\?)", href)


def page_name(path: str) -> str | None:
    """The name of the address, `pages:today`; None for files and the like."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def walk(person: Person, pictures: Path, *, axe: bool = True, most: int = 30) -> list[Visit]:
    """From the first page through every link, one example of each named address. The rail comes first."""
    seen: dict[str, Visit] = {}
    waiting = [urlsplit(person.page.url).path]
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        name = page_name(path)
        if name is None or name in seen or "." in urlsplit(path).path:  # a dot: a file to download
            continue
        file = pictures / person.username / person.size / f"{name.replace(':', '-')}.png"
        seen[name] = person.visit(path, axe=axe, picture=file)
        waiting += seen[name].links
    return list(seen.values())
