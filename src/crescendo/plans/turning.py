"""What a turn of the year means for people's goals. Nothing is closed for anybody: each owner hears once what to decide."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.accounts.models import User
from crescendo.comms import actions as comms
from crescendo.comms.models import OutboxEntry
from crescendo.comms.registry import Words

from .models import Plan

TURNED, TURNED_BACK = "plans.year_turned", "plans.year_turned_back"


def _open(from_year: int, first_on: date) -> QuerySet[Plan]:
    """Goals under way when the new year begins, of owners who sign in."""
    return Plan.objects.filter(
        state=Plan.State.ACTIVE,
        school_year__lte=from_year,
        begins_on__lt=first_on,
        owner__user__is_active=True,
    )


def tell_owners(*, from_year: int, first_on: date, left: Collection[int], by_id: int, at: datetime) -> int:
    """One message for each owner: how many goals wait for a decision, and how many go on. Returns how many were told.

    A decision is needed where a goal is due before the new year, its class is over, or its student leaves (`left`).
    """
    plans = _open(from_year, first_on)
    over = Q(due_on__lt=first_on) | Q(school_class__school_year__lte=from_year) | Q(student_id__in=left)
    waiting = set(plans.filter(over).values_list("pk", flat=True))
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for plan_id, user_id in plans.order_by("id").values_list("pk", "owner__user_id"):
        counts[user_id][plan_id not in waiting] += 1
    for user_id, (waits, goes_on) in sorted(counts.items()):
        _tell(TURNED, user_id, {"waits": waits, "goes_on": goes_on}, by_id, at)
    return len(counts)


def tell_owners_of_undo(*, from_year: int, first_on: date, by_id: int, at: datetime) -> int:
    """The same owners hear that the year did not turn."""
    owners = _open(from_year, first_on).order_by("owner__user_id").values_list("owner__user_id", flat=True)
    told = sorted(set(owners))
    for user_id in told:
        _tell(TURNED_BACK, user_id, {}, by_id, at)
    return len(told)


def _tell(kind: str, user_id: int, data: dict[str, int], by_id: int, at: datetime) -> None:
    by = User.objects.get(pk=by_id)
    comms.tell(kind=kind, arguments={"users": [user_id]}, data=data, by=by, at=at)


def words(entry: OutboxEntry, user: User) -> Words:
    """Counts alone: the titles stand on the page."""
    path = reverse("plans:goal_list")
    if entry.kind == TURNED_BACK:
        return Words(_("The change of school year was taken back."), _("Your goals are as before."), path)
    waits, goes_on = entry.data["waits"], entry.data["goes_on"]
    said = []
    if waits:
        said.append(
            ngettext(
                "%(n)s goal of yours waits for a decision: it is due, its class is over, or its student leaves. "
                "Close it, or give it more time.",
                "%(n)s goals of yours wait for a decision: they are due, their class is over, or their student "
                "leaves. Close them, or give them more time.",
                waits,
            )
            % {"n": waits}
        )
    if goes_on:
        said.append(ngettext("%(n)s goal goes on.", "%(n)s goals go on.", goes_on) % {"n": goes_on})
    return Words(_("A new school year begins."), " ".join(said), path)
