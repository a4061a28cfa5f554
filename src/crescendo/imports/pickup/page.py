"""What a source's page shows: where its files come from, what came of looking, and when the next ones are late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from crescendo.imports import permissions, queries, screens
from crescendo.imports.models import Look, PickUp, Source
from crescendo.roster.viewer import Viewer

from . import sftp_names, watching, words
from .form import PickUpForm

LOOKS_SHOWN = 8
RUNS_SHOWN = 8


@dataclass(frozen=True)
class LookLine:
    """One thing that came of looking, for as long as it stayed the same."""

    look: Look
    outcome: str
    badge: str
    detail: str


def get_pick_up(source: Source) -> PickUp:
    """As it was said; nobody has said anything: files are sent by hand."""
    return PickUp.objects.filter(source=source).select_related("source").first() or PickUp(source=source)


def describe(source: Source, form: PickUpForm, *, viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Everything on the page."""
    pick_up = form.instance if form.instance.source_id else get_pick_up(source)
    stored = get_pick_up(source)
    proposed = watching.propose_rhythm(source)
    due = watching.find_due(stored)
    return {
        "source": source,
        "pick_up": stored,
        "form": form,
        "open_form": form.is_bound or pick_up.way == PickUp.Way.HAND,
        "way": stored.get_way_display(),
        "often": _often(stored),
        "rhythm": words.rhythm_words(stored.expected_every, stored.expected_unit) if stored.expected_every else "",
        "proposed": words.rhythm_words(*proposed) if proposed else "",
        "due": due,
        "is_late": due is not None and at > due,
        "last": watching.find_last_arrival(source),
        "looks": [_line(one) for one in Look.objects.filter(source=source).select_related("run")[:LOOKS_SHOWN]],
        "runs": [screens.line_of(run) for run in queries.list_runs(source)[:RUNS_SHOWN]],
        "names": sftp_names.list_names(source.slug),
        "keep_days": settings.KEEP_RAW_DAYS,
        "may_set": permissions.may_approve_imports(viewer),
        "may_look": permissions.may_run_imports(viewer) and stored.way != PickUp.Way.HAND,
    }  # fmt: skip


def _often(pick_up: PickUp) -> str:
    if pick_up.way == PickUp.Way.HAND:
        return ""
    return "" if pick_up.from_hour is not None else words.every_words(pick_up.every_minutes)


def _line(look: Look) -> LookLine:
    outcome = Look.Outcome(look.outcome)
    detail = words.problem_words(look.code, look.said)
    if look.code == "refused":
        return LookLine(look, _("refused"), "bad", detail)
    return LookLine(look, str(outcome.label), words.BADGES[outcome], detail)
