"""One tap in a lesson, a renewal, a correction: who may, and what stays."""

from datetime import date, timedelta

import pytest
from django.db import connection

from cast import AT, ON, YEAR, as_web_role
from crescendo.accounts.models import AuditEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.records import actions, changes, queries
from crescendo.records.models import AttendanceEvent, BehaviourIncident, Correction, ParticipationCheck
from crescendo.roster.models import ClassEnrolment, ClassStaff, SchoolClass


def tap(cast, by, student="sam", taught="mathematics", *, took_part=True, on=None):
    with cast.looking_as(by) as viewer:
        actions.record_participation(
            student_id=cast.students[student].pk,
            class_id=cast.classes[taught].pk,
            took_part=took_part,
            on=on,
            by=viewer,
            at=AT,
        )


def test_a_second_tap_on_the_same_day_replaces_the_first(cast):
    tap(cast, "tess", took_part=True)
    tap(cast, "tess", took_part=False)
    check = ParticipationCheck.objects.get(student_id=cast.sam.pk, on=ON)
    assert (check.took_part, check.class_id, check.by_id) == (
        False,
        cast.classes["mathematics"].pk,
        cast.staff["tess"].pk,
    )
    assert (check.school_year, check.school_id, check.source) == (YEAR, cast.lincoln.pk, "crescendo")


def test_taps_on_two_days_and_of_two_students_are_four_checks(cast):
    before = ParticipationCheck.objects.count()
    for student in ("sam", "nora"):
        for on in (ON, ON - timedelta(days=5)):
            tap(cast, "tess", student, on=on)
    assert ParticipationCheck.objects.count() == before + 4


@pytest.mark.parametrize("name", ["dina", "priya", "otto", "cora", "fay", "sam", "gus", "bryn", "ana"])
def test_only_those_who_teach_the_class_tap(cast, name):
    with pytest.raises(NotAllowed):
        tap(cast, name)
    assert not ParticipationCheck.objects.filter(on=ON).exists()


def test_a_class_taught_until_yesterday_is_not_ones_own(cast):
    ClassStaff.objects.filter(staff=cast.staff["tess"]).update(ends_on=ON - timedelta(days=1))
    with pytest.raises(NotAllowed):
        tap(cast, "tess")


def test_a_student_who_is_not_in_the_class_and_a_day_that_has_not_come_are_refused(cast):
    with pytest.raises(NotFound):
        tap(cast, "tess", "omar")
    ClassEnrolment.objects.filter(student=cast.students["nora"]).update(ends_on=ON - timedelta(days=1))
    with pytest.raises(NotFound):
        tap(cast, "tess", "nora")
    with pytest.raises(Refused, match="has not come yet"):
        tap(cast, "tess", on=ON + timedelta(days=1))


def test_a_tap_tells_measurement_which_school_year_changed(cast, monkeypatch):
    heard = []
    monkeypatch.setattr(changes, "_marks_listeners", [heard.append])
    tap(cast, "tess")
    assert heard == [changes.Marks(YEAR, cast.lincoln.pk, ("participation_checks",))]


def correct(cast, by, category="excused", absent_share=1.0, reason="note from the family"):
    event = AttendanceEvent.objects.get(student_id=cast.sam.pk)
    with cast.looking_as(by) as viewer:
        return actions.correct_attendance(
            school_year=event.school_year,
            event_id=event.id,
            category=category,
            absent_share=absent_share,
            reason=reason,
            by=viewer,
            at=AT,
        )


def test_a_corrected_mark_keeps_its_history(cast):
    correct(cast, "priya")
    correct(cast, "priya", "present", 0.0, "was on a school trip")
    event = AttendanceEvent.objects.get(student_id=cast.sam.pk)
    assert (event.category, event.absent_share) == ("present", 0.0)
    with cast.looking_as("priya") as viewer:
        history = list(queries.list_corrections(viewer=viewer, student_id=cast.sam.pk))
    assert [(row.before["category"], row.after["category"], row.by) for row in history] == [
        ("unexcused", "excused", cast.users["priya"]),
        ("excused", "present", cast.users["priya"]),
    ]
    assert list(queries.corrected_fact_ids(fact="attendanceevent", school_years=[YEAR])) == [(YEAR, event.id)]
    assert AuditEntry.objects.filter(verb="attendance.corrected", student_id=cast.sam.pk).count() == 2
    assert "trip" not in str(list(AuditEntry.objects.values_list("detail", "reason")))


@pytest.mark.parametrize("name", ["tess", "cora", "fay", "sam", "ana"])
def test_a_mark_is_corrected_only_by_those_who_may(cast, name):
    with pytest.raises(NotAllowed):
        correct(cast, name)


@pytest.mark.parametrize("name", ["otto", "gus", "bryn"])
def test_for_a_stranger_the_mark_does_not_exist(cast, name):
    with pytest.raises(NotFound):
        correct(cast, name)
    assert AttendanceEvent.objects.get(student_id=cast.sam.pk).category == "unexcused"


@pytest.mark.parametrize(
    ("category", "share", "says"),
    [
        ("present", 0.5, "'present' cannot miss 0.5 of a day"),
        ("excused", 0.0, "'excused' misses some of the day"),
        ("excused", 1.5, "lies between 0 and 1"),
        ("away", 1.0, "'away' is not a kind of mark"),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused(cast, category, share, says):
    with pytest.raises(Refused, match=says):
        correct(cast, "priya", category, share)
    assert not Correction.objects.exists()


def incidents(cast, by, on, **asked):
    with cast.looking_as(by, on) as viewer:
        return queries.list_behaviour(viewer=viewer, student_id=cast.sam.pk, **asked).count()


LAST_DAY, NEXT_YEAR = date(2026, 6, 30), date(2026, 7, 1)


def test_behaviour_leaves_the_ordinary_view_when_the_school_year_ends(cast):
    assert [incidents(cast, "priya", on) for on in (ON, LAST_DAY, NEXT_YEAR)] == [1, 1, 0]
    assert incidents(cast, "priya", NEXT_YEAR, also_past=True) == 1
    assert incidents(cast, "tess", NEXT_YEAR, also_past=True) == 0
    assert [incidents(cast, name, NEXT_YEAR) for name in ("fay", "sam")] == [1, 1]


def test_behaviour_is_seen_by_those_whose_role_may(cast):
    seen = {
        name: incidents(cast, name, ON)
        for name in ("priya", "tess", "cora", "ana", "otto", "gus", "fay", "bryn")
    }
    assert seen == {"priya": 1, "tess": 1, "cora": 1, "ana": 0, "otto": 0, "gus": 0, "fay": 1, "bryn": 0}


def renew(cast, by, on, reason="the plan goes on"):
    incident = BehaviourIncident.objects.get(student_id=cast.sam.pk)
    with cast.looking_as(by, on) as viewer:
        return actions.renew_behaviour(
            school_year=incident.school_year, incident_id=incident.id, reason=reason, by=viewer, at=AT
        )


def test_a_renewed_incident_stays_for_one_more_school_year(cast):
    renewed = renew(cast, "cora", NEXT_YEAR)
    assert renewed.ordinary_until == date(2027, 6, 30)
    assert incidents(cast, "priya", NEXT_YEAR) == 1
    assert AuditEntry.objects.get(verb="behaviour.renewed").by == cast.users["cora"]


@pytest.mark.parametrize(("name", "error"), [("ana", NotFound), ("otto", NotFound), ("fay", NotAllowed)])
def test_nobody_else_renews(cast, name, error):
    with pytest.raises(error):
        renew(cast, name, ON)
    with pytest.raises(Refused):
        renew(cast, "cora", ON, reason="")


def test_every_list_of_a_students_records_goes_through_the_viewer(cast):
    lists = [
        queries.list_attendance,
        queries.list_assessment_results,
        queries.list_coursework_results,
        queries.list_activities,
        queries.list_course_outcomes,
        queries.list_participation,
        queries.list_behaviour,
    ]
    for name, found in (("tess", 1), ("fay", 1), ("otto", 0), ("gus", 0), ("bryn", 0)):
        with cast.looking_as(name) as viewer:
            # As the owner, whom row-level security does not bind: the list's own filter has to do it.
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
            for ask in lists:
                assert ask(viewer=viewer, student_id=cast.sam.pk).count() == found, (name, ask.__name__)
                assert ask(viewer=viewer, student_id=cast.sam.pk, school_year=YEAR - 1).count() == 0
    with cast.looking_as("tess") as viewer:
        checks = queries.list_class_participation(
            viewer=viewer, class_id=cast.classes["mathematics"].pk, on=ON - timedelta(days=1)
        )
        assert {check.student_id for check in checks} == {cast.sam.pk, cast.students["nora"].pk}


def test_a_lessons_first_tap_may_be_the_first_fact_of_its_school_year(cast):
    """No import has brought a fact of 2040 yet; the page makes the year that the class itself is of."""
    SchoolClass.objects.filter(pk=cast.classes["mathematics"].pk).update(school_year=2040)
    with as_web_role():
        tap(cast, "tess")
    assert ParticipationCheck.objects.filter(school_year=2040).count() == 1
