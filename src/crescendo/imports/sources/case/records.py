"""One record of a framework, and what each kind must say (CASE 1.1, section 5; 1.0 differs in what it leaves out)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LISTS = {"CFItems": "CFItem", "CFAssociations": "CFAssociation", "CFRubrics": "CFRubric"}
DEFINITIONS = {
    "CFConcepts": "CFConcept", "CFSubjects": "CFSubject", "CFLicenses": "CFLicense", "CFItemTypes": "CFItemType",
    "CFAssociationGroupings": "CFAssociationGrouping",
}  # fmt: skip
REQUIRED = {
    "CFDocument": ("identifier", "title"),
    "CFItem": ("identifier", "fullStatement"),
    "CFAssociation": ("identifier", "associationType", "originNodeURI", "destinationNodeURI"),
}
# As the standard says them; a site's own begin with `ext:`.
TYPES = frozenset(
    [
        "isChildOf",
        "isPeerOf",
        "isPartOf",
        "exactMatchOf",
        "precedes",
        "isRelatedTo",
        "replacedBy",
        "exemplar",
        "hasSkillLevel",
        "isTranslationOf",
    ]
)
LONGEST_ID = 200


class Unreadable(Exception):
    """A file that is no framework."""


@dataclass
class Record:
    """A record as it came, of a document. `row` None: no row of the file stands for it alone."""

    kind: str
    file: str
    row: int | None
    document: str
    data: dict[str, Any]
    rank: int = field(default=0)

    @property
    def key(self) -> str:
        return f"{self.kind}:{str(self.data['identifier']).lower()}"

    @property
    def changed_at(self) -> datetime | None:
        return instant(self.data.get("lastChangeDateTime"))


def instant(value: Any) -> datetime | None:
    """When a record changed; an instant without an offset is UTC, as OpenSALT means it."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def missing(kind: str, data: dict[str, Any]) -> str:
    """The first field that a record of this kind needs and has not; empty: none."""
    for name in REQUIRED.get(kind, ("identifier",)):
        value = data.get(name)
        if name.endswith("NodeURI"):
            if not (isinstance(value, dict) and (value.get("identifier") or value.get("uri"))):
                return name
        elif not isinstance(value, str) or not value.strip():
            return name
    return ""


def link(data: dict[str, Any]) -> dict[str, str]:
    """How other records name this one (LinkURI)."""
    title = data.get("title") or data.get("humanCodingScheme") or data.get("fullStatement", "")
    found = {"title": str(title), "identifier": str(data["identifier"])}
    return found | ({"uri": str(data["uri"])} if data.get("uri") else {})
