"""Who needs a look and why, through the eyes of each: scopes, order, what is counted in one question."""

from datetime import date, timedelta

import pytest
from published import add_group_value, add_series, add_student_value, make_run

from cast import AT, ON, YEAR, Cast
from crescendo.core.next_steps import Finding, NextStep
from crescendo.indicators.models import MeasurementRun
from crescendo.insights import findings, next_steps
from crescendo.records.models import AttendanceEvent

pytestmark = pytest.mark.django_db
LINCOLN = ("priya", "cora", "tess")


@pytest.fixture
def run(cast: Cast) -> MeasurementRun:
    """Sam misses much and is below the benchmark; Nora did not pass a course; Quinn is fine; Omar misses much."""
    made = make_run(at=AT)
    lincoln, monroe = cast.lincoln.pk, cast.monroe.pk
    for name, school in (("sam", lincoln), ("nora", lincoln), ("quinn", lincoln), ("omar", monroe)):
        pk = cast.students[name].pk
        absent = name in {"sam", "omar"}
        days = {"numerator": 18.0 if absent else 2.0, "denominator": 120.0, "flag": absent}
        add_student_value(
            made, pk, school, indicator="chronic_absence", value=days["numerator"] / 120, **days
        )
        add_student_value(
            made,
            pk,
            school,
            numerator=120 - days["numerator"],
            denominator=120.0,
            value=1 - days["numerator"] / 120,
        )
    add_student_value(
        made,
        cast.sam.pk,
        lincoln,
        indicator="benchmark_risk",
        numerator=1.0,
        denominator=2.0,
        value=0.5,
        flag=True,
    )
    add_student_value(
        made, cast.students["nora"].pk, lincoln, indicator="course_failure",
        numerator=1.0, denominator=6.0, value=1 / 6, flag=True,
    )  # fmt: skip
    return made


def names(cast: Cast, ids: list[int]) -> list[str]:
    by_id = {student.pk: name for name, student in cast.students.items()}
    return [by_id[pk] for pk in ids]


def test_who_leads_or_counsels_sees_who_needs_a_look_most_reasons_first(
    cast: Cast, run: MeasurementRun
) -> None:
    for person in LINCOLN:
        with cast.looking_as(person) as viewer:
            order = findings.list_ids_by_reasons(viewer=viewer, run=run)
            several = findings.list_ids_by_reasons(viewer=viewer, run=run, at_least=2)
            named = findings.list_ids_by_reasons(viewer=viewer, run=run, name_words=["nu"])
            odd = findings.list_ids_by_reasons(viewer=viewer, run=run, name_words=["%"])
        assert names(cast, order) == ["sam", "nora"], person
        assert (names(cast, several), names(cast, named), odd) == (["sam"], ["nora"], []), person


def test_otto_sees_only_his_own_student_and_bryn_gus_and_hana_nobody(cast: Cast, run: MeasurementRun) -> None:
    everybody = [student.pk for student in cast.students.values()]
    for person, seen in (("otto", ["omar"]), ("bryn", []), ("gus", []), ("hana", []), ("ivo", [])):
        with cast.looking_as(person) as viewer:
            found = findings.list_student_findings(viewer=viewer, student_ids=everybody)
            counted = findings.count_reasons(viewer=viewer, run=run)
            assert names(cast, findings.list_ids_by_reasons(viewer=viewer, run=run)) == seen, person
        assert names(cast, sorted(found)) == seen, person
        assert names(cast, sorted(counted)) == seen, person


def test_counting_in_one_question_agrees_with_the_sentences(cast: Cast, run: MeasurementRun) -> None:
    """Nora misses four days in four weeks after two in all: a reason in both ways of asking."""
    for days in (3, 5, 10, 12):
        _away(cast, "nora", ON - timedelta(days=days), days)
    everybody = [student.pk for student in cast.students.values()]
    for person in (*LINCOLN, "dina", "ana", "fay", "sam", "otto"):
        with cast.looking_as(person) as viewer:
            found = findings.list_student_findings(viewer=viewer, student_ids=everybody)
            counted = findings.count_reasons(viewer=viewer, run=run)
        assert {pk: len(finding.reasons) for pk, finding in found.items()} == counted, person
    with cast.looking_as("cora") as viewer:
        nora = findings.find_student_finding(viewer=viewer, student_id=cast.students["nora"].pk)
    assert nora is not None
    assert any("in the last four weeks" in reason for reason in nora.reasons)


def _away(cast: Cast, name: str, on: date, key: int) -> None:
    AttendanceEvent.objects.create(
        school_year=YEAR, source="sis", source_key=f"{name}-{key}", student_id=cast.students[name].pk,
        school_id=cast.lincoln.pk, on=on, category="unexcused", absent_share=1.0,
    )  # fmt: skip


def test_a_finding_says_every_reason_and_rests_on_the_strongest(cast: Cast, run: MeasurementRun) -> None:
    with cast.looking_as("cora") as viewer:
        (found,) = findings.list_findings(viewer=viewer, student_id=cast.sam.pk)
    assert (found.kind, found.subject_kind, found.subject_id) == (
        "student_needs_a_look",
        "student",
        cast.sam.pk,
    )
    assert (found.indicator, found.as_of) == ("chronic_absence", run.as_of)
    assert found.reasons[0] == found.sentence == "Missed 18 of 120 school days."
    assert found.reasons[1].startswith("Scored below the benchmark")


def test_a_class_has_its_students_by_reasons_and_what_they_share(cast: Cast, run: MeasurementRun) -> None:
    taught = cast.classes["mathematics"].pk
    with cast.looking_as("tess") as viewer:
        found = findings.list_findings(viewer=viewer, class_id=taught)
        ids = [cast.sam.pk, cast.students["nora"].pk]
        shared = findings.list_class_findings(viewer=viewer, class_id=taught, student_ids=ids)
    assert names(cast, [finding.subject_id for finding in found]) == ["sam", "nora"]
    assert {finding.sentence for finding in shared} == {
        "1 of 2 students has missed a tenth of school or more.",
        "1 of 2 students scored below the benchmark in the latest screening.",
        "1 of 2 students did not pass a course.",
    }
    with cast.looking_as("otto") as viewer:
        assert findings.list_findings(viewer=viewer, class_id=taught) == []


def test_any_number_of_students_is_asked_about_in_four_questions(
    cast: Cast, run: MeasurementRun, django_assert_num_queries
) -> None:
    """The run, the counting rules, the numbers, the days missed lately."""
    everybody = [student.pk for student in cast.students.values()]
    for ids in (everybody[:1], everybody):
        with cast.looking_as("priya") as viewer, django_assert_num_queries(4):
            findings.list_student_findings(viewer=viewer, student_ids=ids)


def test_a_school_whose_attendance_moved_is_found_by_who_may_see_its_numbers(
    cast: Cast, run: MeasurementRun
) -> None:
    begins = [date(2025, 9, 1) + timedelta(weeks=n) for n in range(24)]
    add_series(run, cast.lincoln.pk, begins, [0.93, 0.94, 0.92, 0.935] * 3 + [0.925, 0.94, 0.93] + [0.89] * 9)
    add_group_value(run, cast.lincoln.pk, n_students=3)
    for person, sees in (("priya", True), ("gus", True), ("tess", True), ("otto", False), ("bryn", False)):
        with cast.looking_as(person) as viewer:
            found = findings.list_place_findings(viewer=viewer, organisation=cast.lincoln)
        moved = [finding.sentence for finding in found if finding.kind == "moved"]
        assert [sentence.partition(",")[0] for sentence in moved] == (
            ["Attendance has been lower for 9 weeks: 89.0%"] if sees else []
        ), person


def test_a_series_hidden_for_a_small_group_is_no_finding_for_a_governor(
    cast: Cast, run: MeasurementRun
) -> None:
    begins = [date(2025, 9, 1) + timedelta(weeks=n) for n in range(20)]
    add_series(run, cast.lincoln.pk, begins, [0.93, 0.94] * 9 + [0.93, 0.60])
    add_group_value(run, cast.lincoln.pk, n_students=3, is_suppressed=True)
    for person, sees in (("gus", False), ("ivo", False), ("priya", True)):
        with cast.looking_as(person) as viewer:
            found = findings.list_place_findings(viewer=viewer, organisation=cast.lincoln)
        assert any(finding.kind == "moved" for finding in found) == sees, person


def test_how_many_students_share_a_reason_is_said_to_who_may_see_them(
    cast: Cast, run: MeasurementRun
) -> None:
    add_group_value(
        run,
        cast.lincoln.pk,
        indicator="chronic_absence",
        n_students=40,
        n_flagged=6,
        value=0.15,
        numerator=6.0,
    )
    for person, sees in (("priya", True), ("cora", True), ("tess", False), ("gus", False), ("ivo", False)):
        with cast.looking_as(person) as viewer:
            found = findings.list_place_findings(viewer=viewer, organisation=cast.lincoln)
        said = [finding.sentence for finding in found]
        assert ("6 of 40 students have missed a tenth of school or more." in said) == sees, person


def test_days_without_attendance_are_said_to_be_unknown(cast: Cast, run: MeasurementRun) -> None:
    add_group_value(
        run, cast.lincoln.pk, indicator="data_freshness", value=4.0, numerator=4.0, denominator=None
    )
    with cast.looking_as("priya") as viewer:
        found = findings.list_place_findings(viewer=viewer, organisation=cast.lincoln)
    gaps = [finding for finding in found if finding.kind == "data_gap"]
    assert [finding.sentence for finding in gaps] == ["No attendance has arrived for 4 school days."]


def test_before_the_first_measurement_there_are_no_findings(cast: Cast) -> None:
    with cast.looking_as("priya") as viewer:
        assert findings.list_findings(viewer=viewer, organisation=cast.lincoln) == []
        assert findings.list_findings(viewer=viewer, student_id=cast.sam.pk) == []


def test_a_step_is_offered_for_its_subject_and_to_who_may_take_it(
    monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    step = NextStep(
        code="trial.open",
        label="Try",
        subject_kinds=frozenset({"student"}),
        may=lambda viewer, finding: viewer.has_role("counselor"),
        href=lambda finding: f"/trial/?student={finding.subject_id}",
    )
    monkeypatch.setattr(next_steps, "registered", lambda: (step,))
    about = Finding("k", "student", 7, "A sentence.")
    cora, priya = cast.viewer("cora"), cast.viewer("priya")
    assert [(s.label, s.href) for s in next_steps.steps_for(cora, about)] == [("Try", "/trial/?student=7")]
    assert next_steps.steps_for(priya, about) == []
    assert next_steps.steps_for(cora, Finding("k", "organisation", 7, "A sentence.")) == []


def test_the_steps_of_every_app_are_found_and_lead_to_pages_that_exist(
    cast: Cast, run: MeasurementRun, client
) -> None:
    assert "support.open" in {step.code for step in next_steps.registered()}
    with cast.looking_as("cora") as viewer:
        (found,) = findings.list_findings(viewer=viewer, student_id=cast.sam.pk)
        steps = next_steps.steps_for(viewer, found)
    assert steps
    client.force_login(cast.users["cora"])
    for step in steps:
        assert client.get(step.href).status_code == 200, step.code
