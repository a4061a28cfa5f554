"""A piece of work that a teacher sets to a class of theirs."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core import live, school_time
from crescendo.core.errors import NotAllowed, Refused
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

from .. import permissions
from ..models import CourseworkItem
from ..models.facts import MADE_HERE
from .sheets import written

LONGEST_TITLE = 255
HIGHEST = 1_000_000


@transaction.atomic
def add_coursework(
    *, class_id: int, title: str, due_on: date, score_max: float, by: Viewer, at: datetime
) -> CourseworkItem:
    """Add a piece of work to a class that this person teaches. The same title and day again is the same piece of work."""
    school_class = roster.get_class(viewer=by, class_id=class_id)
    if not permissions.may_add_coursework(by, school_class):
        raise NotAllowed(_("Only those who teach this class can add work to it."))
    title = " ".join(title.replace("\0", "").split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Refused(_("Give the work a title of at most %(most)s characters.") % {"most": LONGEST_TITLE})
    if not 0 < score_max <= HIGHEST:
        raise Refused(_("The highest score is more than 0, and at most %(most)s.") % {"most": HIGHEST})
    _require_a_day(school_class.school_year, due_on)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7216, hashtext(%s))", [f"coursework {class_id}"])
    same = CourseworkItem.objects.filter(
        school_class=school_class, source=MADE_HERE, title=title, due_on=due_on, ended_on=None
    )
    if found := same.first():
        if found.score_max != score_max:
            raise Refused(
                _(
                    "There is \u201c%(title)s\u201d for that day already, out of %(most)s. Choose another title."
                )
                % {"title": title, "most": written(found.score_max or 0)}
            )
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT crescendo_add_coursework(%s, %s, %s, %s)", [class_id, title, due_on, score_max]
        )
        (item_id,) = cursor.fetchone()
    accounts.record_audit(
        verb="coursework.added", object_type="courseworkitem", object_id=item_id, by=by.user_id, at=at,
        detail={"class": class_id},
    )  # fmt: skip
    live.announce([f"class:{class_id}"])
    return CourseworkItem.objects.select_related("school_class").get(pk=item_id)


def _require_a_day(school_year: int, due_on: date) -> None:
    first, last = school_time.school_year_days(school_year)
    if not first - timedelta(days=31) <= due_on <= last + timedelta(days=31):
        raise Refused(_("That day is not in this class's school year. Choose another due day."))
