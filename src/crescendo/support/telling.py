"""What support tells people: that they were asked to give it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.accounts.models import User
from crescendo.comms import actions as comms
from crescendo.comms.models import OutboxEntry
from crescendo.comms.registry import Words
from crescendo.roster.viewer import Viewer

from . import wording
from .models import SupportPlan

ASSIGNED = "support.assigned"


def tell_who_gives_it(support: SupportPlan, *, by: Viewer, at: datetime) -> None:
    """Tell the person who was asked to give the support, unless they asked themselves."""
    user = support.delivered_by.user
    if user is None or user.pk == by.user_id:
        return
    comms.tell(
        kind=ASSIGNED,
        arguments={"users": [user.pk]},
        about=("student", support.student_id) if support.student_id else None,
        data={
            "support": support.pk,
            "class": support.school_class_id,
            "sessions_per_week": support.rhythm.sessions_per_week,
            "minutes": support.rhythm.minutes,
        },
        by=User.objects.get(pk=by.user_id),
        at=at,
    )


def words(entry: OutboxEntry, user: User) -> Words:
    """One line without a name (it travels by e-mail), the rhythm, and the page where sessions are logged."""
    rhythm = wording.rhythm_sentence(entry.data["sessions_per_week"], entry.data["minutes"])
    return Words(
        _("You were asked to give support to a class.")
        if entry.data.get("class")
        else _("You were asked to give support to a student."),
        f"{rhythm}.",
        reverse("support:support_page", args=[entry.data["support"]]),
    )
