"""schemathesis asks every address of both interfaces what their documents allow, and what they do not: no failure."""

import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from callers_of import make_client
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


def ask_everything(live_server, monkeypatch, name: str, examples: int, every: int = 1) -> int:
    """How many requests were made; a failure raises, with the request that shows it."""
    monkeypatch.setattr(school_time, "now", lambda: AT)
    monkeypatch.setattr(rate, "seconds_to_wait", lambda _who, _per_minute: 0)
    cast = make_district(make_cast())
    Role.objects.get(code="district_leader").permissions.add("attendance.record", "scores.record")
    client, secret = make_client(cast, *SCOPES, by="dina")
    import httpx  # noqa: PLC0415

    answer = httpx.post(
        f"{live_server.url}/oauth/token", data={"grant_type": "client_credentials"}, auth=(client.client_id, secret)
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    schema = schemathesis.openapi.from_dict(DOCUMENTS[name](live_server.url))
    asked = 0
    for operation in list(schema.get_all_operations())[::every]:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=examples, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.ok().as_strategy(generation_mode=mode))
            def ask(case: schemathesis.Case) -> None:
                nonlocal asked
                asked += 1
                # No schema can say that the id in a body is that of the address, or that a score fits its line item.
                spared = [positive_data_acceptance] if case.method == "PUT" else []
                case.call_and_validate(base_url=live_server.url, headers=headers, excluded_checks=spared)

            # What takes any text in its path and nothing else cannot be asked wrongly.
            with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                ask()
    return asked


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_no_request_finds_a_failure(live_server, monkeypatch, name):
    assert ask_everything(live_server, monkeypatch, name, examples=2, every=1 if name == "intake" else 8) > 5


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_no_request_of_many_finds_a_failure(live_server, monkeypatch, name):
    assert ask_everything(live_server, monkeypatch, name, examples=20) > 100
