"""Who a delivery would end, school by school; and a yes to a part of it."""

from pathlib import Path

import pytest

import packages
from crescendo.imports import actions
from crescendo.imports.models import ImportRun
from crescendo.roster.models import ClassEnrolment, Enrolment, ExternalId, Organisation, Student

pytestmark = pytest.mark.django_db(transaction=True)


def school_id(name: str) -> int:
    return Organisation.objects.get(name=name).pk


def two_schools(elm: int, oak: int) -> packages.Rows:
    """So many students at each school, each in the school's class."""
    rows = {name: packages.district()[name] for name in ("orgs", "academicSessions", "courses", "classes")}
    rows |= {"users": [], "roles": [], "enrollments": []}
    for school, class_id, number in (("s1", "c1", elm), ("s2", "c2", oak)):
        for i in range(number):
            who = f"{school}-{i:03}"
            rows["users"].append(
                {
                    "sourcedId": who,
                    "enabledUser": "true",
                    "username": who,
                    "givenName": "Pat",
                    "familyName": who,
                }
            )
            rows["roles"].append(
                {
                    "sourcedId": f"r{who}",
                    "userSourcedId": who,
                    "roleType": "primary",
                    "role": "student",
                    "orgSourcedId": school,
                }
            )
            rows["enrollments"].append(
                {
                    "sourcedId": f"e{who}",
                    "classSourcedId": class_id,
                    "schoolSourcedId": school,
                    "userSourcedId": who,
                    "role": "student",
                }
            )
    return rows  # fmt: skip


@pytest.fixture
def waiting(tmp_path: Path) -> ImportRun:
    """Elm is missing from tonight's file, whole; of Oak's forty, two have left."""
    packages.bring_in(packages.write(tmp_path, two_schools(30, 40)))
    run = packages.bring_in(packages.write(tmp_path / "tonight", two_schools(0, 38)))
    assert run.state == "waiting"
    return run


def test_a_waiting_file_names_who_would_end_with_their_school(waiting: ImportRun) -> None:
    elm, oak = school_id("Elm School"), school_id("Oak School")
    of = {
        (target, school): waiting.endings.filter(target=target, school_id=school).count()
        for target in ("students", "school_enrolments", "class_enrolments")
        for school in (elm, oak)
    }
    assert of == {
        ("students", elm): 30, ("students", oak): 2,
        ("school_enrolments", elm): 30, ("school_enrolments", oak): 2,
        ("class_enrolments", elm): 30, ("class_enrolments", oak): 2,
    }  # fmt: skip
    leavers = set(
        waiting.endings.filter(target="students", school_id=oak).values_list("object_id", flat=True)
    )
    assert leavers == set(
        ExternalId.objects.filter(external_id__in=["s2-038", "s2-039"]).values_list("object_id", flat=True)
    )


def test_a_yes_to_a_part_keeps_a_school_as_it_is_and_the_next_file_asks_again(
    waiting: ImportRun, tmp_path: Path
) -> None:
    elm = school_id("Elm School")
    run = actions.approve(waiting, by=None, on=packages.ON, at=packages.AT, hold_back=[elm])
    assert run.state == "applied"
    assert run.preview["students"]["ended"] == 2
    assert all(r == a + u + s for r, a, u, s in packages.totals(run).values())
    assert Student.objects.filter(ended_on__isnull=True).count() == 30 + 38
    at_elm = Enrolment.objects.filter(school_id=elm)
    assert (at_elm.count(), at_elm.filter(ended_on__isnull=True).count()) == (30, 30)
    assert ClassEnrolment.objects.filter(school_class__school_id=elm, ended_on__isnull=True).count() == 30
    assert not run.endings.exists()
    again = packages.bring_in(packages.write(tmp_path / "again", two_schools(0, 38)))
    assert again.state == "waiting"
    assert set(again.endings.values_list("school_id", flat=True)) == {elm}


def test_a_yes_to_a_part_is_undone_exactly(waiting: ImportRun) -> None:
    before = packages.dump()
    run = actions.approve(
        waiting, by=None, on=packages.ON, at=packages.AT, hold_back=[school_id("Oak School")]
    )
    assert packages.dump() != before
    actions.undo(run, by=None, at=packages.AT)
    assert packages.dump() == before


def test_a_delta_that_ends_rows_is_held_back_too(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, two_schools(30, 40)))
    stamp = {"dateLastModified": "2026-01-14T08:00:00.000Z"}
    leavers = [row | stamp | {"status": "tobedeleted"} for row in two_schools(30, 0)["users"]]
    path = packages.write(tmp_path / "delta", {"users": leavers}, mode="delta")
    run = packages.bring_in(path, always_ask=True)
    assert run.state == "waiting"
    run = actions.approve(run, by=None, on=packages.ON, at=packages.AT, hold_back=[school_id("Elm School")])
    assert run.state == "applied"
    assert Student.objects.filter(ended_on__isnull=True).count() == 70


def test_a_student_who_is_kept_keeps_what_they_have_at_another_school(tmp_path: Path) -> None:
    def with_a_guest(oak: int) -> packages.Rows:
        """One of Oak's students sat in a class of Elm's before Christmas."""
        rows = two_schools(40, oak)
        guest = {
            "sourcedId": "guest",
            "classSourcedId": "c1",
            "schoolSourcedId": "s1",
            "userSourcedId": "s2-000",
        }
        rows["enrollments"] += [guest | {"role": "student"}] if oak else []
        return rows

    packages.bring_in(packages.write(tmp_path, with_a_guest(30)))
    run = packages.bring_in(packages.write(tmp_path / "tonight", with_a_guest(0)))
    assert run.state == "waiting"
    assert set(run.endings.values_list("school_id", flat=True)) == {school_id("Oak School")}
    actions.approve(run, by=None, on=packages.ON, at=packages.AT, hold_back=[school_id("Oak School")])
    guest = ExternalId.objects.get(entity="student", external_id="s2-000").object_id
    assert ClassEnrolment.objects.filter(student_id=guest, ended_on__isnull=True).count() == 2
