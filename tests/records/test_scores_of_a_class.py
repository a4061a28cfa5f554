"""A class's scores, saved at once: missing is not zero, nobody's newer score is undone, and imports leave them alone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

import packages
from cast import AT, ON, YEAR
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.indicators.models import LiveChange
from crescendo.records import actions, datasets, queries
from crescendo.records.models import Correction, CourseworkItem, CourseworkResult
from crescendo.roster import models as roster

pytestmark = pytest.mark.django_db


def item_of(cast, name: str = "mathematics") -> CourseworkItem:
    """The last piece of work of the class, out of ten: Nora's 8 came in with the file, and Sam has nothing."""
    item = CourseworkItem.objects.filter(school_class=cast.classes[name]).order_by("-id").first()
    CourseworkItem.objects.filter(pk=item.pk).update(score_min=0, score_max=10)
    return item


def save(cast, who: str, typed: dict[str, str], seen: dict[str, str] | None = None) -> actions.ScoresSaved:
    item = item_of(cast)
    with cast.looking_as(who) as viewer:
        return actions.record_scores(
            item_id=item.pk,
            typed={cast.students[name].pk: text for name, text in typed.items()},
            seen={cast.students[name].pk: text for name, text in (seen or {}).items()},
            by=viewer,
            at=AT,
        )


def ours() -> list[tuple]:
    rows = CourseworkResult.objects.filter(source="crescendo").order_by("student_id")
    return list(rows.values_list("student_id", "score", "status", "is_missing"))


def measured(item: CourseworkItem) -> list[tuple]:
    with connection.cursor() as cursor:
        select = next(d.select for d in datasets.DATASETS if d.name == "coursework_results")
        cursor.execute(
            f"SELECT student_id, score, status, is_late FROM ({select}) f WHERE item_id = %s ORDER BY 1",
            [item.pk],
        )
        return cursor.fetchall()


def test_a_class_is_saved_at_once_and_an_empty_field_is_no_score_not_a_zero(cast):
    saved = save(cast, "tess", {"sam": "9.5", "nora": ""}, {"sam": "", "nora": ""})
    assert (saved.changed, saved.refused) == ((cast.sam.pk,), {})
    assert ours() == [(cast.sam.pk, 9.5, "fully graded", False)]
    assert [row[:2] for row in measured(item_of(cast))] == [
        (cast.sam.pk, 9.5),
        (cast.students["nora"].pk, 8.0),
    ]


def test_a_zero_is_a_score(cast):
    save(cast, "tess", {"sam": "0"}, {"sam": ""})
    assert ours() == [(cast.sam.pk, 0.0, "fully graded", False)]


def test_the_same_sheet_twice_changes_nothing_and_a_changed_score_leaves_a_correction(cast):
    assert save(cast, "tess", {"sam": "9"}, {"sam": ""}).changed
    assert not save(cast, "tess", {"sam": "9"}, {"sam": ""}).changed, "a form sent twice"
    assert not save(cast, "tess", {"sam": "9.0"}, {"sam": "9"}).changed, "the same number, written otherwise"
    assert not Correction.objects.exists()
    assert save(cast, "tess", {"sam": "7"}, {"sam": "9"}).changed
    kept = Correction.objects.get()
    assert (kept.before["score"], kept.after["score"], kept.by) == (9.0, 7.0, cast.users["tess"])


def test_not_handed_in_is_recorded_and_taking_it_back_is_no_score_yet(cast):
    save(cast, "tess", {"sam": actions.MISSING}, {"sam": ""})
    assert ours() == [(cast.sam.pk, None, "not submitted", True)]
    save(cast, "tess", {"sam": ""}, {"sam": actions.MISSING})
    assert ours() == [(cast.sam.pk, None, "", None)], "a status of no kind: measures leave it aside"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("11", "11 is more than the highest score, 10."),
        ("-1", "-1 is less than the lowest score, 0."),
        ("nan", "“nan” is not a number"),
        ("NaN", "“NaN” is not a number"),
        ("inf", "“inf” is not a number"),
        ("1e1", "“1e1” is not a number"),
        ("nine", "“nine” is not a number"),
        ("٣", "“٣” is not a number"),
        ("1,000", "can be read in two ways"),
        ("9" * 400, "is not a number"),
    ],
)
def test_what_cannot_be_a_score_is_refused_in_its_row_and_the_others_are_saved(cast, text: str, why: str):
    saved = save(cast, "tess", {"sam": text, "nora": "9"}, {"sam": "", "nora": "8"})
    assert saved.changed == (cast.students["nora"].pk,)
    assert why in saved.refused[cast.sam.pk]
    assert [row[0] for row in ours()] == [cast.students["nora"].pk]


def test_a_decimal_comma_is_read(cast):
    save(cast, "tess", {"sam": "8,5"}, {"sam": ""})
    assert ours()[0][1] == 8.5


def test_a_form_that_lay_open_does_not_undo_a_newer_score_and_says_so(cast):
    save(cast, "priya", {"sam": "9"}, {"sam": ""})
    saved = save(cast, "tess", {"sam": "4", "nora": "6"}, {"sam": "", "nora": "8"})
    assert saved.changed == (cast.students["nora"].pk,)
    assert "Now it says: 9" in saved.refused[cast.sam.pk]
    assert saved.overtaken == {cast.sam.pk}
    assert (cast.sam.pk, 9.0, "fully graded", False) in ours()
    assert save(cast, "tess", {"sam": "4"}, {"sam": "9"}).changed, "who has read the newer one may change it"


def test_a_field_that_nobody_touched_leaves_a_newer_score_alone(cast):
    save(cast, "priya", {"sam": "9"}, {"sam": ""})
    saved = save(cast, "tess", {"sam": ""}, {"sam": ""})
    assert (saved.changed, saved.refused) == ((), {})
    assert ours()[0][1] == 9.0


def test_a_student_who_left_the_class_is_refused_and_the_others_are_saved(cast):
    roster.ClassEnrolment.objects.filter(student=cast.sam).update(ends_on=ON - timedelta(days=5))
    saved = save(cast, "tess", {"sam": "9", "nora": "9"}, {"sam": "", "nora": "8"})
    assert saved.changed == (cast.students["nora"].pk,)
    assert "Not in this class any more" in saved.refused[cast.sam.pk]


def test_a_student_of_another_school_is_refused_with_the_same_words(cast):
    saved = save(cast, "tess", {"omar": "9"}, {"omar": ""})
    assert "Not in this class any more" in saved.refused[cast.students["omar"].pk]
    assert ours() == []


def test_who_sees_the_class_but_does_not_teach_it_saves_nothing_and_a_stranger_finds_nothing(cast):
    with pytest.raises(NotAllowed):
        save(cast, "cora", {"sam": "9"})
    with pytest.raises(NotFound):
        save(cast, "otto", {"sam": "9"})


def test_a_score_typed_over_a_sent_one_keeps_that_the_work_came_late(cast):
    item = item_of(cast)
    CourseworkResult.objects.filter(item_id=item.pk, student_id=cast.students["nora"].pk).update(is_late=True)
    save(cast, "tess", {"nora": "6"}, {"nora": "8"})
    assert measured(item) == [(cast.students["nora"].pk, 6.0, "fully graded", True)]
    with cast.looking_as("tess"):
        result = actions.results_of(item=item, student_ids=[cast.students["nora"].pk])
    assert result[cast.students["nora"].pk].sent == "8", "the page says that the two disagree"


def test_saving_a_class_has_its_school_measured_again_once(cast):
    save(cast, "tess", {"sam": "9", "nora": "9"}, {"sam": "", "nora": "8"})
    changes = LiveChange.objects.values_list("school_year", "school_id", "tables")
    assert list(changes) == [(YEAR, cast.lincoln.pk, ["coursework_results"])]


def add(cast, who: str, title: str = "Quiz", due_on: date = ON, score_max: float = 20) -> CourseworkItem:
    with cast.looking_as(who) as viewer:
        return actions.add_coursework(
            class_id=cast.classes["mathematics"].pk,
            title=title,
            due_on=due_on,
            score_max=score_max,
            by=viewer,
            at=AT,
        )


def test_a_teacher_adds_work_to_her_class_once(cast):
    item = add(cast, "tess")
    assert (item.source, item.title, item.score_max, item.school_class) == (
        "crescendo", "Quiz", 20, cast.classes["mathematics"],
    )  # fmt: skip
    assert add(cast, "tess", " Quiz ") == item, "the same title and day again is the same work"
    with pytest.raises(Refused, match="out of 20"):
        add(cast, "tess", score_max=10)


@pytest.mark.parametrize("who", ["priya", "cora", "adam"])
def test_who_does_not_teach_the_class_adds_no_work(cast, who: str):
    with pytest.raises(NotAllowed):
        add(cast, who)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"title": "x" * 256},
        {"score_max": 0},
        {"score_max": float("nan")},
        {"score_max": float("inf")},
        {"due_on": date(2031, 1, 1)},
    ],
)
def test_work_without_a_title_a_score_or_a_day_of_the_year_is_refused(cast, wrong: dict):
    with pytest.raises(Refused):
        add(cast, "tess", **wrong)


@pytest.mark.parametrize("who", ["priya", "cora", "otto", "fay"])
def test_the_database_asks_again_who_adds_work(cast, who: str):
    call = "SELECT crescendo_add_coursework(%s, 'Quiz', '2026-03-10', 10)"
    refused = pytest.raises(ProgrammingError, match="Only those who teach")
    with refused, transaction.atomic(), cast.looking_as(who), connection.cursor() as cursor:
        cursor.execute(call, [cast.classes["mathematics"].pk])


def test_pages_cannot_write_a_piece_of_work_any_other_way(cast):
    item = item_of(cast)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        cast.looking_as("tess"),
    ):
        CourseworkItem.objects.filter(pk=item.pk).update(score_max=5)


def test_work_that_its_source_dropped_before_it_was_due_is_not_listed(cast):
    item = item_of(cast)
    CourseworkItem.objects.filter(pk=item.pk).update(ended_on=item.due_on - timedelta(days=1))
    with cast.looking_as("tess") as viewer:
        listed = queries.list_class_coursework(viewer=viewer, class_id=cast.classes["mathematics"].pk)
        assert item not in listed
    assert listed.model.objects.filter(pk=item.pk).exists()


@pytest.fixture
def elm(transactional_db: None, tmp_path: Path):
    """A school whose gradebook comes every night; its teacher signs in as Tess."""
    packages.bring_in(packages.write(tmp_path, packages.district()))
    item = CourseworkItem.objects.get(title="Quiz")
    return item, roster.Student.objects.get(given_name="Sam")


def _typed(item: CourseworkItem, student: roster.Student, score: float | None) -> None:
    """As `record_scores` keeps it."""
    CourseworkResult.objects.create(
        school_year=YEAR, source=actions.MADE_HERE, source_key=f"{item.pk}:{student.pk}", student_id=student.pk,
        school_id=item.school_class.school_id, class_id=item.school_class_id, item_id=item.pk, score=score,
        status="fully graded",
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["bulk", "delta"])
def test_the_next_delivery_neither_doubles_nor_overwrites_nor_ends_what_a_person_typed(
    elm, tmp_path: Path, mode
):
    item, sam = elm
    _typed(item, sam, 12.0)
    made_here = CourseworkItem.objects.create(
        source=actions.MADE_HERE, school_class=item.school_class, title="Board work", assigned_on=item.due_on,
        due_on=item.due_on, score_min=0, score_max=5,
    )  # fmt: skip
    _typed(made_here, sam, 4.0)
    rows = packages.district()
    rows["results"][0]["score"] = "19"
    if mode == "delta":
        stamp = {"status": "active", "dateLastModified": "2026-01-14T10:00:00.000Z"}
        rows = {"results": [rows["results"][0] | stamp]}
    packages.bring_in(packages.write(tmp_path, rows, mode=mode, name="next.zip"))
    assert CourseworkResult.objects.get(item_id=item.pk, student_id=sam.pk, source="sis").score == 19
    assert [row[:2] for row in measured(item) if row[0] == sam.pk] == [(sam.pk, 12.0)]
    assert [row[:2] for row in measured(made_here)] == [(sam.pk, 4.0)]
    made_here.refresh_from_db()
    assert made_here.ended_on is None


@pytest.mark.django_db(transaction=True)
def test_work_made_here_keeps_its_own_row_when_the_file_brings_the_same_title_and_day(elm, tmp_path: Path):
    item, sam = elm
    made_here = CourseworkItem.objects.create(
        source=actions.MADE_HERE, school_class=item.school_class, title=item.title, assigned_on=item.due_on,
        due_on=item.due_on, score_min=0, score_max=5,
    )  # fmt: skip
    _typed(made_here, sam, 4.0)
    packages.bring_in(packages.write(tmp_path, packages.district(), name="next.zip"))
    made_here.refresh_from_db()
    assert (made_here.source, made_here.score_max, made_here.ended_on) == (actions.MADE_HERE, 5, None)
    assert [row[:2] for row in measured(made_here)] == [(sam.pk, 4.0)]
