"""Work that a teacher added: changed, withdrawn, brought back. Its scores are kept; what it said before stays with it."""

from datetime import date, timedelta

import pytest
from django.db import Error, connection, transaction
from django.test import Client

from cast import AT, ON, Cast, as_web_role
from crescendo.accounts.models import AuditEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.indicators import registry
from crescendo.records import actions, queries
from crescendo.records.models import CourseworkItem, CourseworkResult

pytestmark = pytest.mark.django_db
NEW = {"title": "Fractions, second try", "due_on": ON - timedelta(days=1), "score_max": 12.0}


@pytest.fixture
def work(cast: Cast) -> CourseworkItem:
    """Fractions, out of ten, due today; Sam has nine."""
    class_id = cast.classes["mathematics"].pk
    with cast.looking_as("tess") as tess:
        item = actions.add_coursework(
            class_id=class_id, title="Fractions", due_on=ON, score_max=10.0, by=tess, at=AT
        )
        actions.record_score(item_id=item.pk, student_id=cast.sam.pk, score=9.0, by=tess, at=AT)
    return item


def change(cast: Cast, item: CourseworkItem, name: str = "tess", **more: object) -> CourseworkItem:
    with cast.looking_as(name) as viewer:
        return actions.change_coursework(item_id=item.pk, by=viewer, at=AT, **(NEW | more))


def measured(item: CourseworkItem) -> bool:
    """Whether measurement would read the work."""
    with connection.cursor() as cursor:
        cursor.execute(registry.datasets()["coursework_items"].select)
        return item.pk in {row[0] for row in cursor.fetchall()}


def test_a_change_keeps_the_scores_and_what_the_work_said_before(cast: Cast, work: CourseworkItem) -> None:
    change(cast, work)
    work.refresh_from_db()
    assert (work.title, work.due_on, work.score_max) == tuple(NEW.values())
    (was,) = work.metadata["was"]
    assert (was["title"], was["due_on"], was["score_max"]) == ("Fractions", ON.isoformat(), 10.0)
    assert was["changed_by"] == cast.users["tess"].pk
    assert CourseworkResult.objects.get(item_id=work.pk).score == 9.0
    assert AuditEntry.objects.filter(verb="coursework.changed", object_id=str(work.pk)).count() == 1
    change(cast, work)
    assert AuditEntry.objects.filter(verb="coursework.changed").count() == 1, "the same again changes nothing"


def test_the_highest_score_is_never_below_one_that_was_entered(cast: Cast, work: CourseworkItem) -> None:
    with pytest.raises(Refused, match="A score of 9 is entered already"):
        change(cast, work, score_max=8.0)


def test_withdrawn_work_counts_nowhere_and_comes_back_with_its_scores(
    cast: Cast, work: CourseworkItem
) -> None:
    with cast.looking_as("tess") as tess:
        actions.withdraw_coursework(item_id=work.pk, by=tess, at=AT)
        actions.withdraw_coursework(item_id=work.pk, by=tess, at=AT)
        class_id = work.school_class_id
        assert work not in queries.list_class_coursework(viewer=tess, class_id=class_id)
        assert list(queries.list_withdrawn_coursework(viewer=tess, class_id=class_id)) == [work]
        shown = queries.list_coursework_results(viewer=tess, student_id=cast.sam.pk)
        assert work.pk not in {row.item_id for row in shown}
        with pytest.raises(Refused, match="withdrawn"):
            actions.record_score(item_id=work.pk, student_id=cast.sam.pk, score=3.0, by=tess, at=AT)
    assert not measured(work)
    assert AuditEntry.objects.filter(verb="coursework.withdrawn").count() == 1
    with cast.looking_as("tess") as tess:
        actions.restore_coursework(item_id=work.pk, by=tess, at=AT)
    assert measured(work)
    assert CourseworkResult.objects.get(item_id=work.pk).score == 9.0


def test_work_that_was_due_last_week_does_not_count_either_once_it_is_withdrawn(
    cast: Cast, work: CourseworkItem
) -> None:
    change(cast, work, due_on=ON - timedelta(days=7))
    with cast.looking_as("tess") as tess:
        actions.withdraw_coursework(item_id=work.pk, by=tess, at=AT)
    assert not measured(work)


def test_it_does_not_come_back_beside_its_double(cast: Cast, work: CourseworkItem) -> None:
    with cast.looking_as("tess") as tess:
        actions.withdraw_coursework(item_id=work.pk, by=tess, at=AT)
        actions.add_coursework(
            class_id=work.school_class_id, title="Fractions", due_on=ON, score_max=10.0, by=tess, at=AT
        )
        with pytest.raises(Refused, match="that day again"):
            actions.restore_coursework(item_id=work.pk, by=tess, at=AT)


@pytest.mark.parametrize(
    ("name", "refusal"), [("cora", NotAllowed), ("ana", NotAllowed), ("otto", NotFound), ("fay", NotFound)]
)
def test_who_does_not_teach_the_class_nor_correct_its_school_changes_nothing(
    cast: Cast, work: CourseworkItem, name: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        change(cast, work, name)


def test_what_the_gradebook_brought_is_changed_there_in_postgresql_too(cast: Cast) -> None:
    theirs = CourseworkItem.objects.filter(school_class=cast.classes["mathematics"]).order_by("id").first()
    with pytest.raises(Refused, match="gradebook"):
        change(cast, theirs)
    with pytest.raises(Error, match="not added here"), cast.looking_as("tess"), transaction.atomic():
        _in_postgresql(theirs)


def test_postgresql_asks_who_it_is_itself(cast: Cast, work: CourseworkItem) -> None:
    for name in ("otto", "fay", "cora"):
        with pytest.raises(Error, match="Only those who teach"), cast.looking_as(name), transaction.atomic():
            _in_postgresql(work)


def _in_postgresql(item: CourseworkItem) -> None:
    with as_web_role(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT crescendo_change_coursework(%s, 'x', %s, 5, false, %s)", [item.pk, date(2026, 3, 1), AT]
        )


def test_tess_changes_withdraws_and_brings_back_on_pages(
    client: Client, cast: Cast, work: CourseworkItem
) -> None:
    client.force_login(cast.users["tess"])
    sheet = f"/classes/{work.school_class_id}/scores/{work.pk}/"
    assert f"{sheet}change/" in client.get(sheet).text
    page = client.get(f"{sheet}change/").text
    assert 'value="Fractions"' in page
    assert "1 student has something recorded for it" in page
    sent = {"title": "Ratios", "due_on": "2026-03-09", "score_max": "9"}
    assert "The work is changed." in client.post(f"{sheet}change/", sent, follow=True).text
    refused = client.post(f"{sheet}change/", sent | {"score_max": "8"})
    assert (refused.status_code, "A score of 9 is entered already" in refused.text) == (422, True)
    listed = client.post(f"{sheet}withdraw/", follow=True).text
    assert "1 withdrawn piece of work" in listed
    assert client.get(sheet).status_code == 404
    assert "with its scores" in client.post(f"{sheet}restore/", follow=True).text
