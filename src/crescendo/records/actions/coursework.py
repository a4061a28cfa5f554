"""A piece of work that a teacher sets to a class of theirs."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core import live, school_time
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

from .. import changes, permissions
from ..models import CourseworkItem, CourseworkResult
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
    title = _require_sense(school_class.school_year, title, due_on, score_max)
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


@transaction.atomic
def change_coursework(
    *, item_id: int, title: str, due_on: date, score_max: float, by: Viewer, at: datetime
) -> CourseworkItem:
    """Change what was set: its title, due day or highest score. What it said before stays with it. The scores stay as
    they were entered; a highest score below one of them is refused."""
    item = _ours(item_id, by)
    title = _require_sense(item.school_class.school_year, title, due_on, score_max)
    best = _results(item).aggregate(best=Max("score"))["best"]
    if best is not None and best > score_max:
        raise Refused(
            _("A score of %(score)s is entered already. Correct it first, or set the highest score no lower.")
            % {"score": written(best)}
        )
    _set(item, title, due_on, score_max, by, at, verb="coursework.changed")
    return CourseworkItem.objects.select_related("school_class").get(pk=item_id)


@transaction.atomic
def withdraw_coursework(*, item_id: int, by: Viewer, at: datetime) -> None:
    """Take a piece of work back: it was set by mistake. Its scores are kept, and count nowhere. Twice is once."""
    item = _ours(item_id, by)
    _set(item, item.title, item.due_on, item.score_max, by, at, verb="coursework.withdrawn", is_over=True)


@transaction.atomic
def restore_coursework(*, item_id: int, by: Viewer, at: datetime) -> None:
    """Bring withdrawn work back, with the scores it had."""
    item = _ours(item_id, by)
    again = CourseworkItem.objects.filter(
        school_class_id=item.school_class_id,
        source=MADE_HERE,
        title=item.title,
        due_on=item.due_on,
        ended_on=None,
    )
    if again.exclude(pk=item.pk).exists():
        raise Refused(_("There is such work for that day again. Withdraw that one first."))
    _set(item, item.title, item.due_on, item.score_max, by, at, verb="coursework.restored")


def _ours(item_id: int, by: Viewer) -> CourseworkItem:
    item = CourseworkItem.objects.select_related("school_class").filter(pk=item_id).first()
    if item is None or not roster.list_classes(viewer=by).filter(pk=item.school_class_id).exists():
        raise NotFound(_("There is no such piece of work, or nothing that lets you see it."))
    if not permissions.may_change_coursework(by, item.school_class):
        raise NotAllowed(_("Only those who teach this class can change its work."))
    if item.source != MADE_HERE:
        raise Refused(_("This work comes from the school's gradebook. Change it there."))
    return item


def count_recorded(*, item: CourseworkItem) -> int:
    """Of how many students something is recorded for this work."""
    return _results(item).exclude(status="").values("student_id").distinct().count()


def _results(item: CourseworkItem) -> QuerySet[CourseworkResult]:
    return CourseworkResult.objects.filter(school_year=item.school_class.school_year, item_id=item.pk)


def _set(
    item: CourseworkItem,
    title: str,
    due_on: date,
    score_max: float | None,
    by: Viewer,
    at: datetime,
    *,
    verb: str,
    is_over: bool = False,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT crescendo_change_coursework(%s, %s, %s, %s, %s, %s)",
            [item.pk, title, due_on, score_max, is_over, at],
        )
        if cursor.fetchone() != (True,):
            return
    class_id = item.school_class_id
    accounts.record_audit(
        verb=verb, object_type="courseworkitem", object_id=item.pk, by=by.user_id, at=at,
        detail={"class": class_id, "due_on": [str(item.due_on), str(due_on)], "score_max": [item.score_max, score_max]},
    )  # fmt: skip
    students = _results(item).order_by("student_id").values_list("student_id", flat=True)
    changes.announce_marks(
        school_year=item.school_class.school_year,
        school_id=item.school_class.school_id,
        tables=["coursework_items", "coursework_results"],
        topics=[f"class:{class_id}", *(f"student:{pk}" for pk in students)],
    )


def _require_sense(school_year: int, title: str, due_on: date, score_max: float) -> str:
    """The title as it is kept; refused where title, day or highest score cannot be."""
    title = " ".join(title.replace("\0", "").split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Refused(_("Give the work a title of at most %(most)s characters.") % {"most": LONGEST_TITLE})
    if not 0 < score_max <= HIGHEST:
        raise Refused(_("The highest score is more than 0, and at most %(most)s.") % {"most": HIGHEST})
    _require_a_day(school_year, due_on)
    return title


def _require_a_day(school_year: int, due_on: date) -> None:
    first, last = school_time.school_year_days(school_year)
    if not first - timedelta(days=31) <= due_on <= last + timedelta(days=31):
        raise Refused(_("That day is not in this class's school year. Choose another due day."))
