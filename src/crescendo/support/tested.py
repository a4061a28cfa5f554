"""Who scored below the benchmark of a school plan's own test: for whom targeted support may be opened under it."""

from datetime import timedelta

from crescendo.core import school_time
from crescendo.records import queries as records
from crescendo.records.models import Assessment
from crescendo.roster.viewer import Viewer

A_YEAR = timedelta(days=365)


def named(test: str) -> tuple[str, str]:
    """Family and subject out of an address: `Universal screener|Mathematics`."""
    family, _bar, subject = test.partition("|")
    return family, subject


def list_benchmarks(test: str) -> dict[int, float]:
    """The benchmark of each test of this family and subject; empty where nothing says who is below."""
    family, subject = named(test)
    if not family:
        return {}
    tests = Assessment.objects.filter(family=family, subject=subject, benchmark__isnull=False)
    return dict(tests.order_by("id").values_list("id", "benchmark"))


def list_below(*, viewer: Viewer, test: str) -> dict[int, tuple[float, float]]:
    """Score and benchmark of the students whose latest score of the last year lies below its test's benchmark, of those the viewer may see.

    A benchmark belongs to a test, not to the student: who took a harder one last is judged by that one. Without a score
    nobody is called low.
    """
    benchmarks = list_benchmarks(test)
    since = viewer.on - A_YEAR
    latest = (
        records.list_results_that_count(viewer=viewer)
        .filter(
            school_year__gte=school_time.school_year_of(since),
            assessment_id__in=list(benchmarks),
            score__isnull=False,
            on__range=(since, viewer.on),
        )
        .order_by("student_id", "-on", "-id")
        .distinct("student_id")
        .values_list("student_id", "assessment_id", "score")
    )
    return {
        student: (score, benchmarks[taken]) for student, taken, score in latest if score < benchmarks[taken]
    }
