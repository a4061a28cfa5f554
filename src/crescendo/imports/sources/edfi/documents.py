"""One record in one shape, whether it came as bulk XML or from an API: the API's names, references flattened.

A descriptor keeps its whole URI and loses the word Descriptor from its name, since the two shapes differ there. A reference
becomes the plain values of its natural key. What is repeated becomes a list under the plural name.
"""

from typing import Any

Document = dict[str, Any]

# Wrappers of the XML that the API does not have: their fields stand in the record itself.
WRAPPERS = frozenset({"Name", "BirthData", "AttendanceEvent", "EmploymentPeriod"})
LEFT_OUT = frozenset({"id", "_etag", "_lastModifiedDate", "link", "changeVersion", "ChangeVersion"})


def from_xml(element: Any) -> Document:
    """An XML record. Repeated elements become lists; `ref` stays, to be looked up among the delivery's ids."""
    if local_name(element.tag).endswith("Reference"):  # a reference that stands as a record of its own
        named = _value(element, "Reference")
        return named if isinstance(named, dict) else {}
    found: dict[str, list[Any]] = {}
    _collect(element, found)
    return {
        (plural(name) if len(values) > 1 else name): (values if len(values) > 1 else values[0])
        for name, values in found.items()
    }


def _collect(element: Any, found: dict[str, list[Any]]) -> None:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = local_name(child.tag)
        if name in WRAPPERS and len(child):
            _collect(child, found)
            continue
        value = _value(child, name)
        if value is not None and value != {}:
            found.setdefault(camel(name), []).append(value)


def _value(element: Any, name: str) -> Any:
    if name.endswith("Reference"):
        if ref := element.get("ref"):
            return {"ref": ref}
        flat: Document = {}
        _flatten(element, flat)
        return flat
    if len(element):
        return from_xml(element)
    return (element.text or "").strip() or None


def _flatten(element: Any, into: Document) -> None:
    """The leaves of a reference, however deeply its identity nests; the outermost value of a name is the nearest."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if len(child):
            _flatten(child, into)
        elif (text := (child.text or "").strip()) and (name := camel(local_name(child.tag))) not in into:
            into[name] = school_year(text) if name == "schoolYear" else text


def from_json(value: Document) -> Document:
    """An API record: bookkeeping and empty lists go, lists of lone descriptors become lists of their values."""
    return {
        _without_descriptor(name): cleaned
        for name, one in value.items()
        if name not in LEFT_OUT and (cleaned := _clean(one)) not in (None, "", [], {})
    }


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return from_json(value)
    if isinstance(value, list):
        items = [_clean(one) for one in value]
        return [_lone_descriptor(raw, one) for raw, one in zip(value, items, strict=True)]
    return value.strip() if isinstance(value, str) else value


def _lone_descriptor(raw: Any, cleaned: Any) -> Any:
    if isinstance(raw, dict) and len(raw) == 1 and next(iter(raw)).endswith("Descriptor"):
        return next(iter(cleaned.values()), None)
    return cleaned


def _without_descriptor(name: str) -> str:
    return name.removesuffix("Descriptor") if name != "Descriptor" else name


def school_year(text: str) -> int | str:
    """The year in which it ends: 2021-2022 is 2022. Anything else stays as it came."""
    first, _, last = text.partition("-")
    if len(last) == 4 and first.isdecimal() and last.isdecimal():
        return int(last)
    return int(text) if len(text) == 4 and text.isdecimal() else text


def local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def camel(name: str) -> str:
    """SchoolId -> schoolId, CTEProgramService -> cteProgramService, as the API writes them."""
    capitals = len(name) - len(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if capitals <= 1 or capitals == len(name):
        return name[:1].lower() + name[1:] if capitals <= 1 else name.lower()
    return name[: capitals - 1].lower() + name[capitals - 1 :]


def plural(name: str) -> str:
    """How the API calls a list of it: grades, people, addresses, gradebookEntries."""
    if name.endswith("erson"):
        return name.removesuffix("erson") + "eople"
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return name[:-1] + "ies"
    if name.endswith("sis"):
        return name[:-2] + "es"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def singular(name: str) -> str:
    """The resource of a collection of the API: studentSchoolAssociations -> StudentSchoolAssociation."""
    name = name[:1].upper() + name[1:]
    if name.endswith("eople"):
        return name.removesuffix("eople") + "erson"
    if name.endswith("ies"):
        return name[:-3] + "y"
    if name.endswith(("sses", "xes", "ches", "shes")):
        return name[:-2]
    return name.removesuffix("s")
