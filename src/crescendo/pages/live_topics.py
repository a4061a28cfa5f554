"""What an open page may hear of. A topic says only that something changed, and only to those who may see it."""

import re
from collections.abc import Sequence

from crescendo.indicators.permissions import result_scope
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

MOST = 60  # a page that shows more is told of its school instead
_TOPIC = re.compile(r"(student|class|organisation|run):([1-9][0-9]{0,17})")


def allowed(*, viewer: Viewer, asked: Sequence[str]) -> list[str]:
    """Of the topics that a page asks for, those of students, classes and organisations that its reader may see."""
    found = {
        match[0]: (match[1], int(match[2])) for text in asked[:MOST] if (match := _TOPIC.fullmatch(text))
    }
    by_kind = {kind: {pk for k, pk in found.values() if k == kind} for kind, _pk in found.values()}
    seen = {kind: _SEEN[kind](viewer, ids) for kind, ids in by_kind.items()}
    return [topic for topic, (kind, pk) in sorted(found.items()) if pk in seen[kind]]


def _students(viewer: Viewer, ids: set[int]) -> set[int]:
    return set(roster.list_students(viewer=viewer).filter(pk__in=ids).values_list("pk", flat=True))


def _classes(viewer: Viewer, ids: set[int]) -> set[int]:
    return set(roster.list_classes(viewer=viewer).filter(pk__in=ids).values_list("pk", flat=True))


def _organisations(viewer: Viewer, ids: set[int]) -> set[int]:
    return ids & result_scope(viewer).organisations


def _runs(viewer: Viewer, ids: set[int]) -> set[int]:
    """That a school year was measured is no secret."""
    return ids


_SEEN = {"student": _students, "class": _classes, "organisation": _organisations, "run": _runs}


def of_today(*, viewer: Viewer) -> list[str]:
    """What moves the reader's Today: their places, their children, themselves."""
    topics = [f"organisation:{post.organisation_id}" for post in viewer.posts]
    if viewer.is_family:
        topics += [
            f"student:{child.pk}" for child in roster.list_children(viewer=viewer).order_by("id")[:MOST]
        ]
    if viewer.student_id is not None:
        topics.append(f"student:{viewer.student_id}")
    return [*dict.fromkeys(topics), f"run:{viewer.school_year}"]
