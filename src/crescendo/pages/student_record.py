"""One student's page: what goes well, what is worth a look, the numbers, the scores and the days away."""

from collections import defaultdict

from django.utils.translation import gettext as _

from crescendo.indicators import queries as indicators
from crescendo.indicators.numbers import Number
from crescendo.indicators.permissions import is_behaviour
from crescendo.pages import words
from crescendo.pages.queries.students import grade_words
from crescendo.records import queries as records
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster import queries as roster
from crescendo.roster.models import Student
from crescendo.roster.viewer import Viewer
from crescendo.ui import charts


def describe(*, viewer: Viewer, student: Student) -> dict[str, object]:
    """Everything the page shows. The viewer has been let in already."""
    run = indicators.find_current_run(school_year=viewer.school_year)
    numbers = indicators.list_student_numbers(viewer=viewer, student_id=student.pk, run=run) if run else []
    packs = indicators.first_packs({n.indicator for n in numbers})
    chosen = [n for n in numbers if n.rule_pack == packs[n.indicator] and not is_behaviour(n.indicator)]
    enrolment = roster.find_enrolment(viewer=viewer, student_id=student.pk)
    return {
        "run": run,
        "enrolment": enrolment,
        "grade": grade_words(enrolment.grade_level) if enrolment else "",
        "well": words.went_well(chosen),
        "look": words.worth_a_look(chosen),
        "subjects": _by_subject(chosen),
        "score_charts": _score_charts(viewer, student),
        "days_away": records.list_attendance(
            viewer=viewer, student_id=student.pk, school_year=viewer.school_year
        )[:20],
        "incidents": records.list_behaviour(viewer=viewer, student_id=student.pk),
        "may_see_readers": may_see_readers(viewer),
    }


def may_see_readers(viewer: Viewer) -> bool:
    """The family, the student, and whoever keeps the trail may see who opened the page."""
    return viewer.is_family or viewer.is_student or viewer.may("audit.see")


def _by_subject(numbers: list[Number]) -> list[tuple[str, list[Number]]]:
    found: dict[str, list[Number]] = defaultdict(list)
    for number in numbers:
        found[number.definition.subject].append(number)
    return list(found.items())


def _score_charts(viewer: Viewer, student: Student) -> list[charts.Chart]:
    """One line for each test taken at least twice, on its own scale, with the benchmark where it has one."""
    results = records.list_assessment_results(viewer=viewer, student_id=student.pk)
    by_test: dict[int, list[AssessmentResult]] = defaultdict(list)
    for result in results:
        if result.score is not None:
            by_test[result.assessment_id].append(result)
    repeated = {pk: rows for pk, rows in by_test.items() if len(rows) > 1}
    tests = Assessment.objects.filter(pk__in=repeated).order_by("title", "id")
    return [_score_chart(test, sorted(repeated[test.pk], key=lambda r: r.on)) for test in tests]


def _score_chart(test: Assessment, results: list[AssessmentResult]) -> charts.Chart:
    return charts.line(
        test.title,
        [charts.Point(result.on, result.score) for result in results],
        measure=_("Score"),
        kind="decimal",
        digits=0,
        target=test.benchmark,
    )
