"""Telling people what is due: a step two days ahead, a review and a goal's own day when they come. Each once."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from . import telling
from .models import Action, Plan

AHEAD = timedelta(days=2)


@transaction.atomic
def remind(*, on: date, at: datetime) -> int:
    """Tell whoever answers for something that is due. A morning on which nobody ran this is made up the next."""
    return _steps(on, at) + _reviews(on, at)


def _steps(on: date, at: datetime) -> int:
    due = (
        Action.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(done_on=None, reminded_at=None, due_on__lte=on + AHEAD, plan__state=Plan.State.ACTIVE)
        .order_by("id")
    )
    told = 0
    for action in due:
        telling.tell_of_action_due(action, at=at)
        action.reminded_at = at
        action.save(update_fields=["reminded_at"])
        told += 1
    return told


def _reviews(on: date, at: datetime) -> int:
    """The latest day that has come: a planned review's, or the day on which the goal itself is due."""
    asked = (
        Plan.objects.filter(state=Plan.State.ACTIVE)
        .annotate(review_on=Max("reviews__next_review_on", filter=Q(reviews__next_review_on__lte=on)))
        .filter(Q(review_on__isnull=False) | Q(due_on__lte=on))
        .order_by("id")
    )
    told = 0
    for plan in asked:
        came_on = max(day for day in (plan.review_on, plan.due_on) if day is not None and day <= on)
        fresh = Plan.objects.filter(pk=plan.pk).filter(Q(reminded_of=None) | Q(reminded_of__lt=came_on))
        if fresh.update(reminded_of=came_on):
            telling.tell_of_review_due(plan, at=at)
            told += 1
    return told
