"""What every write of plans does beside its change: lock the plan, refuse what is over, leave a line."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import Refused
from crescendo.roster.viewer import Viewer

from ..models import Plan


def lock(plan: Plan) -> Plan:
    """The plan as it stands now, held to the end of the transaction; whoever comes second sees what the first did."""
    return Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)


def require_open(plan: Plan) -> None:
    """A closed plan stays as it was closed."""
    if plan.state == Plan.State.CLOSED:
        closed_on = date_format(plan.closed_on, "j M Y") if plan.closed_on else ""
        raise Refused(_("This goal was closed on %(day)s. Open a new one to go on.") % {"day": closed_on})


def note(verb: str, plan: Plan, *, by: Viewer, at: datetime, detail: dict[str, object] | None = None) -> None:
    accounts.record_audit(
        verb=verb,
        object_type="plan",
        object_id=plan.pk,
        student_id=plan.student_id,
        by=by.user_id,
        at=at,
        detail=detail,
    )
