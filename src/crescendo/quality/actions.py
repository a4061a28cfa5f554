"""What people decide about problems of the data: who looks after one, and to look again now."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotFound, Refused
from crescendo.roster.viewer import Viewer

from . import permissions, queries, tasks
from .models import Assignment, Check


@transaction.atomic
def assign(*, check_id: int, to_id: int | None, by: Viewer, on: date, at: datetime) -> Assignment:
    """Say who looks after a problem; None: nobody any more."""
    permissions.check_may_see(by)
    check = Check.objects.filter(pk=check_id).first()
    if check is None:
        raise NotFound
    permissions.check_may_see_school(by, check.school_id)
    if to_id is not None and to_id not in {
        user.pk for user in queries.list_possible_owners(check.school_id, on=on)
    }:
        raise Refused(_("Choose somebody who watches over the data of this school."))
    found, _created = Assignment.objects.update_or_create(
        check_of=check, defaults={"to_id": to_id, "by_id": by.user_id, "at": at}
    )
    accounts.record_audit(
        verb="quality.assigned", object_type="quality.Check", object_id=check.pk, by=by.user_id, at=at,
        detail={"rule": check.rule, "school": check.school_id, "to": to_id},
    )  # fmt: skip
    return found


def look_again(*, by: Viewer, at: datetime) -> None:
    """Ask every rule now, not only in the night."""
    permissions.check_may_see(by)
    accounts.record_audit(
        verb="quality.looked_again", object_type="quality.Check", object_id=0, by=by.user_id, at=at
    )
    tasks.ask(0)
