"""Why a value was not computed. Missing is not zero (D8)."""

REASONS: dict[str, str] = {
    "below_minimum_days": "Enrolled for fewer days than the counting rules ask for.",
    "too_few_recorded_days": "Enrolled long enough, but the school sent attendance for too few of the days.",
    "no_instructional_days": "No school day falls into the enrolment, or the calendar is not known.",
    "source_not_received": "The school has not sent these data.",
    "not_checked": "The school checks participation, but nobody has checked this student yet.",
    "no_test_yet": "The tests of this school year have not come in yet.",
    "not_in_tested_grades": "No accountability test is expected of the student's grade.",
    "not_tested": "A test was expected, and there is no score.",
    "no_performance_level": "There is a score, but no performance level.",
    "several_scales": "Scores of different scales cannot be averaged.",
    "no_norm": "Too few scores on the test to compare with.",
    "no_benchmark_score": "No score on an assessment that has a benchmark.",
    "no_due_work": "No coursework has been due yet.",
    "no_work_handed_in": "Nothing was handed in, so nothing can be late.",
    "lateness_not_recorded": "Work was handed in, but nobody recorded whether it was late.",
    "no_decided_course": "No course has been decided yet.",
    "not_in_grade": "The rule is made for other grades.",
    "year_not_decided": "The credits of the year have not all been decided.",
}
