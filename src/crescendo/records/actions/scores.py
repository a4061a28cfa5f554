"""A score for one student's piece of work, entered on a page or sent by another system."""

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster.models import ClassEnrolment
from crescendo.roster.viewer import Viewer

from .. import changes, permissions
from ..models import Correction, CourseworkItem, CourseworkResult
from ..models.facts import MADE_HERE


@transaction.atomic
def record_score(*, item_id: int, student_id: int, score: float | None, by: Viewer, at: datetime) -> bool:
    """Enter a score, or (None) that the work was not handed in. True where something changed.

    A score entered here stands above what another system sent for the same piece of work. A changed score keeps what it
    said before.
    """
    key = f"{item_id}:{student_id}"
    return write_score(
        item_id=item_id, student_id=student_id, score=score, source=MADE_HERE, source_key=key, by=by, at=at
    )


def write_score(
    *,
    item_id: int,
    student_id: int,
    score: float | None,
    source: str,
    source_key: str,
    by: Viewer,
    at: datetime,
) -> bool:
    """The same for any source; the caller has opened the transaction."""
    item = item_to_score(item_id=item_id, by=by)
    _require_a_score(item, score)
    _require_member(item, student_id, by)
    said = NOT_HANDED_IN if score is None else outcome(score, by.on)
    if not put(item, student_id, said, source=source, source_key=source_key, by=by, at=at):
        return False
    announce(item, [student_id])
    return True


NOT_HANDED_IN: dict[str, object] = {
    "score": None,
    "status": "not submitted",
    "scored_on": None,
    "is_missing": True,
}
# A status that is none of the standard's five is left aside by every measure: neither handed in nor missing.
NO_SCORE_YET: dict[str, object] = {"score": None, "status": "", "scored_on": None, "is_missing": None}


def outcome(score: float, on: date) -> dict[str, object]:
    """What a score says of the work: it is there, and it is marked."""
    return {"score": score, "status": "fully graded", "scored_on": on, "is_missing": False}


def put(
    item: CourseworkItem,
    student_id: int,
    said: dict[str, object],
    *,
    source: str,
    source_key: str,
    by: Viewer,
    at: datetime,
) -> bool:
    """Write one result where it says something new. Who may, and whether it can be, has been asked already."""
    taught = item.school_class
    wait_for_others(taught.school_year, source, source_key)
    same = CourseworkResult.objects.filter(
        school_year=taught.school_year, source=source, student_id=student_id, item_id=item.pk
    )
    if other := same.exclude(source_key=source_key).values_list("source_key", flat=True).first():
        raise Refused(
            _("This work has a score under the key '%(key)s'. Send that key to change it.") % {"key": other}
        )
    found = CourseworkResult.objects.filter(
        school_year=taught.school_year, source=source, source_key=source_key
    ).first()
    if found is None:
        CourseworkResult.objects.create(
            school_year=taught.school_year, source=source, source_key=source_key, student_id=student_id,
            school_id=taught.school_id, class_id=taught.pk, item_id=item.pk,
            is_late=_lateness_sent(item, student_id) if source == MADE_HERE else None, **said,
        )  # fmt: skip
    elif (found.student_id, found.item_id) != (student_id, item.pk):
        raise Refused(_("The key '%(key)s' belongs to another mark.") % {"key": source_key})
    elif (found.score, found.status) == (said["score"], said["status"]):
        return False
    else:
        _change(found, said, by, at)
    accounts.record_audit(
        verb="score.recorded", object_type="courseworkitem", object_id=item.pk, student_id=student_id,
        by=by.user_id, at=at, detail={"source": source},
    )  # fmt: skip
    return True


def wait_for_others(school_year: int, source: str, source_key: str) -> None:
    """Two people who score the same work of the same student at once come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_ensure_marked_year(%s)", [school_year])
        cursor.execute("SELECT pg_advisory_xact_lock(7216, hashtext(%s))", [f"score {source} {source_key}"])


def _lateness_sent(item: CourseworkItem, student_id: int) -> bool | None:
    """Whether another system said that the work came late: a score typed here hides its row, and says nothing of that."""
    sent = CourseworkResult.objects.filter(
        school_year=item.school_class.school_year, student_id=student_id, item_id=item.pk
    ).exclude(source=MADE_HERE)
    return sent.order_by("-id").values_list("is_late", flat=True).first()


def announce(item: CourseworkItem, student_ids: list[int]) -> None:
    """Measure the school again, and tell the open pages of these students and of the class."""
    taught = item.school_class
    changes.announce_marks(
        school_year=taught.school_year,
        school_id=taught.school_id,
        tables=["coursework_results"],
        topics=[*(f"student:{student_id}" for student_id in student_ids), f"class:{taught.pk}"],
    )


def item_to_score(*, item_id: int, by: Viewer) -> CourseworkItem:
    """The piece of work, for those who may enter its scores."""
    item = CourseworkItem.objects.select_related("school_class").filter(pk=item_id).first()
    if item is None or not roster.list_classes(viewer=by).filter(pk=item.school_class_id).exists():
        raise NotFound(_("There is no such piece of work, or nothing that lets you see it."))
    if not permissions.may_record_scores(by, item.school_class):
        raise NotAllowed(_("Only those who teach this class can enter its scores."))
    if item.source == MADE_HERE and item.ended_on is not None:
        raise Refused(_("This work was withdrawn. Bring it back first."))
    return item


def _require_a_score(item: CourseworkItem, score: float | None) -> None:
    if score is None:
        return
    low, high = item.score_min or 0.0, item.score_max
    if not low <= score or (high is not None and score > high) or abs(score) > 1e9:
        raise Refused(
            _("The score is %(score)s. It lies between %(low)s and %(high)s.")
            % {"score": score, "low": low, "high": high if high is not None else "∞"}
        )


def _require_member(item: CourseworkItem, student_id: int, by: Viewer) -> None:
    roster.get_student(viewer=by, student_id=student_id)
    if not members(item, by.on).filter(student_id=student_id).exists():
        raise Refused(
            _("Student %(id)s is not in this class. Correct the class list first.") % {"id": student_id}
        )


def members(item: CourseworkItem, on: date) -> QuerySet[ClassEnrolment]:
    """Who was in the class when the work was due, or is today."""
    day = min(on, max(item.due_on, item.assigned_on))
    return ClassEnrolment.objects.filter(
        roster.active(day) | roster.active(on), school_class=item.school_class
    )


def _change(found: CourseworkResult, values: dict[str, object], by: Viewer, at: datetime) -> None:
    before = {"score": found.score, "status": found.status}
    for column, value in values.items():
        setattr(found, column, value)
    found.save(update_fields=list(values))
    if found.source == MADE_HERE:
        Correction.objects.create(
            fact="courseworkresult", school_year=found.school_year, fact_id=found.id, student_id=found.student_id,
            before=before, after={"score": found.score, "status": found.status}, reason="scored again", at=at,
            by_id=by.user_id,
        )  # fmt: skip
