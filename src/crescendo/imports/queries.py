"""Everything that screens and commands ask about imports."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from .models import Finding, ImportRun, Progress, SetAsideRow, Source


@dataclass(frozen=True)
class TargetDifference:
    """What a run did, or would do, to one kind of row. Samples name rows by id and file row only."""

    target: str
    created: int
    changed: int
    ended: int
    retracted: int
    unchanged: int
    samples: list[dict[str, Any]]
    by_school: dict[str, int] = field(default_factory=dict)  # rows that end, by our id of the school


@dataclass(frozen=True)
class Preview:
    """A run before a person says yes: its difference, its files' counts, and why it waits."""

    run: ImportRun
    targets: list[TargetDifference]
    files: dict[str, dict[str, int]]
    reasons: list[dict[str, Any]]

    @property
    def changes_nothing(self) -> bool:
        return not any(one.created or one.changed or one.ended or one.retracted for one in self.targets)


def preview(run: ImportRun) -> Preview:
    """The stored difference of a run: what it would do (waiting, checked) or did (applied)."""
    targets = [TargetDifference(target=name, **counts) for name, counts in run.preview.items()]
    return Preview(run, targets, run.counts, run.reasons)


def find_source(slug: str) -> Source | None:
    return Source.objects.filter(slug=slug).first()


def list_sources() -> list[tuple[str, str]]:
    """Short name and title of every source, by title."""
    return list(Source.objects.order_by("title", "slug").values_list("slug", "title"))


def list_runs(source: Source | None = None) -> QuerySet[ImportRun]:
    runs = ImportRun.objects.select_related("source", "by", "progress")
    return runs.filter(source=source) if source else runs


def list_findings(run: ImportRun) -> QuerySet[Finding]:
    return Finding.objects.filter(run=run)


def list_set_aside(run: ImportRun) -> QuerySet[SetAsideRow]:
    return SetAsideRow.objects.filter(run=run)


def find_progress(run: ImportRun) -> Progress | None:
    return Progress.objects.filter(run=run).first()


def as_json(run: ImportRun) -> dict[str, Any]:
    """A run as the command line prints it: counts per file and per target, and the findings."""
    return {
        "run": run.pk,
        "source": run.source.slug,
        "state": run.state,
        "files": {
            name: {
                "read": counts["read"],
                "applied": counts["applied"],
                "unchanged": counts["unchanged"],
                "quarantined": counts["set_aside"],
            }
            for name, counts in run.counts.items()
        },
        "targets": {
            name: {word: counts[word] for word in ("created", "changed", "ended", "retracted", "unchanged")}
            for name, counts in run.preview.items()
        },
        "reasons": run.reasons,
        "message": run.message,
        "findings": [
            {
                "code": one.code, "severity": one.severity, "file": one.file, "row": one.row, "column": one.column,
                "expected": one.expected, "received": one.received_masked, "what_to_do": one.what_to_do,
                "count": one.count,
            }
            for one in list_findings(run)
        ],
    }  # fmt: skip
