"""What a client may write: line items and results. Both by the rules and with the trail of the product's own pages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.api.callers import Caller
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.records import changes
from crescendo.records.actions import scores
from crescendo.records.models import CourseworkItem, CourseworkResult

from . import entities as e
from . import naming, queries
from .queries import Reach

LARGEST = 1e9
STATUSES = ("exempt", "fully graded", "not submitted", "partially graded", "submitted")


@transaction.atomic
def put_line_item(*, guid: str, body: Mapping[str, Any], caller: Caller, reach: Reach, at: datetime) -> bool:
    """Make or change a piece of work of a class that the client reaches; True where it is new."""
    guid = _guid(guid, body)
    class_id = _given(e.CLASSES, "class", _named(body, "class"), reach)
    category = _given(e.CATEGORIES, "category", _named(body, "category", must=False), reach)
    session = _given(
        e.SESSIONS,
        "session",
        _named(body, "academicSession", must=False) or _named(body, "gradingPeriod", must=False),
        reach,
    )
    assigned, due = _day(body, "assignDate"), _day(body, "dueDate")
    least, most = _number(body, "resultValueMin"), _number(body, "resultValueMax")
    if least is not None and most is not None and least > most:
        raise Refused(_("'resultValueMin' is above 'resultValueMax'."))
    found = naming.find_ids(("line_item",), guid)
    item = CourseworkItem.objects.filter(pk__in=[id_ for _kind, id_ in found]).first()
    if item is not None and (item.source != caller.source or item.school_class_id != class_id):
        raise NotAllowed(_("This line item belongs to another system, or to another class."))
    _may_write(caller, class_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oneroster_put_line_item(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [item and item.pk, guid, caller.source, class_id, category, session, _text(body, "title", 255, must=True),
             _text(body, "description", 4000), assigned, due, least, most],
        )  # fmt: skip
        (item_id,) = cursor.fetchone()
    _audit("coursework.sent", "courseworkitem", item_id, None, caller, at)
    _announce_item(CourseworkItem.objects.select_related("school_class").get(pk=item_id))
    return item is None


@transaction.atomic
def delete_line_item(*, guid: str, caller: Caller, reach: Reach, at: datetime) -> None:
    """The work is over; its results are kept, and count nowhere."""
    item_id = _given(e.LINE_ITEMS, "line_item", guid, reach)
    item = CourseworkItem.objects.select_related("school_class").get(pk=item_id)
    if item.source != caller.source:
        raise NotAllowed(_("This line item belongs to another system."))
    _may_write(caller, item.school_class_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT oneroster_end_line_item(%s, %s, %s)", [item.pk, caller.source, reach.on])
    _audit("coursework.withdrawn", "courseworkitem", item.pk, None, caller, at)
    _announce_item(item)


@transaction.atomic
def put_result(*, guid: str, body: Mapping[str, Any], caller: Caller, reach: Reach, at: datetime) -> bool:
    """Write one student's result of a piece of work; True where it is new."""
    guid = _guid(guid, body)
    item_id = _given(e.LINE_ITEMS, "line_item", _named(body, "lineItem"), reach)
    student_id = _given(e.USERS, "student", _named(body, "student"), reach)
    status = _text(body, "scoreStatus", 40, must=True)
    if status not in STATUSES and not status.startswith("ext:"):
        raise Refused(
            _("'scoreStatus' is one of: %(all)s; or begins with 'ext:'.") % {"all": ", ".join(STATUSES)}
        )
    score, on = _number(body, "score"), _day(body, "scoreDate")
    item = scores.item_to_score(item_id=item_id, by=caller.viewer)
    low, high = item.score_min or 0.0, item.score_max
    if score is not None and (score < low or (high is not None and score > high)):
        raise Refused(
            _("The score is %(score)s. It lies between %(low)s and %(high)s.")
            % {"score": score, "low": low, "high": high if high is not None else "∞"}
        )
    if not scores.members(item, reach.on).filter(student_id=student_id).exists():
        raise Refused(_("The student is not in this class. Send the enrollment first."))
    year = item.school_class.school_year
    others = CourseworkResult.objects.filter(school_year=year, source_key=guid).exclude(source=caller.source)
    if others.exists():
        raise NotAllowed(_("This result belongs to another system."))
    is_new = not CourseworkResult.objects.filter(
        school_year=year, source=caller.source, source_key=guid
    ).exists()
    said = {
        "score": score,
        "status": status,
        "scored_on": on,
        "is_missing": _flag(body, "missing", status == "not submitted"),
    }
    if scores.put(item, student_id, said, source=caller.source, source_key=guid, by=caller.viewer, at=at):
        scores.announce(item, [student_id])
    CourseworkResult.objects.filter(school_year=year, source=caller.source, source_key=guid).update(
        score_text=_text(body, "textScore", 80), comment=_text(body, "comment", 4000), is_late=_flag(body, "late"),
        is_incomplete=_flag(body, "incomplete"), scored_on=on,
    )  # fmt: skip
    return is_new


@transaction.atomic
def delete_result(*, guid: str, caller: Caller, reach: Reach, at: datetime) -> None:
    """Take back a result that this system wrote."""
    if queries.find_row(e.RESULTS, guid=guid, part="true", reach=reach) is None:
        raise NotFound(_("There is nothing of that id, or nothing you are given."))
    found = (
        CourseworkResult.objects.filter(source=caller.source, source_key=guid)
        .order_by("-school_year")
        .first()
    )
    if found is None:
        raise NotAllowed(_("This result belongs to another system."))
    item = scores.item_to_score(item_id=found.item_id, by=caller.viewer)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oneroster_drop_result(%s::smallint, %s, %s)", [found.school_year, found.id, caller.source]
        )
    _audit("score.taken_back", "courseworkitem", item.pk, found.student_id, caller, at)
    scores.announce(item, [found.student_id])


PUTS = {"lineItems": put_line_item, "results": put_result}
DELETES = {"lineItems": delete_line_item, "results": delete_result}


def _may_write(caller: Caller, class_id: int) -> None:
    from crescendo.records import permissions  # noqa: PLC0415
    from crescendo.roster.models import SchoolClass  # noqa: PLC0415

    if not permissions.may_record_scores(caller.viewer, SchoolClass.objects.get(pk=class_id)):
        raise NotAllowed(_("Whoever made this connection may not write work of this class."))


def _audit(
    verb: str, kind: str, object_id: int, student_id: int | None, caller: Caller, at: datetime
) -> None:
    accounts.record_audit(
        verb=verb, object_type=kind, object_id=object_id, student_id=student_id, by=caller.user.pk, at=at,
        detail={"source": caller.source, "caller": caller.name},
    )  # fmt: skip


def _announce_item(item: CourseworkItem) -> None:
    taught = item.school_class
    changes.announce_marks(
        school_year=taught.school_year, school_id=taught.school_id,
        tables=["coursework_items", "coursework_results"], topics=[f"class:{taught.pk}"],
    )  # fmt: skip


# -- the shape of what was sent ----------------------------------------------------------------------------------------


def _guid(guid: str, body: Mapping[str, Any]) -> str:
    if (
        not 0 < len(guid) <= 255
        or not guid.isprintable()
        or any(c in guid for c in "\0/")
        or not _plain(guid)
    ):
        raise Refused(_("A sourcedId has 1 to 255 characters that can be printed."))
    if body.get("sourcedId", guid) != guid:
        raise Refused(_("The body's sourcedId is not that of the address."))
    return guid


def _plain(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _named(body: Mapping[str, Any], name: str, *, must: bool = True) -> str:
    found = body.get(name)
    guid = found.get("sourcedId") if isinstance(found, Mapping) else None
    if isinstance(guid, str) and guid and _plain(guid):
        return guid
    if must or found is not None:
        raise Refused(_("'%(name)s' is {\"sourcedId\": ...}.") % {"name": name})
    return ""


def _given(entity: e.Entity, kind: str, guid: str, reach: Reach) -> int | None:
    """Our id of what the body names, where the client is given it."""
    if not guid:
        return None
    if queries.find_row(entity, guid=guid, part="true", reach=reach) is None:
        raise NotFound(
            _("There is no %(kind)s of that id, or nothing you are given.") % {"kind": entity.singular}
        )
    found = naming.find_ids((kind,), guid)
    if not found:
        raise NotFound(
            _("There is no %(kind)s of that id, or nothing you are given.") % {"kind": entity.singular}
        )
    return found[0][1]


def _text(body: Mapping[str, Any], name: str, most: int, *, must: bool = False) -> str:
    found = body.get(name, "")
    if found is None and not must:
        return ""
    if not isinstance(found, str) or len(found) > most or not _plain(found) or (must and not found.strip()):
        raise Refused(
            _("'%(name)s' is a text of at most %(most)s characters.") % {"name": name, "most": most}
        )
    return found


def _number(body: Mapping[str, Any], name: str) -> float | None:
    found = body.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) <= LARGEST:
        raise Refused(_("'%(name)s' is a number.") % {"name": name})
    return float(found)


def _day(body: Mapping[str, Any], name: str) -> date:
    found = body.get(name)
    try:
        return datetime.fromisoformat(found).date() if isinstance(found, str) else date.fromisoformat("")
    except ValueError:
        raise Refused(
            _("'%(name)s' is a day or an instant such as 2026-03-10T00:00:00.000Z.") % {"name": name}
        ) from None


def _flag(body: Mapping[str, Any], name: str, usual: bool | None = None) -> bool | None:
    found = body.get(name)
    if found is None:
        return usual
    if found not in ("true", "false", True, False):
        raise Refused(_('\'%(name)s\' is "true" or "false".') % {"name": name})
    return found in ("true", True)
