"""One student's page: what goes well, what is worth a look, the numbers, the scores and the days away."""

from collections import defaultdict

from django.utils.translation import gettext as _

from crescendo.indicators import queries as indicators
from crescendo.indicators.numbers import Number
from crescendo.indicators.permissions import is_behaviour
from crescendo.insights import findings
from crescendo.insights.next_steps import steps_for
from crescendo.pages import words
from crescendo.pages.queries.students import grade_words
from crescendo.records import queries as records
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster import queries as roster
from crescendo.roster.models import Student
from crescendo.roster.viewer import Viewer
from crescendo.support import next_steps as support_steps
from crescendo.support import queries as support
from crescendo.ui import charts, printing, vocabulary

TIMES_FOR_A_LINE = 3
EARLIER_RESULTS = 100
ABOUT_SCHOOLS = {"recorded_share", "mobility_rate", "severe_chronic_absence", "mean_scale_score"}
# Kind of test, lowest and highest score: scores that may be compared by eye.
Scale = tuple[str, float | None, float | None]


def describe(*, viewer: Viewer, student: Student) -> dict[str, object]:
    """Everything the page shows. The viewer has been let in already."""
    run = indicators.find_shown_run(viewer=viewer)
    numbers = indicators.list_student_numbers(viewer=viewer, student_id=student.pk, run=run) if run else []
    packs = indicators.first_packs({n.indicator for n in numbers})
    hidden = ABOUT_SCHOOLS | ({n.indicator for n in numbers if is_behaviour(n.indicator)})
    first = [n for n in numbers if n.rule_pack == packs[n.indicator]]
    chosen = [n for n in first if n.indicator not in hidden]
    found = findings.find_student_finding(viewer=viewer, student_id=student.pk, numbers=first)
    enrolment = roster.find_enrolment(viewer=viewer, student_id=student.pk)
    results = list(records.list_assessment_results(viewer=viewer, student_id=student.pk))
    tests = Assessment.objects.in_bulk({r.assessment_id for r in results})
    return {
        "run": run,
        "enrolment": enrolment,
        "grade": grade_words(enrolment.grade_level) if enrolment else "",
        "well": words.went_well(chosen),
        "look": found.reasons if found else (),
        "steps": steps_for(viewer, found) if found else [],
        "subjects": _by_subject(chosen),
        "score_charts": _score_charts(results, tests),
        **_results_by_test(results, tests),
        **_days_away(viewer, student),
        "incidents": records.list_behaviour(viewer=viewer, student_id=student.pk),
        "may_see_readers": may_see_readers(viewer),
        "supports": support.list_supports_of_student(viewer=viewer, student_id=student.pk),
        "may_list_students": viewer.is_staff and viewer.may("students.see"),
        "support_href": "" if found else support_steps.href_for_student(viewer=viewer, student_id=student.pk),
    }


def _days_away(viewer: Viewer, student: Student) -> dict[str, object]:
    """The latest days away; a mark made here says so while its school's day does not count yet."""
    events = list(
        records.list_attendance(viewer=viewer, student_id=student.pk, school_year=viewer.school_year)[:20]
    )
    uncounted = records.list_uncounted(events=events)
    return {
        "days_away": [(event, (event.school_id, event.on) not in uncounted) for event in events],
        "is_some_uncounted": bool(uncounted),
    }


def may_see_readers(viewer: Viewer) -> bool:
    """The family, the student, and whoever keeps the trail may see who opened the page."""
    return viewer.is_family or viewer.is_student or viewer.may("audit.see")


def _by_subject(numbers: list[Number]) -> list[tuple[str, list[Number]]]:
    found: dict[str, list[Number]] = defaultdict(list)
    for number in numbers:
        found[number.definition.subject].append(number)
    return list(found.items())


def _results_by_test(results: list[AssessmentResult], tests: dict[int, Assessment]) -> dict[str, object]:
    """The newest result of each test, also of one taken once or long ago; the earlier ones beside. All newest first."""
    latest, earlier, seen = [], [], set[tuple[str, str]]()
    for result in results:
        test = tests[result.assessment_id]
        kind = (test.family or test.title, test.subject)
        (earlier if kind in seen else latest).append(_result_line(result, test))
        seen.add(kind)
    return {"latest_results": latest, "earlier_results": earlier[:EARLIER_RESULTS]}


def _result_line(result: AssessmentResult, test: Assessment) -> dict[str, object]:
    """One without a score says why."""
    is_scored = result.status == result.Status.SCORED
    return {
        "on": result.on,
        "test": test.title,
        "subject": "" if test.subject.casefold() in test.title.casefold() else test.subject,
        "score": result.score_text or printing.decimal(result.score, _digits(result.score)),
        "status": "" if is_scored else vocabulary.known_word(result.get_status_display()),
    }


def _digits(score: float | None) -> int:
    return 0 if score is None or score == int(score) else 1


def _score_charts(
    results: list[AssessmentResult], tests: dict[int, Assessment]
) -> list[charts.SmallMultiples]:
    """For each kind of test on one scale, a small line for every subject that the student took often enough.

    A universal screener has a test for every grade and season, all on one scale: together they are one line.
    """
    kinds: dict[Scale, dict[str, list[charts.Point]]] = defaultdict(lambda: defaultdict(list))
    for result in sorted((r for r in results if r.score is not None), key=lambda r: r.on):
        test = tests[result.assessment_id]
        scale = (test.family or test.title, test.scale_min, test.scale_max)
        kinds[scale][vocabulary.known_word(test.subject or test.title)].append(
            charts.Point(result.on, result.score)
        )
    found = []
    for scale, subjects in sorted(kinds.items(), key=lambda item: item[0][0]):
        lines = {name: points for name, points in sorted(subjects.items()) if len(points) >= TIMES_FOR_A_LINE}
        if lines:
            found.append(
                charts.small_multiples(
                    vocabulary.known_word(scale[0]),
                    lines,
                    measure=_("Score"),
                    kind="decimal",
                    digits=0,
                    by_day=True,
                )
            )
    return found
