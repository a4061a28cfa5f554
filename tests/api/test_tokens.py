"""The token endpoint: a secret becomes a token of an hour, with the scopes that were asked for or all of them."""

import base64
from datetime import timedelta

import pytest
from callers_of import ask_token, basic, make_client, send

from cast import AT
from crescendo.accounts.models import AuditEntry
from crescendo.api import actions
from crescendo.api.models import AccessToken, Client
from crescendo.api.scopes import ACTIVITY, ADDRESSES, ATTENDANCE, CORE, DEMOGRAPHICS, ROSTER
from crescendo.core import school_time
from crescendo.core.errors import NotAllowed, Refused
from crescendo.imports.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(cast) -> tuple[Client, str]:
    return make_client(cast, ROSTER, ACTIVITY)


def test_without_a_scope_the_clients_own_are_granted(made, client):
    answer = ask_token(client, basic(*made))
    said = answer.json()
    assert answer.status_code == 200
    assert (said["token_type"].lower(), said["expires_in"]) == ("bearer", 3600)
    assert set(said["scope"].split()) == {ADDRESSES[0] + ROSTER, ACTIVITY}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_part_of_what_it_holds_is_granted_as_it_was_asked(made, client, address):
    said = ask_token(client, basic(*made), scope=f"{address}{CORE} {address}{DEMOGRAPHICS}").json()
    assert said["scope"] == address + CORE
    assert AccessToken.objects.get().scopes == [CORE]


def test_a_scope_that_it_does_not_hold_is_refused(made, client):
    answer = ask_token(client, basic(*made), scope=ATTENDANCE)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_id_and_secret_in_the_form_open_it_too(made, client):
    form = {"grant_type": "client_credentials", "client_id": made[0].client_id, "client_secret": made[1]}
    assert client.post("/oauth/token", form).status_code == 200


@pytest.mark.parametrize(
    ("authorization", "form"),
    [
        ("", {}),
        ("Basic !!!", {}),
        ("Basic " + base64.b64encode(b"nobody:nothing").decode(), {}),
        ("Basic " + base64.b64encode(b"no\0body:noth\0ing").decode(), {}),
        ("Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(), {}),
        ("Bearer x", {"client_id": "x" * 10_000, "client_secret": "y"}),
    ],
)
def test_whoever_does_not_know_the_secret_gets_no_token(made, client, authorization, form):
    answer = client.post(
        "/oauth/token", {"grant_type": "client_credentials"} | form, headers={"authorization": authorization}
    )
    assert answer.status_code == (401 if authorization[:5] != "Beare" else 400)  # RFC 6749, 5.2
    assert answer.json()["error"] == "invalid_client"
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("grant", ["password", "", "authorization_code"])
def test_no_other_grant_is_known(made, client, grant):
    answer = ask_token(client, basic(*made), grant_type=grant)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_only_digests_are_kept(made, client):
    token = ask_token(client, basic(*made)).json()["access_token"]
    kept = [*Client.objects.values_list(), *AccessToken.objects.values_list()]
    assert made[1] not in str(kept)
    assert token not in str(kept)


def test_a_token_ends_after_an_hour_and_with_its_client(cast, made, client):
    token = ask_token(client, basic(*made)).json()["access_token"]
    assert send(client, token, ["x"], "1").status_code == 202
    AccessToken.objects.update(expires_at=school_time.now() - timedelta(seconds=1))
    assert send(client, token, ["x"], "2").status_code == 401
    token = ask_token(client, basic(*made)).json()["access_token"]
    actions.end_client(client_pk=made[0].pk, by=cast.viewer("adam"), at=AT)
    assert send(client, token, ["x"], "3").status_code == 401
    assert ask_token(client, basic(*made)).status_code == 401


def test_nobody_gives_away_what_they_may_not_do(cast):
    with pytest.raises(Refused):
        make_client(cast, DEMOGRAPHICS)  # Adam sets the site up, and sees no sensitive characteristics
    make_client(cast, DEMOGRAPHICS, by="dina")
    with pytest.raises(NotAllowed):
        make_client(cast, ROSTER, by="priya")


def test_making_and_ending_leave_a_line_without_the_secret(cast, made):
    actions.end_client(client_pk=made[0].pk, by=cast.viewer("dina"), at=AT)
    lines = AuditEntry.objects.filter(object_type="api.client").order_by("id")
    assert [line.verb for line in lines] == ["api_client.made", "api_client.ended"]
    assert made[1] not in str(list(lines.values_list()))


def test_the_page_makes_a_client_shows_the_secret_once_and_ends_it(cast, client):
    client.force_login(cast.users["adam"])
    Source.objects.create(slug="sis", title="SIS", kind="oneroster")
    form = {"title": "SIS", "source": "", "organisation": cast.lincoln.pk, "scopes": [CORE, ATTENDANCE]}
    page = client.post("/connections/", form)
    assert page.context["form"].errors.keys() == {"title"}, "ids of its own would be taken for the SIS's"
    page = client.post("/connections/", form | {"title": "Grade book", "source": "sis"})
    made = Client.objects.get()
    assert (made.source, made.organisation_id, made.scopes) == ("sis", cast.lincoln.pk, [CORE, ATTENDANCE])
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in client.get("/connections/").content.decode()
    assert client.post(f"/connections/{made.pk}/end/").status_code == 302
    assert Client.objects.get().ended_at is not None
