"""What goes with test scores at a school or in a district: every read of it, in words and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from crescendo.core.next_steps import Finding
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun, StudentValue
from crescendo.indicators.permissions import result_scope
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster import areas
from crescendo.roster import queries as roster
from crescendo.roster.models import Enrolment, Organisation, Student
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer
from crescendo.ui import charts, vocabulary

from . import linked_words as said
from .associations import FEWEST, TOO_FEW
from .from_outside import Kept, kept_back
from .models import Association
from .next_steps import Step, steps_for

MAIN = "attendance_rate"
LOW_ATTENDANCE = "chronic_absence"  # the published flag: a tenth of the days or more


@dataclass(frozen=True)
class Pair:
    """One measure beside the scores of a subject: the sentence, what it rests on, and the numbers behind."""

    driver: str
    title: str
    sentence: str
    basis: str
    row: Association
    has_numbers: bool = True
    has_picture: bool = True

    @property
    def is_said(self) -> bool:
        return not self.row.reason


@dataclass(frozen=True)
class LowInBoth:
    """A student who missed much school and scored below the benchmark, with both as sentences."""

    student: Student
    missed: str
    scored: str


def list_subjects(*, organisation: Organisation, school_year: int) -> list[str]:
    """The subjects whose scores can be looked at here."""
    rows = Association.objects.filter(organisation=organisation, school_year=school_year, driver=MAIN)
    return list(rows.order_by("id").values_list("subject", flat=True))


def describe(*, viewer: Viewer, organisation: Organisation, subject: str = "") -> dict[str, object]:
    """The whole page. The viewer may see the organisation's numbers already."""
    subjects = list_subjects(organisation=organisation, school_year=viewer.school_year)
    why = areas.why_hidden("goes_with")
    if why or not subjects:
        return {"organisation": organisation, "subjects": [], "why_hidden": why}
    chosen = subject if subject in subjects else subjects[0]
    rows = Association.objects.filter(
        organisation=organisation, school_year=viewer.school_year, subject=chosen
    ).order_by("id")
    sees_rows = _sees_rows(viewer, organisation)
    kept = Kept() if sees_rows else kept_back(school_year=viewer.school_year, subject=chosen)
    pairs = [_pair(row, sees_rows, kept) for row in rows]
    main = pairs[0]
    is_school = organisation.kind == Organisation.Kind.SCHOOL
    return {
        "organisation": organisation,
        "is_school": is_school,
        "subjects": [(one, vocabulary.known_word(one)) for one in subjects],
        "subject": chosen,
        "subject_words": vocabulary.known_word(chosen),
        "family": vocabulary.known_word(main.row.family),
        "as_of": main.row.as_of,
        "main": main,
        "pairs": pairs,
        "chart": _links_chart(pairs, chosen),
        "picture": _bins_chart(main, chosen),
        "pictures": [
            picture
            for pair in pairs[1:]
            if said.is_clear(pair.row) and (picture := _bins_chart(pair, chosen))
        ],
        "n_pairs": len(pairs) * len(subjects),
        "can_be_said": any(pair.is_said for pair in pairs),
        "steps": _steps(viewer, organisation, main),
    } | (_named(viewer, organisation, main) if is_school and sees_rows else {})


def list_clear(*, viewer: Viewer, organisation: Organisation) -> list[tuple[str, str]]:
    """Attendance with the scores of each subject where the link is clear, the closest first: sentence and subject."""
    year = viewer.school_year
    rows = Association.objects.filter(organisation=organisation, school_year=year, driver=MAIN)
    clear = [row for row in rows.order_by("-r", "id") if said.is_clear(row) and not said.rests_on_few(row)]
    hidden: set[int] = set()
    if not _sees_rows(viewer, organisation):
        for row in clear:
            hidden |= kept_back(school_year=year, subject=row.subject).numbers
    return [(said.without_numbers(r) if r.pk in hidden else said.sentence(r), r.subject) for r in clear]


def _sees_rows(viewer: Viewer, organisation: Organisation) -> bool:
    return organisation.pk in result_scope(viewer).unhidden and viewer.may("students.see")


def _pair(row: Association, sees_rows: bool, kept: Kept) -> Pair:
    title = indicators.get_definition(row.driver).title
    has_picture = row.pk not in kept.pictures
    if row.pk in kept.numbers:
        return Pair(
            row.driver, title, said.without_numbers(row), "", row, has_numbers=False, has_picture=False
        )
    basis = said.basis(row, exactly=sees_rows)
    return Pair(row.driver, title, said.sentence(row), basis, row, has_picture=has_picture)


def _links_chart(pairs: Sequence[Pair], subject: str) -> charts.Chart | None:
    """All pairs side by side, none left out: how closely each goes with the scores."""
    if not any(pair.is_said and pair.has_numbers for pair in pairs):
        return None
    rows = [
        {
            "label": pair.title,
            "value": pair.row.r,
            "lower": pair.row.r_lower,
            "upper": pair.row.r_upper,
            "n": pair.row.n if pair.row.n >= FEWEST else None,
            "reason": pair.row.reason,
        }
        if pair.has_numbers
        else {"label": pair.title, "value": None, "n": None, "reason": pair.row.reason or TOO_FEW}
        for pair in pairs
    ]
    return charts.bars(
        _("What goes with %(subject)s") % {"subject": said.subject_words(subject)},
        rows,
        measure=_("Correlation"),
        group=_("Measure"),
        kind="decimal",
        digits=2,
        summary=_(
            "0: no link; 1: who has more of one always has more of the other; below 0: more of one goes with less of "
            "the other."
        ),
    )


def _bins_chart(pair: Pair, subject: str) -> charts.Chart | None:
    """Students by the measure, least first: how many of each group scored below the middle of their own test."""
    if not pair.row.bins or not pair.has_picture:
        return None
    labels = said.bin_labels(pair.row)
    rows = [
        {"label": label, "value": one["share"], "lower": one["lower"], "upper": one["upper"], "n": one["n"]}
        for label, one in zip(labels, pair.row.bins, strict=True)
    ]
    return charts.bars(
        _("Who scored in the lower half in %(subject)s, by %(measure)s")
        % {"subject": said.subject_words(subject), "measure": pair.title.lower()},
        rows,
        measure=_("Scored in the lower half of their grade"),
        group=pair.title,
        reference=(_("Half"), 0.5),
        longest=1.0,
    )


def finding_of(organisation: Organisation, pair: Pair) -> Finding:
    """That attendance goes with the scores here, as something to act on."""
    return Finding(
        kind="goes_with",
        subject_kind="organisation",
        subject_id=organisation.pk,
        sentence=pair.sentence,
        indicator=pair.driver,
        as_of=pair.row.as_of,
        reasons=(pair.sentence, said.no_cause()),
    )


def _steps(viewer: Viewer, organisation: Organisation, main: Pair) -> list[Step]:
    return steps_for(viewer, finding_of(organisation, main)) if main.is_said else []


def _named(viewer: Viewer, school: Organisation, main: Pair) -> dict[str, object]:
    """The students who are low in both, for whoever may see all of the school's students."""
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        return {}
    low = list_low_in_both(
        viewer=viewer, school=school, run=run, subject=main.row.subject, family=main.row.family
    )
    finding = Finding(
        kind="low_in_both",
        subject_kind="organisation",
        subject_id=school.pk,
        sentence=main.sentence,
        indicator=LOW_ATTENDANCE,
        as_of=run.as_of,
    )
    forms = [_form(step) for step in steps_for(viewer, finding) if step.takes_students] if low else []
    # One way to support from here: for those named below. A second button above would choose others.
    steps = [step for step in _steps(viewer, school, main) if not (forms and step.takes_students)]
    return {"low": low, "forms": forms, "steps": steps}


def _form(step: Step) -> dict[str, object]:
    """A next step as a form that takes the chosen students along."""
    parts = urlsplit(step.href)
    return {"label": step.label, "action": parts.path, "known": parse_qsl(parts.query), "code": step.code}


def list_low_in_both(
    *, viewer: Viewer, school: Organisation, run: MeasurementRun, subject: str, family: str
) -> list[LowInBoth]:
    """Students enrolled today who missed a tenth of school or more and whose latest score lies below the benchmark.

    By name, as in a register: nobody is ranked. Tests without a benchmark name nobody.
    """
    flagged = StudentValue.objects.filter(
        SeenBy(viewer, "student_id"),
        run_id=run.pk,
        school_id=school.pk,
        indicator=LOW_ATTENDANCE,
        rule_pack=indicators.first_packs([LOW_ATTENDANCE])[LOW_ATTENDANCE],
        flag=True,
    )
    missed = {row.student_id: row for row in flagged.order_by("id")}
    scored = _below_benchmark(viewer, list(missed), run.as_of, run.school_year, subject, family)
    here = Enrolment.objects.filter(
        roster.active(viewer.on, begins="entry_on", ends="exit_on"),
        school_id=school.pk,
        student_id=OuterRef("pk"),
    )
    students = roster.list_students(viewer=viewer).filter(Exists(here), pk__in=list(scored))
    return [
        LowInBoth(student, said.missed(missed[student.pk]), said.scored(*scored[student.pk]))
        for student in students.order_by("sort_key", "id")
    ]


def _below_benchmark(
    viewer: Viewer, student_ids: list[int], as_of: date, school_year: int, subject: str, family: str
) -> dict[int, tuple[float, float]]:
    """Latest score and benchmark of those whose latest score lies below it."""
    tests = {
        test.pk: test.benchmark
        for test in Assessment.objects.filter(family=family).order_by("id")
        if (test.subject or test.title) == subject
    }
    latest = (
        AssessmentResult.objects.filter(
            SeenBy(viewer, "student_id"),
            student_id__in=student_ids,
            school_year=school_year,
            assessment_id__in=list(tests),
            score__isnull=False,
            on__lte=as_of,
        )
        .order_by("student_id", "-on", "-score")
        .distinct("student_id")
        .values_list("student_id", "assessment_id", "score")
    )
    return {
        student: (score, tests[test])
        for student, test, score in latest
        if tests[test] is not None and score < tests[test]
    }
