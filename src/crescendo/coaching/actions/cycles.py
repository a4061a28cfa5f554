"""A cycle's goal, and its review."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crescendo.core.errors import Refused
from crescendo.roster.viewer import Viewer

from .. import permissions, queries
from ..conflicts import ChangedMeanwhile
from ..models import Agreement, Cycle, Review
from . import trail
from .agreements import close


@transaction.atomic
def start_cycle(
    *,
    agreement: Agreement,
    goal: str,
    weeks: int,
    by: Viewer,
    at: datetime,
    indicator: str = "",
    own_measure: str = "",
    unit: str = "",
    baseline: float | None = None,
    target: float | None = None,
) -> Cycle:
    """Set the goal of the next weeks. A target needs to say what is counted and from where."""
    row = trail.locked_and_under_way(agreement, by=by)
    if not goal.strip():
        raise Refused(_("Say in a sentence what should be different at the end."))
    if target is not None and (baseline is None or not (indicator or own_measure.strip())):
        raise Refused(
            _("A target needs a measure and where it stands now. Fill in both, or leave the target out.")
        )
    try:
        with transaction.atomic():
            cycle = Cycle.objects.create(
                agreement=row,
                goal=goal.strip(),
                indicator=indicator,
                own_measure=own_measure.strip(),
                unit=unit.strip(),
                baseline=baseline,
                target=target,
                weeks=weeks,
                begins_on=by.on,
            )
    except IntegrityError as error:
        if "one_at_a_time" not in str(error):
            raise
        raise Refused(_("A cycle is under way. Review it first; then the next one can begin.")) from error
    if row.state != Agreement.State.ACTIVE:
        row.state = Agreement.State.ACTIVE
        row.save(update_fields=["state"])
    trail.note("goal_set", cycle, by=by, at=at)
    trail.tell_other("changed", row, by=by, at=at)
    return cycle


@transaction.atomic
def review_cycle(
    *,
    cycle: Cycle,
    result: float | None,
    result_words: str,
    next: str,
    version: int,
    by: Viewer,
    at: datetime,
    reflection: str | None = None,
) -> Review:
    """Write down how the cycle ended. It is over when the coachee has added what they make of it.

    `reflection` is the coachee's alone: a coach who sends one changes nothing of it. `version` 0 begins the review.
    """
    agreement = trail.locked_and_under_way(cycle.agreement, by=by)
    if Cycle.objects.filter(pk=cycle.pk, reviewed_on__isnull=False).exists():
        raise Refused(_("This cycle has been reviewed."))
    review = queries.find_review(cycle=cycle)
    if review is not None and review.version != version:
        raise ChangedMeanwhile(review, review.changed_by.name)
    own = reflection.strip() if reflection and permissions.is_coachee(by, agreement) else ""
    review = review or Review(cycle=cycle, agreement=agreement, version=0)
    review.result, review.result_words, review.next = result, result_words.strip(), next
    review.reflection = own or review.reflection
    review.version += 1
    review.changed_by_id, review.changed_at = by.staff_id, at
    review.save()
    trail.note("reviewed", review, by=by, at=at)
    if review.reflection:
        _finish(cycle, agreement, review, by=by, at=at)
    else:
        trail.tell_other("changed", agreement, by=by, at=at)
    return review


def _finish(cycle: Cycle, agreement: Agreement, review: Review, *, by: Viewer, at: datetime) -> None:
    cycle.reviewed_on = by.on
    cycle.save(update_fields=["reviewed_on"])
    if review.next == Review.Next.CLOSE:
        close(agreement=agreement, by=by, at=at)
    else:
        trail.tell_other("changed", agreement, by=by, at=at)
