"""What a family reads: Fay's pages are Spanish to the last word, and each catalogue says everything it should."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from cast import AT, ON, YEAR, Cast
from crescendo import messages
from crescendo.accounts.models import Site
from crescendo.messages import LOCALE, Said
from crescendo.records.models import Assessment, AssessmentResult, AttendanceEvent
from edmeasures import catalog
from indicators.published import add_group_value, add_series, add_student_value, make_run

SPANISH = LOCALE / "es" / "LC_MESSAGES" / "django.po"
CATALOGUES = sorted(LOCALE.rglob("*.po"))
# Words that no Spanish sentence has: a sentence that nobody marked for translation gives itself away by one of them.
ENGLISH = re.compile(
    r"\b(the|and|with|this|are|your|you|from|was|were|of|for|has|have|been|not|what|who|how|which)\b",
    re.IGNORECASE,
)
SPOKEN_ATTRIBUTES = {"aria-label", "alt", "placeholder", "title", "data-label"}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[a-z]", text))


# --- the catalogues ---------------------------------------------------------------------------------------------


def test_spanish_has_words_for_every_marked_string() -> None:
    known = messages.read_catalogue(SPANISH)
    said = messages.everything()
    assert [one.text for one in said if not all(known.get(one, ("",)))] == []
    assert [one.text for one in known if one not in set(said)] == [], "nothing says these any more"


def test_the_search_for_strings_finds_them_in_code_templates_and_measures() -> None:
    assert set(messages.in_python('_("One"); ngettext("%(n)s day", "%(n)s days", n)')) == {
        Said("One"),
        Said("%(n)s day", "%(n)s days"),
    }
    template = (
        '{% load i18n %}{% translate "Two" %}{% tabs _("Three") %}{% blocktranslate count n=n %}'
        "{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
    )
    assert set(messages.in_template(template)) == {
        Said("Two"),
        Said("Three"),
        Said("%(n)s row", "%(n)s rows"),
    }
    assert Said("Chronic absence") in set(messages.in_measures())


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_translation_keeps_its_placeholders(path: object) -> None:
    for said, spoken in messages.read_catalogue(path).items():
        wanted = placeholders(said.plural or said.text)
        assert placeholders(spoken[-1]) == wanted, said.text
        assert all(placeholders(text) <= wanted for text in spoken), said.text


def test_each_english_spells_its_own_way() -> None:
    said = messages.everything()
    for english in ("en_US", "en_GB"):
        known = messages.read_catalogue(LOCALE / english / "LC_MESSAGES" / "django.po")
        assert set(messages.spell(said, english)) <= set(known)
    assert messages.in_english("Behaviour incidents", "en_US") == "Behavior incidents"
    assert messages.in_english("%(percent)s of the students in Grade 7", "en_GB") == (
        "%(percent)s of the pupils in Year 7"
    )


# --- Fay's pages --------------------------------------------------------------------------------------------------


class Speech(HTMLParser):
    """What a page says: its text and its spoken attributes, without what is marked as being in English."""

    VOID = {"meta", "link", "input", "br", "img", "hr", "source", "wbr"}

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        english = tag != "html" and str(given.get("lang") or "").startswith("en")
        quiet = bool(self.silent and self.silent[-1]) or tag in {"script", "style", "code", "pre"} or english
        if tag not in self.VOID:
            self.silent.append(quiet)
        if not quiet:
            self.said += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.handle_starttag(tag, attrs)
            self.silent.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag not in self.VOID:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.silent and self.silent[-1]):
            self.said.append(" ".join(data.split()))


def speech(page: str) -> list[str]:
    parser = Speech()
    parser.feed(page)
    return parser.said


def english_in(said: list[str], known: dict[Said, tuple[str, ...]]) -> Iterator[str]:
    """Strings of the catalogue that stand on the page untranslated, and sentences that were never marked."""
    other = {one.text for one, spoken in known.items() if one.text != spoken[0]}
    sentences = {text for text in other if len(text.split()) > 1 and not placeholders(text)}
    for text in said:
        if text in other or ENGLISH.search(text) or any(sentence in text for sentence in sentences):
            yield text


@pytest.fixture
def measured(cast: Cast) -> Cast:
    """A year in which every measure has a number, at the school, at the district and for Sam, and last year beside it."""
    run, last = make_run(at=AT), make_run(at=AT, school_year=YEAR - 1, as_of=date(2025, 6, 20))
    for indicator in catalog.all():
        values = {"indicator": indicator.code, "value": 0.4, "numerator": 4.0, "denominator": 10.0}
        for organisation in (cast.lincoln, cast.organisations["district"]):
            add_group_value(run, organisation.pk, **values)
            add_group_value(last, organisation.pk, **values | {"value": 0.3})
            for grade in ("07", "08"):
                add_group_value(
                    run, organisation.pk, **values, characteristic="grade_level", group_value=grade
                )
        add_student_value(run, cast.sam.pk, None, **values, flag=True)
    mondays = [date(2025, 9, 1) + timedelta(weeks=week) for week in range(20)]
    add_series(run, cast.lincoln.pk, mondays, [0.9] * 20)
    add_series(last, cast.lincoln.pk, [day - timedelta(weeks=52) for day in mondays], [0.88] * 20)
    record_of_sam(cast)
    return cast


def record_of_sam(cast: Cast) -> None:
    for n, category in enumerate(AttendanceEvent.Category):
        AttendanceEvent.objects.create(
            school_year=YEAR,
            source="test",
            source_key=f"away-{n}",
            student_id=cast.sam.pk,
            school_id=cast.lincoln.pk,
            on=ON - timedelta(days=n),
            category=category,
            absent_share=0.5,
        )
    test = Assessment.objects.create(
        code="SCR-MA-7", title="Screener", subject="Mathematics", family="Universal screener"
    )
    for n in range(4):
        AssessmentResult.objects.create(
            school_year=YEAR,
            source="test",
            source_key=f"score-{n}",
            student_id=cast.sam.pk,
            school_id=cast.lincoln.pk,
            assessment_id=test.pk,
            on=ON - timedelta(days=40 * n),
            score=200.0 + n,
        )


def pages_of_fay(cast: Cast) -> list[str]:
    sam, school = f"/students/{cast.sam.pk}/", f"/schools/{cast.lincoln.pk}/"
    codes = [indicator.code for indicator in catalog.all()]
    return [
        "/",
        "/students/",
        sam,
        f"{sam}readers/",
        "/search/?q=asistencia",
        "/inbox/",
        "/definitions/",
        *(f"/definitions/{code}/" for code in codes),
        school,
        *(f"/organisations/{cast.lincoln.pk}/{code}/" for code in codes),
    ]


@pytest.mark.django_db
def test_fays_pages_are_spanish_to_the_last_word(client, measured: Cast) -> None:
    known = messages.read_catalogue(SPANISH)
    client.force_login(measured.users["tess"])
    client.get(f"/students/{measured.sam.pk}/")
    client.force_login(measured.users["fay"])
    client.cookies["django_language"] = "es"
    absent = ["/no-such-page/", f"/students/{measured.students['omar'].pk}/"]
    wrong = {}
    for path in pages_of_fay(measured) + absent:
        response = client.get(path)
        assert response.status_code == (404 if path in absent else 200), path
        found = list(english_in(speech(response.text), known))
        if found:
            wrong[path] = found
    assert wrong == {}, "\n".join(f"{path}: {found}" for path, found in wrong.items())


def test_a_page_that_speaks_english_would_be_found() -> None:
    known = messages.read_catalogue(SPANISH)
    page = '<p>Chronic absence</p><p>Somebody with this</p><p lang="en">the source</p><p title="Reports">Informes</p>'
    assert list(english_in(speech(page), known)) == ["Chronic absence", "Somebody with this", "Reports"]


# --- the site's English -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pack", "heading", "title"),
    [("en-us", "Behavior", "Behavior incidents"), ("en-gb", "Behaviour", "Behaviour incidents")],
)
def test_whoever_reads_english_reads_the_sites(
    client, cast: Cast, pack: str, heading: str, title: str
) -> None:
    Site.objects.update_or_create(pk=1, defaults={"term_pack": pack})
    client.force_login(cast.users["tess"])
    for asked in ("en-us", "en-gb"):
        client.cookies["django_language"] = asked
        response = client.get("/definitions/")
        assert f'<html lang="{pack}"' in response.text
        said = speech(response.text)
        assert heading in said
        assert title in said
        offered = re.findall(r'name="language" value="([^"]+)"', response.text)
        assert offered == [pack, "es"]


@pytest.mark.django_db
def test_another_language_stays_the_readers(client, cast: Cast) -> None:
    Site.objects.update_or_create(pk=1, defaults={"term_pack": "en-gb"})
    client.force_login(cast.users["fay"])
    client.cookies["django_language"] = "es"
    assert '<html lang="es"' in client.get("/").text
