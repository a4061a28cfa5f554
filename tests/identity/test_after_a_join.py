"""After two records were joined, their source goes on sending both."""

from pathlib import Path

import pytest

import packages
from crescendo.accounts.models import User
from crescendo.identity import merging
from crescendo.identity.models import Merge, Proposal
from crescendo.roster.models import Enrolment, ExternalId, Student

pytestmark = pytest.mark.django_db(transaction=True)


def number_of(external_id: str) -> int:
    return ExternalId.objects.get(entity="student", external_id=external_id).object_id


def test_p01_a_full_file_that_still_holds_both_numbers_says_the_person_once(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, packages.district()))
    first, second = number_of("007"), number_of("008")
    proposal = Proposal.objects.create(
        first_id=min(first, second), second_id=max(first, second), probability=0.9, reasons=[], found_at=packages.AT
    )  # fmt: skip
    other = Proposal.objects.create(
        first_id=min(second, number_of("009")), second_id=max(second, number_of("009")), probability=0.8, reasons=[],
        found_at=packages.AT,
    )  # fmt: skip
    by = User.objects.create(username="dina", created_at=packages.AT)
    asked = Merge.objects.create(
        proposal=proposal, kept_id=first, merged_id=second, reason="One card", by=by, at=packages.AT
    )
    assert merging.merge(asked, on=packages.ON, at=packages.AT).state == Merge.State.DONE
    assert not Proposal.objects.filter(pk=other.pk).exists()  # 008 is nobody's double any more
    before = Student.objects.values().get(pk=first)

    again = packages.bring_in(packages.write(tmp_path / "again", packages.district()))
    assert again.state == "applied"
    assert again.preview["students"]["changed"] == 0
    assert all(r == a + u + s for r, a, u, s in packages.totals(again).values())
    assert Student.objects.values().get(pk=first) == before

    rows = packages.district()
    rows["users"][0]["email"] = "new@example.org"
    rows["users"][1]["email"] = "other@example.org"
    packages.bring_in(packages.write(tmp_path / "new", rows))
    assert Student.objects.get(pk=first).email == "new@example.org"
    assert Student.objects.get(pk=first).given_name == "Sam"
    assert not Enrolment.objects.filter(student_id=second).exists()
