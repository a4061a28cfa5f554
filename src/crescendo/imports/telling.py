"""What imports tell people: that one is waiting for their OK, and that a delivery has not come."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.accounts.models import User
from crescendo.comms import actions as comms
from crescendo.comms.models import OutboxEntry
from crescendo.comms.registry import Words
from crescendo.roster import queries as roster

from .models import ImportRun, Source
from .wording import reason_sentence

WAITING = "imports.waiting"
MAY_APPROVE = "imports.approve"
LATE = "imports.late"
MAY_RUN = "imports.run"


def tell_that_it_waits(run: ImportRun, *, on: date, at: datetime) -> None:
    """Tell whoever may say yes, except the person who sent the file.

    Somebody who may say yes to their own file, and finds nothing unusual in it, looks at it anyway: nobody is told.
    """
    may_approve = set(roster.list_user_ids_with_permission(permission=MAY_APPROVE, on=on))
    if run.by_id in may_approve and not run.reasons:
        return
    told = sorted(may_approve - {run.by_id})
    if told:
        comms.tell(
            kind=WAITING,
            audience="permission",
            arguments={"permission": MAY_APPROVE, "except": run.by_id},
            data={"run": run.pk},
            by=run.by,
            at=at,
        )


def words(entry: OutboxEntry, user: User) -> Words:
    """One line; why it waits; and the page on which to decide. Once somebody has decided, it says so."""
    run = ImportRun.objects.select_related("source").filter(pk=entry.data["run"]).first()
    path = reverse("imports:import_detail", args=[entry.data["run"]])
    title = _("An import is waiting for your OK.")
    if run is None:
        return Words(title, path=path)
    if run.state != ImportRun.State.WAITING:
        return Words(_("An import was waiting for an OK."), _("Somebody has decided about it."), path)
    why = " ".join(reason_sentence(reason) for reason in run.reasons)
    waits = _("%(source)s waits for your OK.") % {"source": run.source.title}
    return Words(title, f"{waits} {why}".strip(), path)


def tell_that_it_is_late(source: Source, *, at: datetime) -> None:
    """Tell everybody who brings files in: they know whom to call."""
    comms.tell(
        kind=LATE,
        audience="permission",
        arguments={"permission": MAY_RUN},
        data={"source": source.pk},
        by=None,
        at=at,
    )


def late_words(entry: OutboxEntry, user: User) -> Words:
    """Whose files have not come, and the page that says since when. Once they have come, it says so."""
    source = Source.objects.select_related("pick_up").filter(pk=entry.data["source"]).first()
    if source is None:
        return Words(_("Files are late."), path=reverse("imports:import_list"))
    path = reverse("imports:source_page", args=[source.slug])
    named = {"source": source.title}
    if source.pick_up.late_since is None:
        return Words(_("Files of %(source)s were late.") % named, _("By now they have come."), path)
    body = _("Until they come, numbers that rest on them are older than they look.")
    return Words(_("Files of %(source)s are late.") % named, body, path)
