"""The first person of a new site: real password, real post, and no way in through a demo."""

import pytest
from django.test import Client

from cast import AT, ON, Cast
from crescendo import first_administrator
from crescendo.accounts.models import Site, User

pytestmark = pytest.mark.django_db
HOW = {"name": "Ada Abbott", "email": "", "organisation": "New District", "on": ON, "at": AT}


def test_the_first_administrator_signs_in_with_a_password_and_may_bring_files_in(client: Client) -> None:
    post = first_administrator.appoint(username="ada", password="a long enough phrase", **HOW)
    assert (post.role_id, post.organisation.name) == ("administrator", "New District")
    answer = client.post("/sign-in/", {"username": "ada", "password": "a long enough phrase"})
    assert answer.status_code == 302
    assert client.get("/imports/").status_code == 200


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_a_weak_password_is_refused_and_nothing_is_made(password: str) -> None:
    with pytest.raises(first_administrator.CannotAppoint):
        first_administrator.appoint(username="ada", password=password, **HOW)
    assert not User.objects.exists()


def test_a_demo_gets_no_administrator(cast: Cast) -> None:
    assert Site.objects.get().made_by_demo
    with pytest.raises(first_administrator.CannotAppoint, match="demo"):
        first_administrator.appoint(username="ada", password="a long enough phrase", **HOW)
