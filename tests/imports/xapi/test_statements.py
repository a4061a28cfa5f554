"""What is a statement and what is none: the conformance suite's fragments, and what it has no fragment for."""

import json
from pathlib import Path
from typing import Any

import pytest

from crescendo.imports.json_reading import read
from crescendo.imports.sources.xapi import meaning
from crescendo.imports.sources.xapi.statements import check
from crescendo.imports.sources.xapi.words import Invalid
from imports.xapi.statement_files import played

ADL = "interop/xapi/adl-templates-1.0.3"
NAME, DESCRIPTION, KIND = (f"object.definition.{one}" for one in ("name", "description", "interactionType"))
INVALID = {
    "activities/description_invalid": DESCRIPTION, "activities/name_invalid": NAME, "activities/no_id": "object.id",
    "activities/interaction_type_invalid_iri": KIND, "activities/interaction_type_invalid_numeric": KIND,
    "activities/interaction_type_invalid_object": KIND, "activities/interaction_type_invalid_string": KIND,
    "activities/numeric_description": DESCRIPTION, "activities/numeric_name": NAME,
    "activities/string_description": DESCRIPTION, "activities/string_name": NAME,
    "agents/account_no_homepage": "actor.account.homePage", "agents/account_no_name": "actor.account.name",
    "statements/actor": "actor", "statements/authority": "authority", "statements/multiple_actor": "",
    "statements/no_actor": "actor", "statements/no_object": "object", "statements/no_verb": "verb",
    "statements/object_activity": "object.id", "statements/object_actor": "object",
    "statements/object_statementref_no_id": "object.id", "statements/object_substatement": "object.actor",
    "statements/verb": "verb.id", "verbs/no_id": "verb.id",
}  # fmt: skip
PLACE = {"activities": "object", "agents": "actor", "results": "result", "verbs": "verb"}
REF = {"objectType": "StatementRef", "id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0"}


def place_of(statement: Any, version: str = "") -> str | None:
    try:
        check(statement, version)
    except Invalid as problem:
        return problem.path
    return None


@pytest.mark.samples
def test_every_fragment_of_the_conformance_suite_is_taken_or_refused_for_its_reason(samples: Path) -> None:
    found = {}
    for path in sorted((samples / ADL).glob("*/*.json")):
        folder, name = path.parent.name, f"{path.parent.name}/{path.stem}"
        value = read(path.read_bytes())
        statement = value if folder == "statements" else played(**{PLACE[folder]: value})
        if name == "verbs/voided":
            statement["object"] = REF
        if (place := place_of(statement)) is not None:
            found[name] = place
    assert found == INVALID


@pytest.mark.parametrize(
    ("place", "more"),
    [
        ("id", {"id": "7"}),
        ("", {"Result": {}}),
        ("result.score.scaled", {"result": {"score": {"scaled": 1.01}}}),
        ("result.score.raw", {"result": {"score": {"raw": 11, "min": 0, "max": 10}}}),
        ("result.score.min", {"result": {"score": {"min": 10, "max": 10}}}),
        ("result.success", {"result": {"success": "true"}}),
        ("result.duration", {"result": {"duration": "45 minutes"}}),
        ("result.duration", {"result": {"duration": "PT"}}),
        ("result.response", {"result": {"response": None}}),
        ("actor", {"actor": {"mbox": "mailto:a@example.org", "openid": "https://a.example.org"}}),
        ("actor.mbox", {"actor": {"mbox": "sam@example.org"}}),
        ("actor.member", {"actor": {"objectType": "Group", "name": "7b"}}),
        ("timestamp", {"timestamp": "yesterday"}),
        ("timestamp", {"timestamp": "2026-03-10T15:00:00-00:00"}),
        ("timestamp", {"timestamp": "2026-02-30T15:00:00Z"}),
        ("context.registration", {"context": {"registration": "7"}}),
        ("context.platform", {"context": {"platform": "LMS"}, "object": REF}),
        ("context.contextActivities", {"context": {"contextActivities": {"cause": []}}}),
        ("object", {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}),
        ("object.object.objectType", {"object": {"objectType": "SubStatement", "actor": played()["actor"], "verb": {"id": "a:b"},
                                          "object": {"objectType": "SubStatement"}}}),
        ("verb.id", {"verb": {"id": "played"}}),
        ("object.definition.name", {"object": {"id": "a:b", "definition": {"name": {"en": "a\0b"}}}}),
        ("result.score.raw", {"result": {"score": {"raw": float("nan")}}}),
    ],
)  # fmt: skip
def test_what_no_statement_may_hold_is_refused_with_its_place(place: str, more: dict[str, Any]) -> None:
    found = place_of(played(**more))
    assert found is not None
    assert found.startswith(place)


def test_the_versions_differ_in_what_an_instant_is() -> None:
    local = played(timestamp="2026-03-10T15:00:00")
    assert (place_of(local, "1.0.3"), place_of(local, "2.0.0")) == (None, "timestamp")
    for said in ("2026-03-10T15:00:00.123456+09:00", "2026-03-10t15:00:00z"):
        assert place_of(played(timestamp=said.upper()), "2.0.0") is None


@pytest.mark.parametrize(
    ("duration", "minutes"),
    [("PT12M30S", 12.5), ("PT0S", 0.0), ("P1D", 1440.0), ("PT1,5H", 90.0), ("P1DT1S", None), ("P1M", None), ("P1W", None), ("", None)],
)  # fmt: skip
def test_a_duration_is_minutes_of_one_day_or_no_number(duration: str, minutes: float | None) -> None:
    assert meaning.minutes_of({"result": {"duration": duration}}) == minutes


def test_the_title_is_in_the_sites_language_else_in_any() -> None:
    def title(names: dict[str, str], language: str = "en-us") -> str:
        return meaning.title_of({"object": {"id": "https://a.example.org/7", "definition": {"name": names}}}, language)  # fmt: skip

    both = {"de": "Lesen", "en-GB": "Reading", "en-US": "To read", "es": "Leer"}
    assert (title(both), title(both, "es-mx"), title({"ja": "国語"})) == ("To read", "Leer", "国語")
    assert (title({}), title({"en": " "})) == ("https://a.example.org/7", "https://a.example.org/7")
    person = {"object": {"objectType": "Agent", "name": "Sam", "mbox": "mailto:sam@example.org"}}
    assert meaning.title_of(person, "en") == ""


def test_statements_say_the_same_whatever_a_receiver_added() -> None:
    sent = played()
    returned = json.loads(json.dumps(sent | {"stored": "2026-03-10T15:00:01Z", "version": "1.0.3"}))
    returned["timestamp"] = "2026-03-10T16:00:00+01:00"
    assert meaning.canonical(sent) == meaning.canonical(dict(reversed(returned.items())))
    assert meaning.canonical(sent) != meaning.canonical(played(result={}))
