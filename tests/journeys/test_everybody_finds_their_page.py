"""Each of the others on a school day: what they open first, what it says to them, and what stays closed.

The longer journeys (a school plan, support, coaching, live marks, a traced number, a new school) have files of their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from django.utils.translation import gettext
from walking import Person, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCHOOL = "Willow Creek Middle School"


@pytest.fixture
def come_in(site: str, browser: "Browser") -> object:
    """`with come_in("fay") as fay:` the person on their first page; leaving looks at the page they ended on."""

    @contextmanager
    def coming(name: str, size: str = "desktop") -> Iterator[Person]:
        with signed_in(browser, site, name, size) as person:
            yield person
            person.look(name)

    return coming


def status(person: Person, path: str) -> int:
    """What the address answers, asked beside the page that is open."""
    return person.context.request.get(person.site + path).status


def follow(person: Person, name: str) -> None:
    person.page.locator("main").get_by_role("link", name=name).first.click()
    person.page.wait_for_load_state()


def path_of(person: Person) -> str:
    return person.page.url.removeprefix(person.site)


@pytest.fixture
def sams_page(site: str, browser: "Browser") -> str:
    with signed_in(browser, site, "sam") as sam:
        sam.page.goto(f"{site}/my-record/")
        return path_of(sam)


def test_priya_opens_her_monday(come_in: object) -> None:
    """The principal's first page: what needs her, each with its reason and one button."""
    with come_in("priya") as priya:
        things = priya.page.locator("main .task, main li.thing, main .tasks > *")
        assert 1 <= things.count() <= 5
        assert priya.page.locator("main a.button, main .task a").count() >= 1


def test_fay_reads_her_childs_page_in_spanish(come_in: object) -> None:
    with come_in("fay", "phone") as fay:
        assert fay.page.get_attribute("html", "lang") == "es"
        fay.page.locator("main a").first.click()
        fay.page.wait_for_load_state()
        assert "/students/" in fay.page.url
        said = fay.says()
        with translation.override("es"):
            well, look = gettext("What goes well"), gettext("Worth a look")
        assert well in said
        assert look in said
        assert "What goes well" not in said
        assert status(fay, "/imports/") == 403


def test_sam_reads_his_own_page_and_no_other(come_in: object, sams_page: str) -> None:
    with come_in("sam", "phone") as sam:
        sam.page.goto(sam.site + sams_page)
        assert sam.page.locator("h1").count() == 1
        number = int(sams_page.strip("/").split("/")[-1])
        assert status(sam, f"/students/{number + 1}/") == 404


def test_bryn_whom_a_court_barred_sees_nothing(come_in: object, sams_page: str) -> None:
    with come_in("bryn") as bryn:
        assert status(bryn, sams_page) == 404
        assert status(bryn, f"{sams_page}readers/") == 404
        bryn.page.goto(f"{bryn.site}/search/?q=Sam")
        assert "/students/" not in bryn.page.inner_html("main")
        bryn.page.goto(f"{bryn.site}/")


def test_otto_of_another_school_sees_nothing_of_sam(come_in: object, sams_page: str) -> None:
    with come_in("otto") as otto:
        assert status(otto, sams_page) == 404
        otto.page.goto(f"{otto.site}/reports/")
        assert SCHOOL not in otto.says()
        otto.page.goto(f"{otto.site}/classes/")
        assert otto.page.locator("main a[href^='/classes/']").count() >= 1


def test_dina_goes_from_the_district_to_a_school_to_a_number(come_in: object) -> None:
    with come_in("dina") as dina:
        dina.page.goto(f"{dina.site}/reports/")
        dina.page.locator("main a[href^='/districts/']").first.click()
        dina.page.wait_for_load_state()
        follow(dina, SCHOOL)
        assert "/schools/" in dina.page.url
        dina.page.locator("main a[href*='/attendance_rate/']").first.click()
        dina.page.wait_for_load_state()
        assert dina.page.locator("main table").count() >= 1, "every chart has its table"


def test_gus_reads_numbers_and_no_names(come_in: object) -> None:
    with come_in("gus") as gus:
        assert status(gus, "/students/") == 403
        gus.page.goto(f"{gus.site}/reports/")
        gus.page.locator("main a[href^='/districts/']").first.click()
        gus.page.wait_for_load_state()
        assert gus.page.locator("main a[href^='/students/']").count() == 0


def test_hana_finds_who_works_where(come_in: object) -> None:
    with come_in("hana") as hana:
        hana.page.goto(f"{hana.site}/staff/")
        assert SCHOOL in hana.says()
        assert status(hana, "/students/") == 403


def test_mona_reads_numbers_with_their_definitions(come_in: object) -> None:
    with come_in("mona") as mona:
        mona.page.goto(f"{mona.site}/reports/")
        mona.page.locator("main a[href*='/definitions/']").first.click()
        mona.page.wait_for_load_state()
        assert mona.page.locator("h1").count() == 1


def test_ivo_finds_the_coaching_and_no_student(come_in: object) -> None:
    with come_in("ivo") as ivo:
        ivo.page.goto(f"{ivo.site}/coaching/")
        assert ivo.page.locator("h1").count() == 1
        assert status(ivo, "/students/") == 403


def test_max_finds_the_coaching(come_in: object) -> None:
    with come_in("max") as max_:
        max_.page.goto(f"{max_.site}/coaching/")
        assert max_.page.locator("h1").count() == 1
