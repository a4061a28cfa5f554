"""A register, a mark, a score: written once, kept when changed, refused with a sentence, and never counted twice."""

from datetime import date, timedelta

import pytest
from django.db import connection

from cast import AT, ON, YEAR
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.records import actions, datasets, queries
from crescendo.records.models import (
    AttendanceEvent,
    AttendanceSubmission,
    Correction,
    CourseworkItem,
    CourseworkResult,
    Register,
)
from crescendo.roster import models as roster

pytestmark = pytest.mark.django_db


def mark(cast, who: str, student: str, said: str, on: date = ON) -> bool:
    with cast.looking_as(who) as viewer:
        return actions.record_attendance_mark(
            student_id=cast.students[student].pk,
            class_id=cast.classes["mathematics"].pk,
            on=on,
            mark=said,
            by=viewer,
            at=AT,
        )


def take(cast, who: str, marks: dict[str, str], seen: dict[str, str] | None = None, on: date = ON):
    with cast.looking_as(who) as viewer:
        return actions.record_register(
            class_id=cast.classes["mathematics"].pk,
            on=on,
            marks={cast.students[name].pk: said for name, said in marks.items()},
            seen={cast.students[name].pk: said for name, said in (seen or {}).items()},
            by=viewer,
            at=AT,
        )


def ours(cast) -> list[tuple]:
    rows = AttendanceEvent.objects.filter(source="crescendo").order_by("student_id", "on")
    return list(rows.values_list("student_id", "on", "category", "absent_share"))


def test_the_same_mark_twice_is_one_fact_and_the_second_changes_nothing(cast):
    assert mark(cast, "tess", "sam", "unexcused") is True
    assert mark(cast, "tess", "sam", "unexcused") is False
    assert ours(cast) == [(cast.sam.pk, ON, "unexcused", 1.0)]
    assert not Correction.objects.exists()


def test_a_changed_mark_keeps_what_it_said_before(cast):
    mark(cast, "tess", "sam", "unexcused")
    mark(cast, "tess", "sam", "late")
    assert ours(cast) == [(cast.sam.pk, ON, "tardy", 0.0)]
    kept = Correction.objects.get()
    assert (kept.before, kept.after) == (
        {"category": "unexcused", "absent_share": 1.0},
        {"category": "tardy", "absent_share": 0.0},
    )


def test_a_mark_in_the_future_is_refused(cast):
    with pytest.raises(Refused, match="has not come yet"):
        mark(cast, "tess", "sam", "late", on=ON + timedelta(days=1))


def test_a_mark_on_a_day_without_school_is_refused(cast):
    with pytest.raises(Refused, match="holds no school"):
        mark(cast, "tess", "sam", "late", on=date(2026, 3, 8))


def test_a_mark_for_a_student_who_is_not_enrolled_that_day_is_refused_with_a_sentence(cast):
    roster.Enrolment.objects.filter(student=cast.sam).update(exit_on=ON - timedelta(days=1))
    with pytest.raises(Refused, match="is not enrolled at Lincoln School on March 10, 2026"):
        mark(cast, "tess", "sam", "late")
    assert ours(cast) == []


def test_a_student_of_no_class_of_hers_is_not_found_and_a_stranger_to_the_class_neither(cast):
    with pytest.raises(NotFound):
        mark(cast, "tess", "quinn", "late")
    with pytest.raises(NotFound):
        mark(cast, "otto", "sam", "late")


@pytest.mark.parametrize("who", ["cora", "dina", "ana"])
def test_whoever_sees_the_class_but_does_not_keep_its_attendance_is_refused(cast, who):
    with pytest.raises(NotAllowed):
        mark(cast, who, "sam", "late")


def test_the_principal_and_the_office_record_attendance_too(cast):
    assert mark(cast, "priya", "sam", "excused") is True


def test_an_unknown_mark_is_refused(cast):
    with pytest.raises(Refused, match="'ill' is not a mark"):
        mark(cast, "tess", "sam", "ill")


def test_a_register_marks_everybody_present_whom_nobody_marked_otherwise(cast):
    taken = take(cast, "tess", {"sam": "unexcused", "nora": "present"})
    assert (taken.n_students, taken.n_changed) == (2, 1)
    assert ours(cast) == [(cast.sam.pk, ON, "unexcused", 1.0)]
    assert set(Register.objects.get().student_ids) == {cast.sam.pk, cast.students["nora"].pk}


def test_a_form_that_lay_open_does_not_undo_a_colleagues_mark(cast):
    take(cast, "priya", {"sam": "excused"})
    take(cast, "tess", {"sam": "present", "nora": "late"}, seen={"sam": "present", "nora": "present"})
    assert ours(cast) == [
        (cast.sam.pk, ON, "excused", 1.0),
        (cast.students["nora"].pk, ON, "tardy", 0.0),
    ]


def test_a_day_counts_only_when_everybody_at_the_school_is_accounted_for(cast):
    """Sam and Nora are called; Quinn is in no class of Tess's. With Quinn's mark the day is complete."""
    assert take(cast, "tess", {}).is_day_complete is False
    assert not AttendanceSubmission.objects.exists()
    other = roster.SchoolClass.objects.create(
        course=cast.classes["mathematics"].course, school=cast.lincoln, title="Art", school_year=YEAR
    )
    roster.ClassEnrolment.objects.create(
        school_class=other, student=cast.students["quinn"], begins_on=ON - timedelta(days=9)
    )
    with cast.looking_as("priya") as viewer:
        taken = actions.record_register(class_id=other.pk, on=ON, marks={}, seen={}, by=viewer, at=AT)
    assert taken.is_day_complete is True
    assert list(AttendanceSubmission.objects.values_list("school_id", "on", "source")) == [
        (cast.lincoln.pk, ON, "crescendo")
    ]
    assert take(cast, "tess", {}).is_day_complete is False, "it counts already"
    assert AttendanceSubmission.objects.count() == 1


def measured_events() -> list[tuple]:
    with connection.cursor() as cursor:
        select = next(d.select for d in datasets.DATASETS if d.name == "attendance_events")
        cursor.execute(f'SELECT student_id, "on", category, absent_share FROM ({select}) f ORDER BY 1, 2, 3')
        return cursor.fetchall()


def test_a_later_import_of_the_same_day_neither_doubles_nor_overwrites_a_persons_mark(cast):
    mark(cast, "tess", "sam", "half_excused")
    AttendanceEvent.objects.create(
        school_year=YEAR, source="sis", source_key="late file", student_id=cast.sam.pk, school_id=cast.lincoln.pk,
        on=ON, category="unexcused", absent_share=1.0,
    )  # fmt: skip
    today = [row[2:] for row in measured_events() if row[:2] == (cast.sam.pk, ON)]
    assert today == [("excused", 0.5)]
    with cast.looking_as("tess") as viewer:
        shown = queries.list_attendance(viewer=viewer, student_id=cast.sam.pk).filter(on=ON)
        assert [row.source for row in shown] == ["crescendo"]


def test_saying_present_takes_an_absence_that_was_sent_out_of_the_count(cast):
    sent_on = ON - timedelta(days=4)
    assert mark(cast, "tess", "sam", "present", on=sent_on) is True
    assert ("present", 0.0) in [row[2:] for row in measured_events() if row[:2] == (cast.sam.pk, sent_on)]
    assert not [r for r in measured_events() if r[:2] == (cast.sam.pk, sent_on) and r[3] > 0]


def score(cast, who: str, student: str, value: float | None) -> bool:
    item = CourseworkItem.objects.filter(school_class=cast.classes["mathematics"]).order_by("id").first()
    with cast.looking_as(who) as viewer:
        return actions.record_score(
            item_id=item.pk, student_id=cast.students[student].pk, score=value, by=viewer, at=AT
        )


def test_a_score_entered_twice_is_one_fact_and_a_changed_one_keeps_its_history(cast):
    assert score(cast, "tess", "sam", 9.0) is True
    assert score(cast, "tess", "sam", 9.0) is False
    assert score(cast, "tess", "sam", None) is True
    fact = CourseworkResult.objects.get(source="crescendo")
    assert (fact.score, fact.status, fact.is_missing) == (None, "not submitted", True)
    assert Correction.objects.get().before == {"score": 9.0, "status": "fully graded"}


def test_only_those_who_teach_the_class_or_correct_its_records_enter_scores(cast):
    with pytest.raises(NotAllowed):
        score(cast, "cora", "sam", 9.0)
    with pytest.raises(NotFound):
        score(cast, "otto", "sam", 9.0)
    assert score(cast, "priya", "sam", 9.0) is True


def test_a_score_outside_the_scale_is_refused(cast):
    CourseworkItem.objects.update(score_min=0, score_max=10)
    for value in (-1.0, 11.0, float("nan")):
        with pytest.raises(Refused, match="lies between"):
            score(cast, "tess", "sam", value)
