"""The definitions' public pages: signed out, complete, in plain words."""

import pytest
from django.urls import reverse
from published import make_run

from crescendo.indicators import rules, spoken, wording
from crescendo.ui.reasons import REASONS as WORDS
from edmeasures import catalog, reasons, rulepacks

pytestmark = pytest.mark.django_db


def test_the_list_names_every_definition_and_its_question(client):
    page = client.get(reverse("indicators:definition_list")).content.decode()
    for indicator in catalog.all():
        assert f"{reverse('indicators:definition_view', args=[indicator.code])}" in page
        assert spoken.definition(indicator).title in page


@pytest.mark.parametrize("code", [indicator.code for indicator in catalog.all()])
def test_each_definition_says_all_it_must_to_somebody_signed_out(client, code):
    indicator = spoken.definition(catalog.get(code))
    answer = client.get(reverse("indicators:definition_view", args=[code]))
    page = answer.content.decode()
    assert answer.status_code == 200
    for text in (
        indicator.question,
        indicator.author,
        indicator.sources[0].title,
        "SELECT",
        "What it does not say",
    ):
        assert text.split("'")[0] in page
    assert str(wording.DIRECTIONS[indicator.direction]) in page


def test_chronic_absence_shows_its_counting_rules_side_by_side(client):
    page = client.get(reverse("indicators:definition_view", args=["chronic_absence"])).content.decode()
    for pack in rulepacks.all():
        assert pack.title in page
    assert "10% or more" in page
    assert "20 days" in page
    assert page.count("(used here)</th>") == 3


def test_a_definition_shows_its_example_worked_by_hand(client):
    page = client.get(reverse("indicators:definition_view", args=["chronic_absence"])).content.decode()
    assert "An example, worked by hand" in page
    assert "18 / 180" in page


def test_a_definition_says_when_it_was_last_computed(client, cast):
    url = reverse("indicators:definition_view", args=["chronic_absence"])
    assert "not yet" in client.get(url).content.decode()
    make_run(at=cast.at)
    assert "March 10, 2026" in client.get(url).content.decode()


def test_an_unknown_definition_is_not_found(client):
    assert client.get("/definitions/no_such_measure/").status_code == 404


def test_every_parameter_of_every_definition_has_words():
    for indicator in catalog.all():
        for parameter in indicator.parameters:
            label, words = wording.PARAMETERS[parameter]
            for pack in rulepacks.all():
                assert str(label)
                assert words(pack)


def test_an_indicators_own_counting_rules_win_over_the_sites():
    chosen = [("", "england"), ("chronic_absence", "edu-wh"), ("chronic_absence", "us-federal")]
    assert rules.packs_of("chronic_absence", chosen) == ("edu-wh", "us-federal")
    assert rules.packs_of("attendance_rate", chosen) == ("england",)
    assert rules.packs_of("attendance_rate", []) == ("us-federal",)


def test_every_reason_why_there_is_no_number_has_words():
    assert set(reasons.REASONS) <= set(WORDS)
