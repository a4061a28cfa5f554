"""What every write of coaching leaves behind: a line of ids, and a word to the other of the two."""

from datetime import datetime

from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import User
from crescendo.comms import actions as comms
from crescendo.core.errors import NotFound, Refused
from crescendo.roster.viewer import Viewer

from ..models import Agreement


def note(verb: str, thing: object, *, by: Viewer, at: datetime) -> None:
    """Ids only: neither what was written nor how long it is."""
    name = type(thing)._meta.model_name  # type: ignore[attr-defined]
    accounts.record_audit(
        verb=f"coaching.{verb}",
        object_type=f"coaching_{name}",
        object_id=thing.pk,  # type: ignore[attr-defined]
        by=by.user_id,
        at=at,
    )


def tell_other(kind: str, agreement: Agreement, *, by: Viewer, at: datetime) -> None:
    """Tell the other of the two. The entry names the agreement, not the people."""
    comms.tell(
        kind=f"coaching.{kind}",
        audience="coaching.pair",
        arguments={"agreement": agreement.pk, "except": by.user_id},
        about=("coaching_agreement", agreement.pk),
        by=User.objects.get(pk=by.user_id),
        at=at,
    )


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
