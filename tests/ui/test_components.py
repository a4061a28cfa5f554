"""Components keep their promises, whoever calls them."""

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory

pytestmark = pytest.mark.django_db


def render(template: str, **values: object) -> str:
    return Template(template).render(Context({"request": RequestFactory().get("/x/?q=a&page=3"), **values}))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


class NoteForm(forms.Form):
    note = forms.CharField(widget=forms.Textarea, help_text="One sentence is enough.")
    size = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)


def test_a_figure_says_the_change_before_the_level() -> None:
    said = words(render('{% figure "Days attended" 0.9345 change=0.012 since="last year" better="up" %}'))
    assert said == "Days attended Up 1.2 points since last year 93.5%"


def test_a_figure_without_a_value_says_why_and_shows_no_change() -> None:
    said = words(render('{% figure "Days attended" change=0.012 reason="too_few_days" %}'))
    assert said == "Days attended Not evaluated: too few days to say"


def test_a_figure_of_nought_is_a_nought() -> None:
    assert "0.0%" in render('{% figure "Late work" 0 %}')


def test_a_text_box_that_does_not_say_who_reads_it_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="who reads it"):
        render("{% field form.note %}", form=NoteForm())


def test_above_a_text_box_stands_who_reads_it_and_whether_it_reaches_an_evaluation() -> None:
    html = render('{% field form.note readers="you and your coach" %}', form=NoteForm())
    assert "Who reads this: you and your coach. It never reaches an evaluation." in words(html)
    assert html.index("Who reads this") < html.index("<textarea")
    assert 'aria-describedby="id_note-readers id_note-help"' in html
    evaluated = render('{% field form.note readers="you" reaches_evaluation=True %}', form=NoteForm())
    assert "It can become part of an evaluation." in words(evaluated)


def test_an_error_is_tied_to_its_field() -> None:
    html = render('{% field form.note readers="you" %}', form=NoteForm({"note": ""}))
    assert 'aria-invalid="true"' in html
    assert "id_note-error" in re.search(r'aria-describedby="([^"]*)"', html)[1].split()
    assert 'id="id_note-error"' in html


def test_what_people_typed_is_escaped() -> None:
    for template in (
        "{% figure name 0.5 note=name %}",
        '{% tasks %}{% task name action=name href="/x/" %}{% endtasks %}',
        "{% notice title=name %}{{ name }}{% endnotice %}",
        "{% people %}{% person name well=name %}{% endpeople %}",
        "{% explain name %}{{ name }}{% endexplain %}",
        "{% emptystate name %}{% endemptystate %}",
        "{% datatable caption=name %}<tr><td>{{ name }}</td></tr>{% enddatatable %}",
        "{% badge name %}{% breadcrumb name %}{% progress name %}{% button name %}",
    ):
        html = render(template, name="<b>Sam</b>")
        assert "<b>" not in html, template
        assert "&lt;b&gt;Sam" in html, template
        assert "&amp;lt;" not in html, template


def test_a_pager_keeps_the_search() -> None:
    html = render("{% pager page %}", page=Paginator(range(237), 25).page(3))
    assert "51 to 75 of 237" in words(html)
    assert 'href="?q=a&amp;page=4"' in html


def test_a_notice_says_its_kind_in_a_word() -> None:
    assert words(render('{% notice kind="bad" title="No file" %}{% endnotice %}')) == "Not done: No file"
    with pytest.raises(ValueError, match="info, good, attention, bad"):
        render('{% notice kind="red" %}{% endnotice %}')


class Page(HTMLParser):
    """What must not be in a page, and which ids are."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.refused: list[str] = []
        self.points_at: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"] or "")
        for name in ("for", "aria-labelledby", "aria-describedby", "popovertarget"):
            self.points_at.update((found.get(name) or "").split())
        inline = tag == "script" and "src" not in found and found.get("type") != "application/json"
        self.refused += [f"<{tag}>"] * (inline or tag == "style")
        self.refused += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]
        self.refused += [
            f"{tag} {value}"
            for name, value in found.items()
            if value and "xmlns" not in name and value.startswith(("http:", "https:"))
        ]


def test_the_gallery_holds_nothing_that_the_security_policy_refuses(client: Client) -> None:
    page = Page()
    page.feed(client.get("/gallery/").content.decode())
    assert page.refused == []


def test_ids_in_the_gallery_are_unique_and_labels_point_at_something(client: Client) -> None:
    page = Page()
    page.feed(client.get("/gallery/").content.decode())
    assert sorted({id_ for id_ in page.ids if page.ids.count(id_) > 1}) == []
    assert page.points_at - set(page.ids) == set()


def test_the_gallery_shows_every_component(client: Client) -> None:
    from crescendo.ui.build import HERE  # noqa: PLC0415

    html = client.get("/gallery/").content.decode()
    classes = set(" ".join(re.findall(r'class="([^"]*)"', html)).split())
    for path in (HERE / "templates" / "ui" / "components").glob("*.html"):
        first = re.search(r'class="([\w-]+)', path.read_text())
        if first:
            assert first[1] in classes, f"{path.name} is not in the gallery"
