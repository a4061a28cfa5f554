"""A score for one student's piece of work, entered on a page or sent by another system."""

from datetime import date, datetime

from django.db import connection, transaction
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
    item = _item_of(item_id, by)
    taught = item.school_class
    _require_a_score(item, score)
    _require_member(item, student_id, by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_ensure_marked_year(%s)", [taught.school_year])
        cursor.execute("SELECT pg_advisory_xact_lock(7216, hashtext(%s))", [f"score {source} {source_key}"])
    same = CourseworkResult.objects.filter(
        school_year=taught.school_year, source=source, student_id=student_id, item_id=item_id
    )
    if other := same.exclude(source_key=source_key).values_list("source_key", flat=True).first():
        raise Refused(
            _("This work has a score under the key '%(key)s'. Send that key to change it.") % {"key": other}
        )
    values = {
        "score": score,
        "status": "fully graded" if score is not None else "not submitted",
        "scored_on": by.on if score is not None else None,
        "is_missing": score is None,
    }
    found = CourseworkResult.objects.filter(
        school_year=taught.school_year, source=source, source_key=source_key
    ).first()
    if found is None:
        CourseworkResult.objects.create(
            school_year=taught.school_year, source=source, source_key=source_key, student_id=student_id,
            school_id=taught.school_id, class_id=taught.pk, item_id=item_id, **values,
        )  # fmt: skip
    elif (found.student_id, found.item_id) != (student_id, item_id):
        raise Refused(_("The key '%(key)s' belongs to another mark.") % {"key": source_key})
    elif (found.score, found.status) == (score, values["status"]):
        return False
    else:
        _change(found, values, by, at)
    accounts.record_audit(
        verb="score.recorded", object_type="courseworkitem", object_id=item_id, student_id=student_id,
        by=by.user_id, at=at, detail={"source": source},
    )  # fmt: skip
    changes.announce_marks(
        school_year=taught.school_year,
        school_id=taught.school_id,
        tables=["coursework_results"],
        topics=[f"student:{student_id}", f"class:{taught.pk}"],
    )
    return True


def _item_of(item_id: int, by: Viewer) -> CourseworkItem:
    item = CourseworkItem.objects.select_related("school_class").filter(pk=item_id).first()
    if item is None or not roster.list_classes(viewer=by).filter(pk=item.school_class_id).exists():
        raise NotFound(_("There is no such piece of work, or nothing that lets you see it."))
    if not permissions.may_record_scores(by, item.school_class):
        raise NotAllowed(_("Only those who teach this class can enter its scores."))
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
    day: date = min(by.on, max(item.due_on, item.assigned_on))
    was_there = ClassEnrolment.objects.filter(
        roster.active(day) | roster.active(by.on), school_class=item.school_class, student_id=student_id
    )
    if not was_there.exists():
        raise Refused(
            _("Student %(id)s is not in this class. Correct the class list first.") % {"id": student_id}
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
