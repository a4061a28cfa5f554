"""Pitfalls of who is who (`data-pitfalls.md`), each by its number. One district is brought in and serves all.

Ada came back under a new local number. Max and Zoe have one state number between them. Mia took her mother's name.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import TransactionTestCase

import packages
from crescendo.accounts.models import User
from crescendo.identity import merging, proposing
from crescendo.identity.models import Merge, Proposal
from crescendo.imports import queries
from crescendo.imports.models import ImportRun
from crescendo.quality import catalogue, checking
from crescendo.quality.models import Check
from crescendo.records.models import AssessmentResult
from crescendo.roster.models import Enrolment, ExternalId, Post, StaffMember, Student
from pitfalls.deliveries import APPLIED, mapping, said, send, student

pytestmark = pytest.mark.django_db  # reading what the module's fixture committed

PUPILS = {  # local number: given and family name, state number, birthday, school, first and last day
    "1001": ("Ada", "Lovelace", "S-77", "2011-03-04", "s1", "2025-08-18", "2025-10-31"),
    "2044": ("Ada", "Lovelace", "S-77", "2011-03-04", "s1", "2025-11-10", ""),
    "3001": ("Max", "Moore", "S-90", "2011-05-05", "s1", "2025-08-18", ""),
    "3002": ("Zoe", "Park", "S-90", "2010-12-24", "s1", "2025-08-18", ""),
    "4001": ("Mia", "Cole", "S-55", "2011-07-07", "s1", "2025-08-18", "2025-10-31"),
    "4002": ("Mia", "Berger", "S-55", "2011-07-07", "s1", "2025-11-10", ""),
    "5000": ("Bea", "Olsen", "S-13", "2009-02-03", "s1", "2025-08-18", ""),
    "5001": ("Ben", "Olsen", "S-12", "2011-09-09", "s1", "2025-08-18", ""),
}
STAFF = {"t1": ("Tess", "Ode", "tess@example.org"), "t2": ("Otto", "Lamm", ""), "t3": ("", "Cora", "")}
SCORES = mapping(
    "assessment_results",
    student={"column": "ID"}, school={"find": "enrolment"}, school_year={"find": "on"},
    assessment={"constant": "map"}, on={"column": "Day", "date": "iso"}, score="Score",
)  # fmt: skip
SCORES["pass"].insert(0, {"target": "assessments", "distinct": True,
    "fields": {"external_id": {"constant": "map"}, "code": {"constant": "map"}, "title": {"constant": "MAP"}}})  # fmt: skip
OLD = "ID,Day,Score\n1001,2025-09-12,201\n2044,2025-12-12,214\n"
BY_NUMBER = copy.deepcopy(SCORES) | {"mapping": SCORES["mapping"] | {"ids_of": "any"}}
BY_STATE = (
    "ID,Day,Score\nS-77,2025-12-01,208\nS-90,2025-12-01,190\nS-12,2025-12-01,199\nS-13,2025-12-01,180\n"
)


def roster(pupils: list[str], staff: dict[str, tuple[str, str, str]]) -> packages.Rows:
    """The district with these students, each in the class of their school, and these people at work."""
    rows = packages.district()
    for file in ("courses", "categories", "lineItems", "results"):
        if file != "courses":
            del rows[file]
    rows["users"] = [
        {"sourcedId": key, "enabledUser": "true", "username": f"u{key}", "givenName": given, "familyName": family,
         "identifier": state, "grades": "09"}
        for key, (given, family, state, *_) in PUPILS.items() if key in pupils
    ] + [
        {"sourcedId": key, "enabledUser": "true", "username": key, "givenName": given, "familyName": family, "email": email}
        for key, (given, family, email) in staff.items()
    ]  # fmt: skip
    rows["roles"] = [
        {
            "sourcedId": f"r{key}",
            "userSourcedId": key,
            "roleType": "primary",
            "role": role,
            "orgSourcedId": "s1",
        }
        for keys, role in ((pupils, "student"), (staff, "teacher"))
        for key in keys
    ]
    rows["enrollments"] = [
        {"sourcedId": f"e{key}", "classSourcedId": "c1", "schoolSourcedId": "s1", "userSourcedId": key, "role": "student",
         "beginDate": PUPILS[key][5], "endDate": PUPILS[key][6]} for key in pupils
    ]  # fmt: skip
    rows["demographics"] = [{"sourcedId": key, "birthDate": PUPILS[key][3]} for key in pupils]
    return rows


@dataclass
class Told:
    """What happened, in order, as it was at the time."""

    runs: dict[str, ImportRun] = field(default_factory=dict)
    pairs: dict[tuple[str, str], tuple[float, set[str]]] = field(default_factory=dict)
    students_before: int = 0
    scores_before: dict[str, list[float]] = field(default_factory=dict)
    staff: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    said: dict[str, tuple[int, int]] = field(default_factory=dict)  # by rule: looked at, and wrong


@pytest.fixture(scope="module")
def told(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    folder, told = tmp_path_factory.mktemp("people"), Told()
    with django_db_blocker.unblock():
        _first_deliveries(told, folder)
        _a_person_says_that_ada_is_one(told)
        _later_deliveries(told, folder)
    yield told
    with django_db_blocker.unblock():
        TransactionTestCase()._fixture_teardown()


def _first_deliveries(told: Told, folder: Any) -> None:
    told.runs["roster"] = packages.bring_in(packages.write(folder / "1", roster(list(PUPILS), STAFF)))
    told.staff["before"] = _staff()
    told.runs["scores"] = send(folder / "2", OLD, SCORES)
    told.runs["by state number"] = send(folder / "3", BY_STATE, BY_NUMBER, slug="state")
    proposing.find_pairs(at=packages.AT)
    numbers = {link.object_id: link.external_id for link in ExternalId.objects.filter(entity="student")}
    for one in Proposal.objects.all():
        codes = {reason["code"] for reason in one.reasons}
        told.pairs[numbers[one.first_id], numbers[one.second_id]] = (one.probability, codes)
    told.students_before = Student.objects.filter(ended_on__isnull=True).count()
    told.scores_before = {key: _scores(key) for key in ("1001", "2044")}

    for rule in ("identifier_twice", "staff_without_sign_in"):
        checking.check_rule(
            catalogue.BY_CODE[rule], {"school_year": 2026, "on": packages.ON, "at": packages.AT}
        )
        found = Check.objects.filter(rule=rule)
        told.said[rule] = (sum(one.checked for one in found), sum(one.failing for one in found))


def _a_person_says_that_ada_is_one(told: Told) -> None:
    user = User.objects.create(username="dina", display_name="Dina", created_at=packages.AT, password="!")
    old, new = student("1001"), student("2044")
    pair = Proposal.objects.get(first_id=old.pk, second_id=new.pk)
    asked = Merge.objects.create(
        proposal=pair, kept=old, merged=new, reason="Same papers", by=user, at=packages.AT
    )
    told.runs["merged"] = merging.merge(asked, on=packages.ON, at=packages.AT)


def _later_deliveries(told: Told, folder: Any) -> None:
    """The file no longer has Ada's old number; Tess married and has another address, Otto got one."""
    staff = STAFF | {"t1": ("Tess", "Ode-Rao", "tess.rao@example.org"), "t2": ("Otto", "Lamm", "otto@example.org")}  # fmt: skip
    told.runs["again"] = packages.bring_in(
        packages.write(folder / "4", roster([key for key in PUPILS if key != "1001"], staff))
    )
    told.staff["after"] = _staff()
    told.runs["later score"] = send(folder / "5", OLD + "2044,2026-01-12,220\n1001,2026-01-13,221\n", SCORES)


def _staff() -> list[tuple[Any, ...]]:
    return sorted(StaffMember.objects.filter(ended_on__isnull=True).values_list("pk", "family_name", "email"))


def _scores(key: str) -> list[float]:
    found = AssessmentResult.objects.filter(student_id=student(key).pk).order_by("on")
    return list(found.values_list("score", flat=True))


def test_p01_a_new_local_number_is_proposed_as_the_same_child_with_reasons_and_never_joined_alone(
    told: Told,
) -> None:
    assert told.runs["roster"].state == APPLIED
    probability, reasons = told.pairs["1001", "2044"]
    assert probability > 0.99
    assert {"given_same", "family_same", "born_same", "identifier_same", "follows"} <= reasons
    assert told.students_before == len(PUPILS)
    assert told.scores_before == {"1001": [201.0], "2044": [214.0]}


def test_p01_once_joined_every_number_leads_to_one_child_also_in_later_files(told: Told) -> None:
    assert told.runs["merged"].state == Merge.State.DONE
    assert student("1001") == student("2044")
    assert told.runs["later score"].state == APPLIED
    assert _scores("1001") == [201.0, 214.0, 220.0, 221.0]
    # The file that no longer has the old number ends nobody: the child is still in it.
    assert student("1001").ended_on is None
    assert Enrolment.objects.filter(student=student("1001"), ended_on__isnull=True, exit_on__isnull=False).exists()  # fmt: skip


def test_p02_two_children_with_one_state_number_are_never_proposed_as_one(told: Told) -> None:
    assert ("3001", "3002") not in told.pairs
    assert student("3001") != student("3002")
    assert [(one.given_name, one.identifier) for one in (student("3001"), student("3002"))] == [
        ("Max", "S-90"), ("Zoe", "S-90"),
    ]  # fmt: skip
    # The rule names all three pairs until somebody has decided.
    assert told.said["identifier_twice"] == (8, 6)


def test_p02_what_comes_by_a_number_of_two_children_goes_to_neither_and_is_said(told: Told) -> None:
    run = told.runs["by state number"]
    assert run.counts["rows.csv"] == {"read": 4, "applied": 2, "unchanged": 0, "set_aside": 2}
    assert [(row.row, row.code) for row in queries.list_set_aside(run)] == [
        (2, "reference.missing_target_record"),
        (3, "reference.missing_target_record"),
    ]
    (share,) = said(run)["ids.matched"]
    assert share.startswith("2 of 4 students in the file (50.0%) are unknown by the number")
    assert _scores("5001") == [199.0]
    assert _scores("3001") == _scores("3002") == []


def test_p02_another_family_name_with_all_else_the_same_is_proposed_and_left_to_a_person(told: Told) -> None:
    probability, reasons = told.pairs["4001", "4002"]
    assert probability > 0.9
    assert {"given_same", "family_differs", "born_same", "identifier_same"} <= reasons
    assert student("4001") != student("4002")
    assert Merge.objects.count() == 1  # Ada's, by a person


def test_p09_staff_without_an_address_and_with_a_new_name_and_address_stay_the_same_people(
    told: Told,
) -> None:
    before = {pk: (family, email) for pk, family, email in told.staff["before"]}
    after = {pk: (family, email) for pk, family, email in told.staff["after"]}
    assert sorted(before.values()) == [("Lamm", ""), ("Ode", "tess@example.org")]
    assert sorted(after.values()) == [("Lamm", "otto@example.org"), ("Ode-Rao", "tess.rao@example.org")]
    assert before.keys() == after.keys()
    assert told.said["staff_without_sign_in"] == (2, 1)  # of the two at work, Otto cannot be written to
    assert Post.objects.filter(staff_id__in=after, ended_on__isnull=True).count() == 2


def test_p09_of_whom_only_a_surname_came_is_set_aside_and_said(told: Told) -> None:
    assert "row.field_required" in said(told.runs["roster"])
    assert not StaffMember.objects.filter(family_name="Cora").exists()


def test_p34_a_score_follows_only_whom_a_person_confirmed_and_only_with_birth_date_and_name(
    told: Told,
) -> None:
    """Ada's earlier score came to her new record with the decision; Mia's waits on hers; Max's number proves nothing."""
    assert told.scores_before["2044"] == [214.0]
    assert _scores("2044")[0] == 201.0
    for (first, second), (_, reasons) in told.pairs.items():
        assert "born_same" in reasons, (first, second)
        assert {"given_same", "given_close"} & reasons, (first, second)
    assert set(told.pairs) == {("1001", "2044"), ("4001", "4002")}
