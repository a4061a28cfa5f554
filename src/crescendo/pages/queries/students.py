import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crescendo.core.names import fold
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import StudentValue
from crescendo.insights import findings
from crescendo.pages import words
from crescendo.roster import queries as roster
from crescendo.roster.models import Enrolment, Student
from crescendo.roster.viewer import Viewer
from crescendo.ui import terms

# What a list of students can be narrowed to: the flag of a published measure, in plain words.
LOOK = "look"
SEVERAL = "several"
SEVERAL_REASONS = 2  # at once
STUDENT_NEEDS = {
    SEVERAL: _("Several reasons for a look at once"),
    LOOK: _("Worth a look, most reasons first"),
    "chronic_absence": _("Missed a tenth of school or more"),
    "benchmark_risk": _("Below the benchmark in the latest screening"),
    "course_failure": _("Did not pass a course"),
}


@dataclass(frozen=True)
class Described:
    """A student in a list: where they are, what goes well, what is worth a look."""

    student: Student
    place: str
    well: str
    note: str


def list_students(
    *, viewer: Viewer, text: str = "", needs: str = ""
) -> QuerySet[Student] | Sequence[Student]:
    """Students in scope by name; with `needs`, those whom that measure flags, or whom anything asks to look at."""
    if needs == LOOK:
        return ByReasons(viewer, text)
    if needs == SEVERAL:
        return ByReasons(viewer, text, at_least=SEVERAL_REASONS)
    students = roster.list_students(viewer=viewer).order_by("sort_key", "id")
    for word in fold(text).split():
        students = students.filter(Q(sort_key__startswith=word) | Q(sort_key__contains=f" {word}"))
    return students.filter(pk__in=flagged_ids(viewer, needs)) if needs in STUDENT_NEEDS else students


COUNT_HOLDS_SECONDS = 30.0
_counted: dict[tuple[object, ...], tuple[float, int]] = {}


class Pages(Paginator):
    """A list page by page. How many students a whole district has is counted for each reader once in half a minute:
    it costs more than the page itself, and only says how many pages there are."""

    def __init__(self, students: Any, per_page: int, *, viewer: Viewer, is_whole: bool) -> None:
        super().__init__(students, per_page)
        self._key = (
            (viewer.user_id, viewer.on, viewer.posts) if viewer.reaches_many_schools and is_whole else None
        )

    @cached_property
    def count(self) -> int:
        if self._key is None:
            return self._count()
        now = time.monotonic()
        at, counted = _counted.get(self._key, (-COUNT_HOLDS_SECONDS, 0))
        if now - at >= COUNT_HOLDS_SECONDS:
            for key in [k for k, (made, _n) in list(_counted.items()) if now - made >= COUNT_HOLDS_SECONDS]:
                _counted.pop(key, None)
            counted = self._count()
            _counted[self._key] = (now, counted)
        return counted

    def _count(self) -> int:
        students = self.object_list
        return students.order_by().count() if isinstance(students, QuerySet) else len(students)


class ByReasons(Sequence[Student]):
    """The students in scope whom something asks to look at, several reasons at once first; read a page at a time."""

    def __init__(self, viewer: Viewer, text: str = "", at_least: int = 1) -> None:
        self.viewer = viewer
        run = indicators.find_shown_run(viewer=viewer)
        self.ids = (
            findings.list_ids_by_reasons(
                viewer=viewer, run=run, at_least=at_least, name_words=fold(text).split()
            )
            if run
            else []
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, where: Any) -> Any:
        if isinstance(where, int):
            return self[where : where + 1][0]
        chosen = self.ids[where]
        found = roster.list_students(viewer=self.viewer).in_bulk(chosen)
        return [found[pk] for pk in chosen if pk in found]


def flagged_ids(viewer: Viewer, indicator: str) -> QuerySet[StudentValue]:
    """The students whom a measure flags over all their schools; nobody before the first measurement."""
    run = indicators.find_shown_run(viewer=viewer)
    values = StudentValue.objects.filter(
        indicator=indicator,
        rule_pack=indicators.first_packs([indicator])[indicator],
        is_whole=True,
        flag=True,
    )
    return (values.filter(run_id=run.pk) if run else values.none()).values("student_id")


def count_flagged(*, viewer: Viewer, codes: Sequence[str]) -> dict[str, int]:
    """How many students in scope each measure flags; without those that flag nobody."""
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        return {}
    packs = indicators.first_packs(codes)
    chosen = Q()
    for code in codes:
        chosen |= Q(indicator=code, rule_pack=packs[code])
    rows = StudentValue.objects.filter(
        chosen,
        run_id=run.pk,
        is_whole=True,
        flag=True,
        student_id__in=roster.list_students(viewer=viewer).values("pk"),
    )
    counted = rows.order_by().values("indicator").annotate(n=Count("student_id", distinct=True))
    return {row["indicator"]: row["n"] for row in counted}


def describe_students(*, viewer: Viewer, students: Sequence[Student]) -> list[Described]:
    """The students of one page of a list, each in two short lines."""
    ids = [student.pk for student in students]
    run = indicators.find_shown_run(viewer=viewer)
    numbers = (
        findings.list_numbers(viewer=viewer, student_ids=ids, run=run, besides=words.WELL_CODES)
        if run
        else {}
    )
    places = _places(viewer, ids)
    found = findings.list_student_findings(viewer=viewer, student_ids=ids, numbers=numbers)
    return [
        Described(
            student,
            places.get(student.pk, ""),
            " ".join(words.went_well(numbers.get(student.pk, ()))[:2]),
            " ".join(found[student.pk].reasons) if student.pk in found else "",
        )
        for student in students
    ]


def _places(viewer: Viewer, student_ids: Sequence[int]) -> dict[int, str]:
    """School and grade of each student today."""
    enrolments = Enrolment.objects.filter(
        roster.active(viewer.on, begins="entry_on", ends="exit_on"),
        student_id__in=student_ids,
        is_primary=True,
    ).select_related("school")
    return {
        e.student_id: " · ".join(part for part in (e.school.name, grade_words(e.grade_level)) if part)
        for e in enrolments.order_by("id")
    }


def grade_words(grade_level: str) -> str:
    """'07' -> 'grade 7' in the words of the site; other codes as they are."""

    if not grade_level:
        return ""
    shown = str(int(grade_level)) if grade_level.isdigit() else grade_level
    return f"{terms.word('grade')} {shown}"
