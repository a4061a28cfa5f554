"""What every write of support does beside its change."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import Refused
from crescendo.roster.viewer import Viewer

from ..models import SupportPlan


def note(
    verb: str, support: SupportPlan, *, by: Viewer, at: datetime, detail: dict[str, object] | None = None
) -> None:
    accounts.record_audit(
        verb=verb,
        object_type="support",
        object_id=support.pk,
        student_id=support.student_id,
        by=by.user_id,
        at=at,
        detail=detail,
    )


def day_not_in_future(on: date | None, today: date) -> date | None:
    if on is not None and on > today:
        raise Refused(_("The day on which the family was told has not come yet."))
    return on
