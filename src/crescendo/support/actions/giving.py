"""Giving support: sessions, check-ins, reviews, the family, the close."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crescendo.core.errors import NotFound, Refused
from crescendo.plans import actions as plans
from crescendo.plans.models import CheckIn, Plan, Review
from crescendo.roster.viewer import Viewer

from .. import permissions, queries, rules
from ..models import Delivery, DeliveryNote, Rhythm, SupportPlan
from . import trail


@transaction.atomic
def log_delivery(
    *,
    support_id: int,
    key: UUID,
    on: date,
    happened: bool,
    by: Viewer,
    at: datetime,
    why_not: str = "",
    minutes: int | None = None,
    note: str = "",
) -> Delivery:
    """A session took place, or why not. The same press of the button twice is one session."""
    support = _open_for_writing(support_id, by)
    again = support.deliveries.filter(logged_key=key).first()
    if again is not None:
        return again
    _require_day(support, on, by)
    if not happened and why_not not in Delivery.WhyNot.values:
        raise Refused(_("Say why it did not take place."))
    delivery = Delivery.objects.create(
        support=support,
        on=on,
        happened=happened,
        why_not="" if happened else why_not,
        minutes=(minutes or support.rhythm.minutes) if happened else None,
        delivered_by_id=by.staff_id,
        logged_by_id=by.staff_id,
        logged_at=at,
        logged_key=key,
    )
    if note.strip():
        DeliveryNote.objects.create(
            delivery=delivery, text=note.strip(), written_by_id=by.staff_id, written_at=at
        )
    detail = {"delivery": delivery.pk, "happened": happened}
    trail.note("support.delivery_logged", support, by=by, at=at, detail=detail)
    return delivery


@transaction.atomic
def take_back_delivery(*, support_id: int, delivery_id: int, by: Viewer, at: datetime) -> Delivery:
    """A session was logged by mistake: it stays on record and no longer counts. Taken back twice, it is once."""
    support = _open_for_writing(support_id, by)
    delivery = support.deliveries.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(_("There is no such session."))
    if delivery.taken_back_at is None:
        delivery.taken_back_at = at
        delivery.save(update_fields=["taken_back_at"])
        trail.note("support.delivery_taken_back", support, by=by, at=at, detail={"delivery": delivery_id})
    return delivery


@transaction.atomic
def record_progress(
    *,
    support_id: int,
    by: Viewer,
    at: datetime,
    on: date | None = None,
    value: float | None = None,
    confidence: int | None = None,
    comment: str = "",
) -> CheckIn:
    """How it goes: a check-in of the plan. A second one on the same day takes the place of the first."""
    support = _open_for_writing(support_id, by)
    return plans.check_in(
        plan_id=support.plan_id, on=on, value=value, confidence=confidence, comment=comment, by=by, at=at
    )


@transaction.atomic
def review_support(
    *,
    support_id: int,
    decision: str,
    reason: str,
    by: Viewer,
    at: datetime,
    sessions_per_week: int | None = None,
) -> Review:
    """Go on, change something, or stop. A changed rhythm holds from today on; what was planned before stays planned."""
    support = _open_for_writing(support_id, by)
    permissions.require_may_decide(by, support)
    review = plans.review_plan(plan_id=support.plan_id, decision=decision, reason=reason, by=by, at=at)
    now = support.rhythm
    if decision == Review.Decision.CHANGE and sessions_per_week not in (None, now.sessions_per_week):
        Rhythm.objects.update_or_create(
            support=support,
            begins_on=max(by.on, now.begins_on),
            defaults={"sessions_per_week": sessions_per_week, "minutes": now.minutes},
        )
        detail = {"sessions_per_week": [now.sessions_per_week, sessions_per_week]}
        trail.note("support.changed", support, by=by, at=at, detail=detail)
    return review


@transaction.atomic
def tell_family(*, support_id: int, on: date, by: Viewer, at: datetime) -> SupportPlan:
    """Write down on which day somebody told the family."""
    support = _open_for_writing(support_id, by)
    support.family_told_on = trail.day_not_in_future(on, by.on)
    support.save(update_fields=["family_told_on"])
    trail.note("support.family_told", support, by=by, at=at)
    return support


@transaction.atomic
def close_support(
    *, support_id: int, outcome: str, what_happened: str, by: Viewer, at: datetime, learned: str = ""
) -> Plan:
    """The support is over: whether the goal was reached, what happened, what was learned."""
    support = _open_for_writing(support_id, by)
    permissions.require_may_decide(by, support)
    return plans.close_plan(
        plan_id=support.plan_id, outcome=outcome, what_happened=what_happened, learned=learned, by=by, at=at
    )


def _open_for_writing(support_id: int, by: Viewer) -> SupportPlan:
    """The support plan, held to the end of the transaction, if the person may write and it is not closed."""
    support = queries.get_support(viewer=by, support_id=support_id)
    permissions.require_may_write(by, support)
    support = SupportPlan.objects.select_for_update(of=("self",)).select_related("plan").get(pk=support.pk)
    if support.plan.state == Plan.State.CLOSED:
        raise Refused(_("This support is closed. Open a new plan to go on."))
    return support


def _require_day(support: SupportPlan, on: date, by: Viewer) -> None:
    begins_on = support.plan.begins_on
    wrong = rules.why_not_a_delivery(on, begins_on=begins_on, today=by.on)
    if wrong == "future":
        raise Refused(_("This day has not come yet. Log a session on its day or afterwards."))
    if wrong == "too_early":
        raise Refused(
            _("The support begins on %(day)s. Choose that day or a later one.")
            % {"day": date_format(begins_on, "MONTH_DAY_FORMAT")}
        )
