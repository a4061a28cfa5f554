"""What the tests of the doors share: a client, its token, and a batch that is sent and worked off."""

import base64
import json

from cast import AT
from crescendo.api import actions, working
from crescendo.api.models import Client


def make_client(
    cast, *scopes: str, by: str = "adam", where: str = "district", source: str = "sis"
) -> tuple[Client, str]:
    return actions.make_client(
        title="Grade book", source=source, scopes=scopes, organisation_id=cast.organisations[where].pk,
        by=cast.viewer(by), at=AT,
    )  # fmt: skip


def basic(client: Client, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()


def ask_token(http, authorization: str, **said: str):
    form = {"grant_type": "client_credentials"} | said
    return http.post("/oauth/token", form, headers={"authorization": authorization})


def token_of(http, cast, *scopes: str, **where: str) -> str:
    client, secret = make_client(cast, *scopes, **where)
    return ask_token(http, basic(client, secret)).json()["access_token"]


def send(http, token: str, marks: object, key: str = "b1"):
    body = marks if isinstance(marks, str | bytes) else json.dumps({"marks": marks})
    return http.post(
        "/api/v1/batches", body, content_type="application/json",
        headers={"authorization": f"Bearer {token}", "idempotency-key": key},
    )  # fmt: skip


def status(http, token: str, answer) -> dict:
    working.work_off(clock=lambda: AT)
    return http.get(answer.json()["status_url"], headers={"authorization": f"Bearer {token}"}).json()
