"""Classes and staff of a large place: a page at a time, and found by name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cast import ON, YEAR_BEGINS_ON
from crescendo.pages.views import classes, staff
from crescendo.roster.models import ClassEnrolment, Organisation, Post, SchoolClass, StaffMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def many_classes(cast, client, monkeypatch):
    client.force_login(cast.users["dina"])
    monkeypatch.setattr(classes, "CLASSES_ON_A_PAGE", 1)
    return list(SchoolClass.objects.filter(school_year=2026).order_by("school__name", "title", "id"))


def test_classes_come_page_by_page_and_none_is_lost(client, many_classes):
    shown = []
    for number in range(1, len(many_classes) + 1):
        page = client.get(reverse("pages:class_list"), {"page": number}).context
        assert len(page["classes"]) == 1
        shown += [school_class.pk for school_class, _n in page["classes"]]
    assert shown == [school_class.pk for school_class in many_classes]
    assert len(shown) > 1


def test_a_class_says_how_many_students_it_has_today(client, many_classes):
    for number in (1, 2):
        for school_class, n in client.get(reverse("pages:class_list"), {"page": number}).context["classes"]:
            today = ClassEnrolment.objects.filter(school_class=school_class, begins_on__lte=ON)
            assert n == today.exclude(ends_on__lt=ON).count()


def test_a_class_is_found_by_its_title_and_by_its_school(client, many_classes):
    wanted = many_classes[-1]
    found = client.get(reverse("pages:class_list"), {"q": f"{wanted.title} {wanted.school.name[:4].upper()}"})
    assert wanted.pk in {school_class.pk for school_class, _n in found.context["classes"]}
    nothing = client.get(reverse("pages:class_list"), {"q": "no such class"})
    assert nothing.context["classes"] == []
    assert b"No class here" in nothing.content


def test_a_long_list_of_staff_asks_no_more_than_a_short_one(cast, client, monkeypatch):
    client.force_login(cast.users["priya"])
    address = reverse("pages:staff_list")

    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    before = asked()
    for number in range(4):
        one = StaffMember.objects.create(
            given_name="Zoë", family_name=f"Zander{number}", sort_key=f"zander{number} zoe"
        )
        Post.objects.create(staff=one, organisation=cast.lincoln, role_id="teacher", begins_on=YEAR_BEGINS_ON)
    assert asked() == before
    monkeypatch.setattr(staff, "POSTS_ON_A_PAGE", 3)
    first = client.get(address).context["page"]
    assert len(first.object_list) == 3
    assert first.has_next()
    named = client.get(address, {"q": "zoe zander2"}).context["page"].object_list
    assert [post.staff.family_name for post in named] == ["Zander2"]


def test_staff_of_another_school_are_not_found_by_name_either(cast, client):
    client.force_login(cast.users["priya"])
    elsewhere = Post.objects.filter(organisation=cast.monroe).select_related("staff").order_by("id").first()
    found = client.get(reverse("pages:staff_list"), {"q": elsewhere.staff.family_name}).context["page"]
    assert elsewhere.pk not in {post.pk for post in found.object_list}
    assert Organisation.objects.filter(pk=elsewhere.organisation_id).exists()
