"""What the pages about pairs and ids show."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crescendo.core import numbers
from crescendo.imports.models import Source
from crescendo.records.models import KeptRecord
from crescendo.roster.models import ExternalId, Organisation, Student

from .models import Merge, Proposal

# What was compared, in words; the sign of the weight says for or against.
REASONS: dict[str, Promise] = {
    "given_same": _("same given name"),
    "given_close": _("almost the same given name"),
    "given_differs": _("other given name"),
    "family_same": _("same family name"),
    "family_close": _("almost the same family name"),
    "family_differs": _("other family name"),
    "names_swapped": _("given name and family name changed places"),
    "born_same": _("same birthday"),
    "born_swapped": _("birthday with day and month changed"),
    "born_near": _("birthday that differs in one figure"),
    "born_differs": _("other birthday"),
    "identifier_same": _("same student number"),
    "contact_same": _("same e-mail, user name or telephone"),
    "follows": _("one left before the other came"),
    "together": _("at two schools at the same time"),
}


@dataclass(frozen=True)
class Record:
    """One of the two, side by side with the other."""

    id: int
    name: str
    born_on: date | None
    identifier: str
    email: str
    school: str
    grade_level: str
    entry_on: date | None
    exit_on: date | None
    ids: list[str]
    is_suggested: bool = False


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person."""

    proposal: Proposal
    records: list[Record]
    speaks_for: list[str]
    speaks_against: list[str]
    percent: str


def describe_pairs(proposals: list[Proposal]) -> list[Pair]:
    """Each pair with both records; a pair whose records the viewer may not compare is left out."""
    pairs = [_describe(proposal) for proposal in proposals]
    return [pair for pair in pairs if len(pair.records) == 2]


def _describe(proposal: Proposal) -> Pair:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM identity_describe(%s)", [proposal.pk])
        rows = cursor.fetchall()
    names = dict(
        Organisation.objects.filter(pk__in=[row[7] for row in rows if row[7]]).values_list("pk", "name")
    )
    # The record that is still enrolled stays, or else the one that came last.
    latest = max(
        rows, key=lambda row: (row[10] is None and row[9] is not None, row[9] or date.min), default=None
    )
    records = [
        Record(
            row[0], " ".join(filter(None, row[1:4])), row[4], row[5], row[6], names.get(row[7], ""), row[8] or "",
            row[9], row[10], row[11], row is latest,
        )
        for row in rows
    ]  # fmt: skip
    said = [(str(REASONS.get(one["code"], one["code"])), one["bits"]) for one in proposal.reasons]
    return Pair(
        proposal,
        records,
        [words for words, bits in said if bits > 0],
        [words for words, bits in said if bits <= 0],
        numbers.percent(min(proposal.probability, 0.999), 1),
    )


def describe_ids(student: Student) -> dict[str, Any]:
    """Every id that anybody uses for the student, what was merged, and what is kept beside the measures."""
    titles = dict(Source.objects.values_list("slug", "title"))
    ids = ExternalId.objects.filter(entity="student", object_id=student.pk).order_by("source", "external_id")
    kept: dict[tuple[str, str], int] = {}
    for source, kind in KeptRecord.objects.filter(student_id=student.pk).values_list("source", "kind"):
        kept[source, kind] = kept.get((source, kind), 0) + 1
    return {
        "student": student,
        "ids": [(titles.get(one.source, one.source), one.external_id) for one in ids],
        "merges": Merge.objects.filter(kept_id=student.pk).select_related("by", "split_by"),
        "kept": [
            (titles.get(source, source), kind, number) for (source, kind), number in sorted(kept.items())
        ],
    }
