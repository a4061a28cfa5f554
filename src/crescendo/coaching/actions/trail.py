"""What every write of coaching leaves behind: a line of ids, and a word to the other of the two."""

from datetime import datetime

from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import User
from crescendo.comms import actions as comms
from crescendo.comms.models import OutboxEntry
from crescendo.core.errors import NotFound, Refused
from crescendo.roster.viewer import Viewer

from ..models import Agreement

CHANGED = "coaching.changed"


def note(verb: str, thing: object, *, by: Viewer, at: datetime) -> None:
    """Ids only: neither what was written nor how long it is."""
    name = type(thing)._meta.model_name
    accounts.record_audit(
        verb=f"coaching.{verb}",
        object_type=f"coaching_{name}",
        object_id=thing.pk,
        by=by.user_id,
        at=at,
    )


def tell_other(kind: str, agreement: Agreement, *, by: Viewer, at: datetime) -> None:
    """Tell the other of the two. The entry names the agreement, not the people.

    That something was written is told once a day: two who work on one page do not ring each other's bell.
    """
    kind = f"coaching.{kind}"
    if kind == CHANGED and _told_today(agreement, by=by, at=at):
        return
    comms.tell(
        kind=kind,
        audience="coaching.pair",
        arguments={"agreement": agreement.pk, "except": by.user_id},
        about=("coaching_agreement", agreement.pk),
        by=User.objects.get(pk=by.user_id),
        at=at,
    )


def _told_today(agreement: Agreement, *, by: Viewer, at: datetime) -> bool:
    """Whether this person's writing has been told since midnight (a page sees the entries that come from its viewer)."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return OutboxEntry.objects.filter(
        kind=CHANGED, object_id=agreement.pk, by_id=by.user_id, created_at__gte=midnight, created_at__lte=at
    ).exists()


def locked(agreement: Agreement, *, by: Viewer) -> Agreement:
    """The agreement, held until the transaction ends; only for its two people."""
    row = Agreement.objects.select_for_update(of=("self",)).filter(pk=agreement.pk).first()
    if row is None or by.staff_id not in (row.coach_id, row.coachee_id) or by.staff_id is None:
        raise NotFound(_("There is no such page of coaching, or it belongs to two other people."))
    return row


def locked_and_under_way(agreement: Agreement, *, by: Viewer) -> Agreement:
    """The same, and both have agreed and neither has ended it."""
    row = locked(agreement, by=by)
    if row.state == Agreement.State.INVITED:
        raise Refused(_("The invitation has not been answered yet. Work begins when both have agreed."))
    if not row.has_begun:
        raise Refused(_("This coaching is over. What was written stays readable for the two of you."))
    return row
