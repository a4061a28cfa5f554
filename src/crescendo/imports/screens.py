"""What the import pages show, put together from the pipeline's reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.tasks import Task

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import User
from crescendo.core import numbers, school_time
from crescendo.roster.models import Organisation, Student
from crescendo.roster.viewer import Viewer

from . import actions, permissions, places, queries, tasks, wording
from .models import Finding, ImportRun, PickUp, Source

State = ImportRun.State
EARLIER_RUNS = 20  # what "usual" is taken from
FINDINGS_SHOWN = 8
NEEDS_SHOWN = 5
SAMPLES_SHOWN = 5
SCHOOLS_SHOWN = 12
SHARE = "ids.matched"  # the finding that tells the unmatched share: said in the text, not in the table
ASKED_IN = {"approve": State.WAITING, "undo": State.APPLIED}  # in which state a person may ask for it


@dataclass(frozen=True)
class RunLine:
    """One import in the list."""

    run: ImportRun
    state: str
    badge: str
    read: int
    applied: int
    set_aside: int


def line_of(run: ImportRun) -> RunLine:
    return RunLine(
        run,
        state_words(run),
        wording.BADGES[State(run.state)],
        wording.total(run.counts, "read"),
        wording.total(run.counts, "applied"),
        wording.total(run.counts, "set_aside"),
    )


def state_words(run: ImportRun) -> str:
    """The state as a person would say it: a check that changed nothing is not 'checked, going on'."""
    if run.is_dry_run and run.state == State.CHECKED:
        return _("checked only")
    return str(run.get_state_display())


@dataclass(frozen=True)
class SourceLine:
    """A source and how new what it brought is."""

    source: Source
    last_on: date | None
    fresh: wording.Freshness
    has_mapping: bool
    is_late: bool = False


def list_sources(*, on: date) -> list[SourceLine]:
    """Every source, with the day of its last applied import."""
    newest: dict[int, datetime] = {}
    applied = ImportRun.objects.filter(state=State.APPLIED, finished_at__isnull=False).order_by("finished_at")
    for source_id, at in applied.values_list("source_id", "finished_at"):
        newest[source_id] = at
    lines = []
    late = set(PickUp.objects.filter(late_since__isnull=False).values_list("pk", flat=True))
    for source in Source.objects.all():
        at = newest.get(source.pk)
        last_on = at.astimezone(school_time.zone()).date() if at else None
        has_mapping = isinstance(source.settings.get("mapping"), dict | str)
        lines.append(
            SourceLine(source, last_on, wording.freshness(last_on, on), has_mapping, source.pk in late)
        )
    return lines


@dataclass(frozen=True)
class Need:
    """Something that needs a person: one sentence, one button."""

    sentence: str
    action: str
    href: str
    detail: str = ""


def list_needs(*, viewer: Viewer) -> list[Need]:
    """At most five: what waits for an OK, then each source whose newest import was refused, stopped, or set rows aside."""
    needs = []
    for run in queries.list_runs().filter(state=State.WAITING):
        title = run.source.title
        sentence = (
            _("%(source)s waits for your OK.")
            if permissions.may_approve_imports(viewer)
            else _("%(source)s waits for an OK.")
        ) % {"source": title}
        detail = " ".join(wording.reason_sentence(reason) for reason in run.reasons)
        needs.append(Need(sentence, _("See what would change"), _address(run), detail))
    newest = (
        queries.list_runs()
        .filter(is_dry_run=False)
        .exclude(message=actions.SAID_NO)  # whoever said no knows it
        .order_by("source_id", "-pk")
        .distinct("source_id")
    )
    newest_first = sorted(newest, key=lambda run: -run.pk)
    for run in newest_first:
        if run.state in (State.REFUSED, State.FAILED):
            sentence = _("The newest files of %(source)s were not used.") % {"source": run.source.title}
            needs.append(
                Need(sentence, _("See what is wrong"), _address(run), _("What was there before stays."))
            )
    needs += [_about_set_aside(run, n) for run in newest_first if (n := _set_aside(run))]
    return needs[:NEEDS_SHOWN]


def _set_aside(run: ImportRun) -> int:
    return wording.total(run.counts, "set_aside") if run.state == State.APPLIED else 0


def _about_set_aside(run: ImportRun, n: int) -> Need:
    sentence = ngettext(
        "%(n)s row of %(source)s was set aside.", "%(n)s rows of %(source)s were set aside.", n
    ) % {"n": numbers.count(n), "source": run.source.title}
    return Need(
        sentence,
        _("See which, and why"),
        reverse("imports:set_aside_list", args=[run.pk]),
        _("Correct them where they come from, and send the file again."),
    )


def _address(run: ImportRun) -> str:
    return reverse("imports:import_detail", args=[run.pk])


@dataclass(frozen=True)
class Work:
    """How far an import is."""

    is_going_on: bool
    label: str
    share: float | None = None
    words: str = ""


def describe_work(run: ImportRun) -> Work:
    """Going on while it has landed, or while the worker still has its yes or its undoing to do."""
    going_on = (run.state in ImportRun.WORKING and not run.is_dry_run) or run.state == State.LANDED
    going_on = going_on or bool(queued(run))
    progress = queries.find_progress(run)
    if progress is None or queued(run):
        return Work(going_on, _("Waiting for the worker to begin"))
    share = min(1.0, progress.done / progress.total) if progress.total else None
    words = ""
    if progress.total:
        words = _("%(done)s of %(total)s") % {
            "done": numbers.count(progress.done),
            "total": numbers.count(progress.total),
        }
    elif progress.done:
        words = numbers.count(progress.done)
    return Work(going_on, step_words(progress.step), share, words)


def step_words(step: str) -> str:
    """The pipeline's steps begin with a verb and name a file or a target: 'reading users.csv', 'comparing students'."""
    verb, _space, rest = step.partition(" ")
    words = {
        "reading": _("Reading"), "checked": _("Checked"), "comparing": _("Comparing"), "counting": _("Counting"),
        "queueing": _("Waiting until another file is stored"), "applying": _("Applying"),
        "committing": _("Finishing"), "undoing": _("Undoing"), "done": _("Done"),
    }  # fmt: skip
    if verb not in words:
        return step.capitalize()
    what = wording.target_words(rest) if rest in wording.TARGETS else rest
    return f"{words[verb]} {what}".strip()


def queued(run: ImportRun) -> str:
    """'approve' or 'undo' while the worker has not done yet what a person asked for."""
    asked = run.options.get(actions.STILL_QUEUED) or {}
    return str(asked.get("verb", "")) if asked.get("state") == run.state else ""


@dataclass(frozen=True)
class TargetLine:
    """What an import does to one kind of row."""

    words: str
    created: int
    changed: int
    ended: int
    unchanged: int
    usual: str
    samples: list["Sample"] = field(default_factory=list)
    schools: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Sample:
    """One row of the difference. A student's name only where the viewer may see that student."""

    action: str
    who: str
    place: str
    columns: str


def describe_run(run: ImportRun, *, viewer: Viewer) -> dict[str, Any]:
    """Everything on the page of one import."""
    preview = queries.preview(run)
    earlier = list(
        queries.list_runs(run.source)
        .filter(state__in=[State.APPLIED, State.UNDONE], pk__lt=run.pk)
        .values_list("preview", flat=True)[:EARLIER_RUNS]
    )
    found = queries.list_findings(run)
    ending = any(target.ended or target.retracted for target in preview.targets)
    kinds = [target.target for target in preview.targets if target.created or target.changed]
    targets = [_target_line(target, earlier) for target in preview.targets]
    return {
        "run": run,
        "line": line_of(run),
        "brought": brought_sentence(preview.targets),
        "places": _places(kinds, viewer) if run.state == State.APPLIED else [],
        "work": describe_work(run),
        "queued": queued(run),
        "targets": targets,
        "has_samples": any(target.samples for target in targets),
        "changes_nothing": preview.changes_nothing,
        "ending": ending,
        "reasons": [_reason(reason, earlier) for reason in run.reasons],
        "files": [{"name": name} | counts for name, counts in run.counts.items()],
        "findings": [line_of_finding(one) for one in found.exclude(code=SHARE)[:FINDINGS_SHOWN]],
        "findings_more": max(0, found.exclude(code=SHARE).count() - FINDINGS_SHOWN),
        "matched": found.filter(code=SHARE).first(),
        "may_approve": permissions.may_approve_imports(viewer),
        "may_run": permissions.may_run_imports(viewer),
        "may_download": permissions.may_have_rows(run, viewer) and wording.total(run.counts, "set_aside") > 0,
    }


def brought_sentence(targets: Iterable[queries.TargetDifference]) -> str:
    """'New: assessment results (348), assessments (1); changed: students (12)', the kind with most rows first."""
    parts = []
    for word, text in (
        ("created", _("new: %(what)s")),
        ("changed", _("changed: %(what)s")),
        ("gone", _("ended: %(what)s")),
    ):
        counted = [(_rows_of(target, word), wording.target_words(target.target)) for target in targets]
        some = sorted(((n, what) for n, what in counted if n), reverse=True)
        if some:
            parts.append(text % {"what": ", ".join(f"{what} ({numbers.count(n)})" for n, what in some)})
    return "; ".join(parts)


def _rows_of(target: queries.TargetDifference, word: str) -> int:
    return target.ended + target.retracted if word == "gone" else int(getattr(target, word))


def _places(kinds: list[str], viewer: Viewer) -> list[tuple[str, str]]:
    """Address and words of the pages that show these kinds of rows."""
    return [(reverse(one.url_name), str(one.label)) for one in places.list_places(kinds, viewer)]


def _reason(reason: dict[str, Any], earlier: list[dict[str, Any]]) -> str:
    usual = wording.usual_sentence(wording.usual_endings(earlier, reason["target"]))
    return f"{wording.reason_sentence(reason)} {usual}"


def _target_line(target: queries.TargetDifference, earlier: list[dict[str, Any]]) -> TargetLine:
    usual = wording.usual_endings(earlier, target.target)
    return TargetLine(
        wording.target_words(target.target),
        target.created,
        target.changed,
        target.ended + target.retracted,
        target.unchanged,
        "–" if usual is None else numbers.count(usual),
        _samples(target),
        _schools(target),
    )


def _schools(target: queries.TargetDifference) -> list[tuple[str, int]]:
    """Where rows end, the school with most first."""
    names = dict(Organisation.objects.filter(pk__in=target.by_school).values_list("pk", "name"))
    ended = [(names.get(int(school), ""), count) for school, count in target.by_school.items()]
    return sorted(ended, key=lambda one: (-one[1], one[0]))[:SCHOOLS_SHOWN]


def _samples(target: queries.TargetDifference) -> list[Sample]:
    """A few rows of the difference, endings first: they are what an OK is about. A row of which only its number could
    be told is left out."""
    order = ["ended", "retracted", "changed", "created"]
    chosen = sorted(target.samples, key=lambda one: order.index(one["action"]))[:SAMPLES_SHOWN]
    names: dict[int, str] = {}
    if target.target == "students":
        # Row-level security answers here: whom the viewer may not see is not found, and stays a row number.
        visible = Student.objects.filter(pk__in=[one["id"] for one in chosen if one["id"]])
        names = {student.pk: student.name for student in visible}
    words = {"created": _("new"), "changed": _("changed"), "ended": _("ends"), "retracted": _("ends")}
    return [
        Sample(
            words[one["action"]],
            names.get(one["id"], ""),
            _("%(file)s, row %(row)s") % {"file": one["file"], "row": one["row"]}
            if one["row"]
            else _("not in the file"),
            ", ".join(one["columns"]),
        )
        for one in chosen
        if names.get(one["id"]) or one["columns"]
    ]


@dataclass(frozen=True)
class FindingLine:
    """One finding, ready to read."""

    finding: Finding
    what: str
    badge: str


def line_of_finding(finding: Finding) -> FindingLine:
    badges = {"error": "bad", "row": "attention", "notice": "info"}
    return FindingLine(finding, wording.code_words(finding.code), badges[finding.severity])


def hand_to_worker(
    verb: str, run: ImportRun, *, by: User, at: datetime, hold_back: Iterable[int] = ()
) -> bool:
    """Leave a job for the worker: pages change no rows of a school themselves. Written down beside it.

    False: somebody was first, an instant or an hour ago. Two people who press together wait for each other here.
    """
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if queued(run) or run.state != ASKED_IN[verb]:
        return False
    job = {"approve": tasks.approve_import, "undo": tasks.undo_import}[verb]
    run.options = run.options | {actions.STILL_QUEUED: {"verb": verb, "state": run.state}}
    run.save(update_fields=["options"])
    accounts.record_audit(
        verb=f"import.{verb}_asked", object_type="imports.ImportRun", object_id=run.pk, by=by.pk, at=at
    )
    try:
        with transaction.atomic():
            more = {"hold_back": sorted(set(hold_back))} if verb == "approve" else {}
            _job(job, run).defer(run_id=run.pk, by_id=by.pk, **more)
    except (
        AlreadyEnqueued
    ):  # a job of this run waits: the page says so, and whoever asks again later is heard
        return False
    return True


def leave_to_worker(run: ImportRun, *, always_ask: bool) -> None:
    """The worker reads what has landed; it starts when this request's transaction is committed."""
    _job(tasks.run_import, run).defer(run_id=run.pk, always_ask=always_ask)


def _job(task: Task[..., None, ...], run: ImportRun) -> JobDeferrer:
    """One job of a run at a time, one run of a system at a time, and before what comes by itself."""
    return task.configure(
        queueing_lock=f"import {run.pk}", lock=tasks.lock_of(run.source_id), priority=tasks.FOR_A_PERSON
    )
