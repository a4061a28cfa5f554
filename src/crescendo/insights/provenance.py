"""Where the facts behind a number came from: which systems sent which files, when, and what was set aside.

For an organisation the imports say it: every delivery before the measurement that changed a table the measure reads.
For a student the facts themselves say it: each carries its source and its import.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max
from django.urls import reverse

from crescendo.imports import permissions as imports
from crescendo.imports.models import ImportRun
from crescendo.indicators.models import MeasurementRun
from crescendo.records.models import AttendanceSubmission
from crescendo.records.models.facts import StudentFact
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer
from edmeasures.indicator import Indicator

# A roster that is brought in before the summer still stands behind the next year's numbers.
LOOKED_BACK = timedelta(days=550)
# The measure library's table -> the name under which imports hand rows over, where they differ.
TARGETS = {"enrolments": "school_enrolments"}


@dataclass(frozen=True)
class Origin:
    """One system: its latest delivery that fed the measure, and how many others did before.

    `rows` are the rows of the measure's tables that it brought or changed, `read` and `set_aside` those of the latest
    delivery's files. `file` and `href` are for people who may look at imports.
    """

    system: str
    rows: int
    deliveries: int
    at: datetime | None = None
    read: int = 0
    set_aside: int = 0
    file: str = ""
    href: str = ""
    by_hand: bool = False


def list_origins(*, viewer: Viewer, definition: Indicator, run: MeasurementRun) -> list[Origin]:
    """The systems whose deliveries the measurement could see, by the tables this measure reads; largest first."""
    wanted = {TARGETS.get(table, table) for table in definition.tables}
    applied = ImportRun.objects.filter(
        state=ImportRun.State.APPLIED,
        is_dry_run=False,
        finished_at__lte=run.started_at,
        started_at__gte=run.started_at - LOOKED_BACK,
    )
    by_source: dict[int, list[tuple[ImportRun, int]]] = defaultdict(list)
    for delivery in applied.select_related("source").order_by("-finished_at", "-id"):
        rows = sum(_moved(delivery.preview.get(target, {})) for target in wanted)
        if rows:
            by_source[delivery.source_id].append((delivery, rows))
    found = [_origin(viewer, deliveries) for deliveries in by_source.values()]
    return sorted(found, key=lambda origin: (-origin.rows, origin.system))


def _moved(counts: dict[str, int]) -> int:
    return sum(counts.get(word, 0) for word in ("created", "changed", "ended", "retracted"))


def _origin(viewer: Viewer, deliveries: Sequence[tuple[ImportRun, int]]) -> Origin:
    latest = deliveries[0][0]
    may_look = imports.may_see_imports(viewer)
    return Origin(
        system=latest.source.title,
        rows=sum(rows for _delivery, rows in deliveries),
        deliveries=len(deliveries),
        at=latest.finished_at,
        read=sum(file.get("read", 0) for file in latest.counts.values()),
        set_aside=sum(file.get("set_aside", 0) for file in latest.counts.values()),
        file=latest.file_name if may_look else "",
        href=reverse("imports:import_detail", args=[latest.pk]) if may_look else "",
    )


def list_origins_of_student(
    *, viewer: Viewer, student_id: int, school_year: int, models: Iterable[type[StudentFact]]
) -> list[Origin]:
    """The systems that sent this student's facts, or that somebody wrote them down by hand on a page."""
    counted: dict[tuple[str, int | None], int] = defaultdict(int)
    for model in models:
        facts = model.objects.filter(
            SeenBy(viewer, "student_id"), student_id=student_id, school_year=school_year
        )
        for source, import_id, rows in (
            facts.order_by().values_list("source", "import_id").annotate(rows=Count("id"))
        ):
            counted[(source, import_id)] += rows
    runs = ImportRun.objects.select_related("source").in_bulk({pk for _source, pk in counted if pk})
    by_source: dict[str, list[tuple[ImportRun, int]]] = defaultdict(list)
    by_hand = 0
    for (source, import_id), rows in counted.items():
        if import_id in runs:
            by_source[source].append((runs[import_id], rows))
        else:
            by_hand += rows
    found = [
        _origin(viewer, sorted(deliveries, key=lambda item: -item[0].pk)) for deliveries in by_source.values()
    ]
    if by_hand:
        found.append(Origin(system="", rows=by_hand, deliveries=0, by_hand=True))
    return sorted(found, key=lambda origin: (-origin.rows, origin.system))


def find_last_submission(*, school_ids: Sequence[int], run: MeasurementRun) -> date | None:
    """The latest day, up to the run's, for which any of these schools is known to have sent its attendance."""
    sent = AttendanceSubmission.objects.filter(
        school_year=run.school_year, school_id__in=school_ids, on__lte=run.as_of
    )
    return sent.aggregate(last=Max("on"))["last"]
