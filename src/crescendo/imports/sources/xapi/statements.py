"""What a statement must look like (xAPI 1.0.3 part 2, section 2; IEEE 9274.1.1, section 4.2): no database, no clock.

The first thing that is wrong is said with its place. A sentence never repeats what was sent: it may name a child.
"""

import re
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from crescendo.imports.json_reading import find_unfit

from .agents import check_actor, check_agent, check_group
from .words import Invalid, check_iri, check_language_map, check_names, check_object, check_text, is_number

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
DURATION = re.compile(
    r"P(?:(\d+(?:[.,]\d+)?)W|(?=.)(?:(\d+(?:[.,]\d+)?)Y)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?=.)(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?)",
    re.ASCII,
)
TOP = frozenset(
    [
        "id",
        "actor",
        "verb",
        "object",
        "result",
        "context",
        "timestamp",
        "stored",
        "authority",
        "version",
        "attachments",
    ]
)
INSIDE = frozenset(["objectType", "actor", "verb", "object", "result", "context", "timestamp", "attachments"])
CONTEXT = frozenset(
    [
        "registration",
        "instructor",
        "team",
        "contextActivities",
        "contextAgents",
        "contextGroups",
        "revision",
        "platform",
        "language",
        "statement",
        "extensions",
    ]
)
INTERACTIONS = {
    "true-false": (), "choice": ("choices",), "fill-in": (), "long-fill-in": (), "matching": ("source", "target"),
    "performance": ("steps",), "sequencing": ("choices",), "likert": ("scale",), "numeric": (), "other": (),
}  # fmt: skip
COMPONENTS = ("choices", "scale", "source", "target", "steps")
DEFINITION = frozenset(
    ["name", "description", "type", "moreInfo", "extensions", "interactionType", "correctResponsesPattern", *COMPONENTS]
)  # fmt: skip
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
VERSIONS = ("1.0", "2.0")


def check(statement: Any, version: str = "") -> None:
    """Raise `Invalid` with the first thing that is wrong. Without a version, what either allows is right."""
    check_object(statement, "")
    for path, what in find_unfit(statement):
        words = {
            "doubled": _("a name stands twice in one object"),
            "text": _("a text holds a character that no text may hold"),
            "number": _("this is no number"),
            "deep": _("it is nested deeper than anyone means"),
        }[what]
        raise Invalid(path, words)
    _refuse_nulls(statement, "")
    check_names(statement, TOP, "")
    if "id" in statement:
        _check_uuid(statement["id"], "id")
    if "version" in statement and not str(statement["version"]).startswith(VERSIONS):
        raise Invalid("version", _("the version is 1.0.x or 2.0.x"))
    _check_parts(statement, "", version)
    if statement["verb"]["id"] == VOIDED and statement["object"].get("objectType") != "StatementRef":
        raise Invalid("object", _("a voiding statement names the statement it voids (StatementRef)"))
    if "authority" in statement:
        check_actor(statement["authority"], "authority")
    if "stored" in statement:
        read_instant(statement["stored"], "stored", version)


def _refuse_nulls(value: Any, path: str) -> None:
    """Nothing is null, save inside extensions."""
    for name, one in value.items():
        place = f"{path}.{name}" if path else name
        if one is None:
            raise Invalid(place, _("nothing may be null: leave it out"))
        if name == "extensions":
            continue
        for inner in one if isinstance(one, list) else [one]:
            if isinstance(inner, dict):
                _refuse_nulls(inner, place)


def _check_parts(statement: dict[str, Any], path: str, version: str) -> None:
    for name in ("actor", "verb", "object"):
        if name not in statement:
            raise Invalid(path + name, _("it is missing"))
    check_actor(statement["actor"], f"{path}actor")
    _check_verb(statement["verb"], f"{path}verb")
    _check_thing(statement["object"], f"{path}object", version, inside=bool(path))
    if "result" in statement:
        _check_result(statement["result"], f"{path}result")
    if "context" in statement:
        _check_context(statement, f"{path}context")
    if "timestamp" in statement:
        read_instant(statement["timestamp"], f"{path}timestamp", version)
    if "attachments" in statement:
        _check_attachments(statement["attachments"], f"{path}attachments")


def _check_verb(verb: Any, path: str) -> None:
    check_object(verb, path)
    check_names(verb, frozenset({"id", "display"}), path)
    check_iri(verb.get("id"), f"{path}.id")
    if "display" in verb:
        check_language_map(verb["display"], f"{path}.display")


def _check_thing(thing: Any, path: str, version: str, *, inside: bool) -> None:
    """The object of a statement: an activity unless it says otherwise."""
    check_object(thing, path)
    kind = thing.get("objectType", "Activity")
    if kind == "Activity":
        check_activity(thing, path)
    elif kind == "Agent":
        check_agent(thing, path)
    elif kind == "Group":
        check_group(thing, path)
    elif kind == "StatementRef":
        _check_ref(thing, path)
    elif kind == "SubStatement" and not inside:
        check_names(thing, INSIDE, path)
        _check_parts(thing, f"{path}.", version)
    else:
        raise Invalid(f"{path}.objectType", _("it is none of the kinds an object has"))


def _check_ref(ref: dict[str, Any], path: str) -> None:
    check_names(ref, frozenset({"objectType", "id"}), path)
    if ref.get("objectType") != "StatementRef":
        raise Invalid(f"{path}.objectType", _("it is 'StatementRef'"))
    _check_uuid(ref.get("id"), f"{path}.id")


def check_activity(activity: Any, path: str) -> None:
    check_object(activity, path)
    check_names(activity, frozenset({"objectType", "id", "definition"}), path)
    if activity.get("objectType", "Activity") != "Activity":
        raise Invalid(f"{path}.objectType", _("it is 'Activity'"))
    check_iri(activity.get("id"), f"{path}.id")
    if "definition" in activity:
        _check_definition(activity["definition"], f"{path}.definition")


def _check_definition(said: Any, path: str) -> None:
    check_object(said, path)
    check_names(said, DEFINITION, path)
    for name in ("name", "description"):
        if name in said:
            check_language_map(said[name], f"{path}.{name}")
    for name in ("type", "moreInfo"):
        if name in said:
            check_iri(said[name], f"{path}.{name}")
    if "extensions" in said:
        _check_extensions(said["extensions"], f"{path}.extensions")
    kind = said.get("interactionType")
    if "interactionType" in said and (not isinstance(kind, str) or kind not in INTERACTIONS):
        raise Invalid(f"{path}.interactionType", _("it is none of the kinds of interaction"))
    patterns = said.get("correctResponsesPattern", [])
    if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
        raise Invalid(f"{path}.correctResponsesPattern", _("it is a list of texts"))
    for name in COMPONENTS:
        if name in said:
            allowed = isinstance(kind, str) and name in INTERACTIONS[kind]
            _check_components(said[name], f"{path}.{name}", allowed)


def _check_components(components: Any, path: str, allowed: bool) -> None:
    if not allowed:
        raise Invalid(path, _("this kind of interaction has no such list"))
    if not isinstance(components, list):
        raise Invalid(path, _("it is a list"))
    seen = set()
    for place, one in enumerate(components):
        here = f"{path}[{place}]"
        check_object(one, here)
        check_names(one, frozenset({"id", "description"}), here)
        check_text(one.get("id"), f"{here}.id")
        if "description" in one:
            check_language_map(one["description"], f"{here}.description")
        seen.add(one["id"])
    if len(seen) < len(components):
        raise Invalid(path, _("two of them have the same id"))


def _check_extensions(extensions: Any, path: str) -> None:
    check_object(extensions, path)
    for name in extensions:
        check_iri(name, path)


def _check_result(result: Any, path: str) -> None:
    check_object(result, path)
    check_names(
        result, frozenset(["score", "success", "completion", "response", "duration", "extensions"]), path
    )
    for name in ("success", "completion"):
        if name in result and not isinstance(result[name], bool):
            raise Invalid(f"{path}.{name}", _("it is true or false"))
    if "response" in result and not isinstance(result["response"], str):
        raise Invalid(f"{path}.response", _("it is a text"))
    duration = result.get("duration")
    if "duration" in result and not (isinstance(duration, str) and DURATION.fullmatch(duration)):
        raise Invalid(f"{path}.duration", _("it is a duration such as PT45M (ISO 8601)"))
    if "extensions" in result:
        _check_extensions(result["extensions"], f"{path}.extensions")
    if "score" in result:
        _check_score(result["score"], f"{path}.score")


def _check_score(score: Any, path: str) -> None:
    check_object(score, path)
    check_names(score, frozenset(["scaled", "raw", "min", "max"]), path)
    for name, value in score.items():
        if not is_number(value):
            raise Invalid(f"{path}.{name}", _("it is a number"))
    if not -1 <= score.get("scaled", 0) <= 1:
        raise Invalid(f"{path}.scaled", _("it lies between -1 and 1"))
    least, most = score.get("min", float("-inf")), score.get("max", float("inf"))
    if {"min", "max"} <= score.keys() and least >= most:
        raise Invalid(f"{path}.min", _("it is less than 'max'"))
    if "raw" in score and not least <= score["raw"] <= most:
        raise Invalid(f"{path}.raw", _("it lies between 'min' and 'max'"))


def _check_context(statement: dict[str, Any], path: str) -> None:
    context = statement["context"]
    check_object(context, path)
    check_names(context, CONTEXT, path)
    if "registration" in context:
        _check_uuid(context["registration"], f"{path}.registration")
    if "instructor" in context:
        check_actor(context["instructor"], f"{path}.instructor")
    if "team" in context:
        check_group(context["team"], f"{path}.team")
    if "statement" in context:
        check_object(context["statement"], f"{path}.statement")
        _check_ref(context["statement"], f"{path}.statement")
    for name in ("revision", "platform"):
        if name in context:
            check_text(context[name], f"{path}.{name}")
            if statement["object"].get("objectType", "Activity") != "Activity":
                raise Invalid(f"{path}.{name}", _("only a statement about an activity has it"))
    if "language" in context:
        check_language_map({context["language"]: ""} if isinstance(context["language"], str) else None,
                           f"{path}.language")  # fmt: skip
    if "extensions" in context:
        _check_extensions(context["extensions"], f"{path}.extensions")
    if "contextActivities" in context:
        _check_context_activities(context["contextActivities"], f"{path}.contextActivities")
    for name, part, check_part in (("contextAgents", "agent", check_agent), ("contextGroups", "group", check_group)):  # fmt: skip
        for place, one in enumerate(_listed(context.get(name, []), f"{path}.{name}")):
            check_object(one, f"{path}.{name}[{place}]")
            check_part(one.get(part), f"{path}.{name}[{place}].{part}")


def _check_context_activities(named: Any, path: str) -> None:
    check_object(named, path)
    check_names(named, frozenset(["parent", "grouping", "category", "other"]), path)
    for name, value in named.items():
        for place, one in enumerate(value if isinstance(value, list) else [value]):
            check_activity(one, f"{path}.{name}[{place}]")


def _check_attachments(attachments: Any, path: str) -> None:
    for place, one in enumerate(_listed(attachments, path)):
        here = f"{path}[{place}]"
        check_object(one, here)
        check_iri(one.get("usageType"), f"{here}.usageType")
        check_language_map(one.get("display"), f"{here}.display")
        for name in ("contentType", "sha2"):
            check_text(one.get(name), f"{here}.{name}")
        if not is_number(one.get("length")):
            raise Invalid(f"{here}.length", _("it is a number"))


def _listed(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid(path, _("it is a list"))
    return value


def _check_uuid(value: Any, path: str) -> None:
    if not isinstance(value, str) or not UUID.fullmatch(value):
        raise Invalid(path, _("it is a UUID, such as 6b1dd1d2-1b1f-4a0c-9d0e-2f4f6e1c7a11"))


def read_instant(value: Any, path: str = "timestamp", version: str = "") -> datetime:
    """An instant with its offset. 1.0.3 lets the offset be left out: then it is UTC; 2.0 (RFC 3339) does not."""
    wrong = Invalid(path, _("it is an instant such as 2026-03-10T09:30:00Z"))
    if not isinstance(value, str) or not re.match(r"\d{4}-?\d\d-?\d\d[Tt ]", value, re.ASCII):
        raise wrong
    if re.search(r"-00(:?00)?$", value[10:]) and not version.startswith("2"):
        raise Invalid(path, _("the offset -00:00 says nothing: write Z"))
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            if version.startswith("2"):
                raise wrong
            instant = instant.replace(tzinfo=UTC)
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong from None
    if instant < EARLIEST:
        raise Invalid(path, _("it lies before 1990"))
    return instant
