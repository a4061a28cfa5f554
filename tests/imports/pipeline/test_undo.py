"""Undo restores exactly: whatever a delivery did, the dump before it equals the dump after its undo."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import packages
from crescendo.imports import actions
from crescendo.roster.models import Enrolment, ExternalId, Student
from thorough import few_or_all

pytestmark = pytest.mark.django_db(transaction=True)

spoiled = st.fixed_dictionaries(
    {
        "dropped": st.sets(
            st.sampled_from(["users:1", "users:2", "roles:1", "enrollments:0", "enrollments:2", "results:0",
                "lineItems:0", "classes:1", "demographics:1"])
        ),
        "name": st.sampled_from(["Sam", "Samuel", "Ñandú"]),
        "end": st.sampled_from(["", "2025-12-19", "2026-03-01"]),
        "score": st.sampled_from(["17.5", "18", ""]),
        "new": st.booleans(),
        "mode": st.sampled_from(["bulk", "delta"]),
    }
)  # fmt: skip


def _spoil(how: dict[str, object]) -> packages.Rows:
    rows = packages.district()
    rows["users"][0]["givenName"] = str(how["name"])
    rows["enrollments"][1]["endDate"] = str(how["end"])
    rows["results"][0]["score"] = str(how["score"])
    if how["new"]:
        rows["users"].append(
            {
                "sourcedId": "new",
                "enabledUser": "true",
                "username": "n",
                "givenName": "Neo",
                "familyName": "Zed",
            }
        )
        rows["roles"].append(
            {
                "sourcedId": "rn",
                "userSourcedId": "new",
                "roleType": "primary",
                "role": "student",
                "orgSourcedId": "s2",
            }
        )
    for place in sorted(how["dropped"], reverse=True):
        name, position = place.split(":")
        del rows[name][int(position)]
    return rows


@pytest.mark.thorough
@settings(
    max_examples=few_or_all(3, 30), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(how=spoiled)
def test_undo_restores_every_row(how: dict[str, object], tmp_path: Path) -> None:
    if not ExternalId.objects.exists():
        packages.bring_in(packages.write(tmp_path, packages.district()))
    before = packages.dump()
    path = packages.write(tmp_path, _spoil(how), mode=str(how["mode"]), name="next.zip")
    run = packages.bring_in(path)
    if run.state == "waiting":
        run = actions.approve(run, by=None, on=packages.ON, at=packages.AT)
    assert run.state == "applied", (run.state, run.message)
    assert all(r == a + u + s for r, a, u, s in packages.totals(run).values())
    assert actions.undo(run, by=None, at=packages.AT).state == "undone"
    assert packages.dump() == before


def test_the_first_delivery_is_undone_to_nothing(tmp_path: Path) -> None:
    before = packages.dump()
    run = packages.bring_in(packages.write(tmp_path, packages.district()))
    assert len(packages.dump()) > 10
    actions.undo(run, by=None, at=packages.AT)
    assert packages.dump() == before


def test_what_somebody_changed_after_the_delivery_stays_theirs(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, packages.district()))
    rows = packages.district()
    rows["users"][0] |= {"email": "second@example.org", "middleName": "Lee"}
    run = packages.bring_in(packages.write(tmp_path, rows))
    Student.objects.filter(given_name="Sam").update(email="mine@example.org")
    actions.undo(run, by=None, at=packages.AT)
    sam = Student.objects.get(given_name="Sam")
    assert (sam.email, sam.middle_name) == ("mine@example.org", "")


def test_a_delivery_on_which_others_build_is_not_undone(tmp_path: Path) -> None:
    first = packages.bring_in(packages.write(tmp_path, packages.district()))
    packages.bring_in(packages.write(tmp_path, packages.district()))
    before = packages.dump()
    with pytest.raises(actions.UndoRefused):
        actions.undo(first, by=None, at=packages.AT)
    assert packages.dump() == before


def test_a_delivery_whose_students_have_other_records_is_not_undone(tmp_path: Path) -> None:
    run = packages.bring_in(packages.write(tmp_path, packages.district()))
    sam = Student.objects.get(given_name="Sam")
    Enrolment.objects.create(
        student=sam, school_id=Enrolment.objects.filter(student=sam).get().school_id, school_year=2025,
        entry_on=date(2024, 9, 1), exit_on=date(2025, 5, 1),
    )  # fmt: skip
    before = packages.dump()
    with pytest.raises(actions.UndoRefused):
        actions.undo(run, by=None, at=packages.AT)
    assert packages.dump() == before
