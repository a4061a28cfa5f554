"""Walk through the site as one person, and look at every page as a browser, an eye and a screen reader would."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from thorough import few_or_all

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SERIOUS = {"serious", "critical"}
# Only what is wrong is worked out in full and sent back: on a long page a quarter of the time.
AXE = {"resultTypes": ["violations"]}
# Charts become interactive after loading; files come from this machine, so they are quick. Other scripts are done by then.
SETTLES_MS = {True: 150, False: 20}
PATIENCE_MS = 120_000  # a machine that many tests share
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
        self.context.set_default_timeout(PATIENCE_MS)
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

    def go(self, path: str) -> int:
        """Open a page of the site; returns its status."""
        response = self.page.goto(urljoin(self.site, path))
        return response.status if response else 0

    def says(self) -> str:
        """The words of the page, without its frame."""
        return " ".join(self.page.inner_text("main").split())

    def press(self, words: str) -> None:
        """A button or a link that looks like one, by its words."""
        self.page.locator("main .button", has_text=re.compile(rf"^{re.escape(words)}$")).first.click()
        self.page.wait_for_load_state()

    def look(self, name: str) -> None:
        """On a desktop and on a phone: nothing wider than the screen, nothing serious for a screen reader, no error."""
        own = self.size
        assert not (found := list(self._problems_at_both_sizes(_of_a_journey(name)))), found
        assert not (found := list(self._accessibility_problems())), found
        self._resize(own)
        assert self.heard == []

    def picture(self, name: str) -> None:
        self._picture(_of_a_journey(name))

    def visit(
        self,
        path: str,
        *,
        axe: bool = True,
        dark: bool = False,
        both: bool = False,
        picture: Path | None = None,
    ) -> Visit:
        """Open a page and write down everything that is wrong with it; in the dark and at the other size, if asked."""
        self.heard.clear()
        visit = Visit(page_name(path) or path, path, self.go(path))
        self.page.wait_for_timeout(SETTLES_MS[self.page.locator("[data-chart]").count() > 0])
        visit.problems += self.heard
        if axe:
            visit.problems += list(self._accessibility_problems())
        if dark:
            visit.problems += list(self._contrast_in_the_dark())
        if both:
            own = self.size
            visit.problems += list(self._problems_at_both_sizes(picture))
            self._resize(own)
        else:
            self._picture(picture)
            visit.problems += list(self._layout_problems())
        visit.links = self.links(path)
        return visit

    def links(self, path: str) -> list[str]:
        """Where links of the page that is open lead, inside the site."""
        hrefs = self.page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        )
        return [urljoin(path, href).split("#")[0] for href in hrefs if is_ours(href)]

    def _resize(self, size: str) -> None:
        self.size, (width, height) = size, SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})

    def _picture(self, path: Path | None) -> None:
        """Where one is wanted: of the whole page, its bars where they belong."""
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.page.evaluate("window.scrollTo(0, 0)")
            width, _ = SIZES[self.size]
            self.page.screenshot(path=path.with_name(f"{path.name}-{width}.png"), full_page=True)

    def _problems_at_both_sizes(self, picture: Path | None) -> Iterator[str]:
        for size in SIZES:
            self._resize(size)
            self._picture(picture)
            yield from self._layout_problems()

    def _layout_problems(self) -> Iterator[str]:
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 1:
            yield f"the page is {wide} pixels wider than the {self.size}'s screen"
        if self.page.locator("h1").count() != 1:
            yield f"{self.page.locator('h1').count()} first-level headings"

    def _accessibility_problems(self, *rules: str) -> Iterator[str]:
        options = AXE | ({"runOnly": list(rules)} if rules else {})
        for found in Axe().run(self.page, options=options).response["violations"]:
            if found["impact"] in SERIOUS:
                where = ", ".join(node["target"][0] for node in found["nodes"][:3])
                yield f"axe {found['impact']} {found['id']}: {where}"

    def _contrast_in_the_dark(self) -> Iterator[str]:
        """Nothing but the colours changes."""
        self.page.emulate_media(color_scheme="dark")
        for problem in self._accessibility_problems("color-contrast"):
            yield f"in the dark, {problem}"
        self.page.emulate_media(color_scheme="light")


def _of_a_journey(name: str) -> Path | None:
    """Where a screenshot of a journey goes, when `make screenshots` asks for them."""
    kept = os.environ.get("CRESCENDO_SCREENSHOTS")
    return Path(kept) / "journeys" / name if kept else None


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


# How many people's example of a page axe looks at: what differs between two readers of one page is mostly its numbers.
AXED = few_or_all(3, 1_000)
_axed: Counter[tuple[str, str]] = Counter()  # by page and size


def walk(person: Person, pictures: Path | None = None, *, most: int = 30, **how: bool) -> list[Visit]:
    """From the first page through every link, one example of each named address. The rail comes first."""
    seen: dict[str, Visit] = {}
    waiting = [urlsplit(person.page.url).path]
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        name = page_name(path)
        if name is None or name in seen or "." in urlsplit(path).path:  # a dot: a file to download
            continue
        picture = pictures / person.username / name.replace(":", "-") if pictures else None
        _axed[name, person.size] += 1
        seen[name] = person.visit(path, picture=picture, axe=_axed[name, person.size] <= AXED, **how)
        waiting += seen[name].links
    return list(seen.values())
