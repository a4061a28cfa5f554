"""schemathesis asks every address of both interfaces what their documents allow, and what they do not: no failure."""

import sys
from collections.abc import Collection
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import httpx
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from callers_of import make_client, token_of
from district import make_district

from cast import AT, make_cast
from crescendo.accounts.models import Role
from crescendo.api import document as intake
from crescendo.api import rate
from crescendo.api.scopes import SCOPES
from crescendo.core import school_time
from crescendo.oneroster import document as oneroster

DOCUMENTS = {
    "intake": intake.describe,
    "rostering": lambda site: oneroster.describe("rostering", site),
    "gradebook": lambda site: oneroster.describe("gradebook", site),
}


# What one of each sort of address is: a list, one, a list within something, what is written, a batch and its status.
SOME = {
    "intake": {"batch_send", "batch_status"},
    "rostering": {"users", "users_one", "schools_classes_students"},
    "gradebook": {"results", "put_lineItem", "delete_result"},
}


def ask(document: dict, examples: int, only: Collection[str] = (), app: object = None, **call: object) -> int:
    """How many requests were made; a failure raises, with the request that shows it."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    asked = 0
    for operation in schema.get_all_operations():
        if only and operation.ok().definition.raw["operationId"] not in only:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=examples, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.ok().as_strategy(generation_mode=mode))
            def try_it(case: schemathesis.Case) -> None:
                nonlocal asked
                asked += 1
                # No schema can say that the id in a body is that of the address, or that a score fits its line item.
                spared = [positive_data_acceptance] if case.method == "PUT" else []
                case.call_and_validate(**call, excluded_checks=spared)

            # What takes any text in its path and nothing else cannot be asked wrongly.
            with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                try_it()
    return asked


@pytest.fixture
def _as_on_that_day(monkeypatch):
    monkeypatch.setattr(school_time, "now", lambda: AT)
    monkeypatch.setattr(rate, "seconds_to_wait", lambda _who, _per_minute: 0)


def allow_marks() -> None:
    """Of what the district leader may not: so that every scope of the documents is one that the token carries."""
    Role.objects.get(code="district_leader").permissions.add("attendance.record", "scores.record")


@contextmanager
def one_connection():
    """A request's end closes no connection: the test's transaction lives in it (so does Django's own test client)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_as_on_that_day")
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_no_request_of_a_few_finds_a_failure(district, client, name):
    allow_marks()
    headers = {"Authorization": f"Bearer {token_of(client, district, *SCOPES, by='dina')}"}
    document = DOCUMENTS[name]("http://localhost")
    with one_connection():
        asked = ask(document, 2, SOME[name], app=get_wsgi_application(), headers=headers)
    assert asked > 2 * len(SOME[name])


@pytest.mark.long
@pytest.mark.usefixtures("_as_on_that_day")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_no_request_of_many_finds_a_failure(live_server, name):
    """The same against a real server, every address."""
    cast = make_district(make_cast())
    allow_marks()
    client, secret = make_client(cast, *SCOPES, by="dina")
    answer = httpx.post(
        f"{live_server.url}/oauth/token", data={"grant_type": "client_credentials"}, auth=(client.client_id, secret), timeout=60,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert ask(DOCUMENTS[name](live_server.url), 20, base_url=live_server.url, headers=headers) > 60
