"""A small school sees less: what it does not need is off, and what cannot work at its size says why."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from cast import AT, Cast
from crescendo.core.areas import AREAS
from crescendo.core.errors import NotAllowed, Refused
from crescendo.roster import areas
from crescendo.roster.models import Enrolment, Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_school(cast: Cast) -> Cast:
    """Monroe has closed: Lincoln and its three students are all there is."""
    Organisation.objects.filter(pk=cast.monroe.pk).update(ended_on=date(2026, 1, 1))
    return cast


def test_one_school_under_six_hundred_is_small_and_two_are_not(cast: Cast) -> None:
    with cast.looking_as("tess"):
        assert areas.get_size() == areas.Size(schools=2, students=4)  # of the whole site, whoever asks
        assert not areas.is_small_school()
    Organisation.objects.filter(pk=cast.monroe.pk).update(ended_on=date(2026, 1, 1))
    with cast.looking_as("tess"):
        assert areas.is_small_school()


def test_the_six_hundredth_student_makes_the_school_large(
    one_school: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert areas.Size(1, 599).is_small
    assert not areas.Size(1, 600).is_small
    monkeypatch.setattr(areas, "SMALL_SCHOOL_BELOW", 4)
    with one_school.looking_as("tess"):
        assert not areas.is_small_school()
    Enrolment.objects.filter(student=one_school.sam).update(exit_on=date(2026, 3, 1))
    with one_school.looking_as("tess"):
        assert areas.is_small_school()


def test_what_a_small_school_does_not_need_is_off_with_a_sentence(one_school: Cast) -> None:
    with one_school.looking_as("adam"):
        assert "everybody knows who works here" in areas.why_hidden("staff_list")
        assert (
            areas.why_hidden("similar_schools")
            == "There is one school here, so there is no other to compare it with."
        )
        assert "by chance" in areas.why_hidden("goes_with")


def test_an_administrator_switches_an_area_on_and_it_is_on_for_everybody(one_school: Cast) -> None:
    with one_school.looking_as("adam") as adam:
        areas.switch_area(code="staff_list", is_on=True, by=adam, at=AT)
        areas.switch_area(code="similar_schools", is_on=True, by=adam, at=AT)
    with one_school.looking_as("hana"):
        assert areas.is_on("staff_list")
        assert not areas.is_on("similar_schools")  # switched on, and still there is nothing to compare with


def test_a_site_may_say_itself_that_it_is_small_or_large(one_school: Cast) -> None:
    with one_school.looking_as("adam") as adam:
        areas.switch_area(code="small_school", is_on=False, by=adam, at=AT)
        assert not areas.is_small_school()
        assert areas.is_on("staff_list")


def test_only_who_sets_up_the_site_switches_and_only_what_there_is(one_school: Cast) -> None:
    with one_school.looking_as("dina") as dina, pytest.raises(NotAllowed):
        areas.switch_area(code="staff_list", is_on=True, by=dina, at=AT)
    with one_school.looking_as("adam") as adam, pytest.raises(Refused):
        areas.switch_area(code="moon", is_on=True, by=adam, at=AT)


def test_every_area_says_in_one_sentence_why_it_is_hidden() -> None:
    for area in AREAS:
        assert str(area.why_hidden).endswith(".")
        assert bool(area.why_too_small) == (area.needs_schools > 1 or area.needs_students > 0), area.code


def test_the_page_of_switches_works_without_script(client: Client, one_school: Cast) -> None:
    client.force_login(one_school.users["adam"])
    page = client.get(reverse("years:area_list")).content.decode()
    assert "This site is treated as a small school" in page
    assert "Switch on: The list of staff" in page
    client.post(reverse("years:area_switch"), {"code": "staff_list", "on": "yes"})
    assert "Switch off: The list of staff" in client.get(reverse("years:area_list")).content.decode()
