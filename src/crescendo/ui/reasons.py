"""Why a number is not there, in words. Measurement gives a code; a person reads a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REASONS = {
    "too_few_days": gettext_lazy("too few days to say"),
    "below_minimum_n": gettext_lazy("too few people to show without naming someone"),
    "suppressed": gettext_lazy("hidden to protect a small group"),
    "no_data": gettext_lazy("nothing has been recorded yet"),
    "no_prior_score": gettext_lazy("no earlier score to compare with"),
    "source_not_received": gettext_lazy("the file this needs has not arrived"),
    "not_submitted": gettext_lazy("attendance was not submitted"),
    "no_calendar": gettext_lazy("the school has no calendar for this year"),
    "not_enrolled": gettext_lazy("not enrolled in this period"),
    "below_minimum_days": gettext_lazy("enrolled for too few days to say"),
    "too_few_recorded_days": gettext_lazy("attendance was sent for too few of the days"),
    "no_instructional_days": gettext_lazy("no school day falls into the enrollment"),
    "not_checked": gettext_lazy("nobody has checked yet"),
    "no_test_yet": gettext_lazy("the tests of this school year have not come in yet"),
    "not_in_tested_grades": gettext_lazy("no test is expected in this grade"),
    "not_tested": gettext_lazy("a test was expected, and there is no score"),
    "no_performance_level": gettext_lazy("there is a score, but no performance level"),
    "several_scales": gettext_lazy("scores of different scales cannot be averaged"),
    "no_norm": gettext_lazy("too few scores on the test to compare with"),
    "no_benchmark_score": gettext_lazy("no score on a test that has a benchmark"),
    "no_due_work": gettext_lazy("no work has been due yet"),
    "no_work_handed_in": gettext_lazy("nothing was handed in, so nothing can be late"),
    "lateness_not_recorded": gettext_lazy("nobody recorded whether the work was late"),
    "no_decided_course": gettext_lazy("no course has been decided yet"),
    "not_in_grade": gettext_lazy("the rule is made for other grades"),
    "no_spread": gettext_lazy("all are alike here, so that nothing goes with anything"),
    "left_during_year": gettext_lazy("no longer a student here"),
    "never_attended": gettext_lazy("enrolled, and not once in school"),
    "not_there_at_start": gettext_lazy("came after the first days of the year"),
    "no_absence": gettext_lazy("nothing was missed"),
    "no_tiers": gettext_lazy("the counting rules name no tiers"),
    "no_answer": gettext_lazy("no answer that applies"),
    "too_few_answers": gettext_lazy("too few of the questions were answered"),
    "not_invited": gettext_lazy("was not asked"),
    "too_few_parts": gettext_lazy("fewer than two parts are known"),
    "no_activity": gettext_lazy("no recorded time in an activity"),
    "no_evidence": gettext_lazy("no evidence on a standard yet"),
    "too_few_scores": gettext_lazy("too few scores for a change"),
    "not_below_before": gettext_lazy("did not begin below a benchmark, or was not tested again"),
    "no_growth_target": gettext_lazy("no target to compare with"),
    "too_few_schools": gettext_lazy("too few schools to say what is usual"),
    "left_the_cohort": gettext_lazy("transferred with a confirmation, emigrated or died"),
    "no_target": gettext_lazy("no target: nothing to begin from, or too small a group"),
    "no_component": gettext_lazy("no component of the index has a value"),
    "no_exam_result": gettext_lazy("no result in an examination"),
    "not_recorded": gettext_lazy("nobody recorded it"),
    "no_need": gettext_lazy("no need was recorded"),
    "no_session": gettext_lazy("no session was planned yet"),
    "not_decided": gettext_lazy("no place has ended yet"),
    "year_not_decided": gettext_lazy("the credits of the year have not all been decided"),
}


def reason_words(code: str | None) -> str:
    """The reason as part of a sentence. A code nobody has put into words yet is shown as it is, not hidden."""
    if not code:
        return _("no reason was given")
    return str(REASONS.get(code, code.replace("_", " ")))


def not_evaluated(code: str | None) -> str:
    return _("Not evaluated: %(reason)s") % {"reason": reason_words(code)}
