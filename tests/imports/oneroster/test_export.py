"""What leaves as a package comes back as the same: our strict reader takes it, and exports the same bytes again."""

import random
import zipfile
from pathlib import Path

import pytest

import packages
from crescendo.accounts.models import AuditEntry
from crescendo.exports.oneroster import actions
from crescendo.imports import actions as imports
from thorough import few_or_all

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("Núñez", "=HYPERLINK(1)", "-2", "O'Brien, Jr.", 'Ann "Bee"', "李", "@home")


def _odd_district(seed: int) -> packages.Rows:
    """Names that a spreadsheet would run, extra credit, open days, people of two kinds, rows that hang on nothing."""
    pick = random.Random(seed)
    rows = packages.district()
    for user in rows["users"]:
        user |= {
            "familyName": pick.choice(NAMES),
            "metadata.bus": pick.choice(["", "B, 12"]),
            "pronouns": pick.choice(["", "they"]),
        }
    rows["users"].append(
        rows["users"][0] | {"sourcedId": "0010 ", "username": "", "agentSourcedIds": ""} | {"username": "x"}
    )
    rows["users"].append(
        rows["users"][4] | {"sourcedId": "aid e", "givenName": "Ada"}
    )  # a space: not of the standard's ids
    rows["roles"] += [
        {"sourcedId": "r7", "userSourcedId": "0010", "roleType": "primary", "role": "student", "orgSourcedId": "d"},
        {"sourcedId": "r8", "userSourcedId": "aid e", "roleType": "primary", "role": "ext:nurse", "orgSourcedId": "s1"},
        {"sourcedId": "r9", "userSourcedId": "tess", "roleType": "secondary", "role": "systemAdministrator", "orgSourcedId": "s2"},
    ]  # fmt: skip
    for row in rows["results"]:
        row["score"] = pick.choice(["", "17.5", "23", "0.0000001"])
        row["comment"] = pick.choice(["", "+1, well done"])
    rows["resources"] = [{"sourcedId": "b1", "vendorResourceId": "=978", "importance": "Primary"}]
    rows["classResources"] = [{"sourcedId": "cb1", "classSourcedId": "c1", "resourceSourcedId": "b1"}]
    rows["resultLearningObjectiveIds"] = [
        {
            "sourcedId": "o1",
            "resultSourcedId": "x1",
            "source": "unknown",
            "learningObjectiveId": "1.OA",
            "score": "3.0",
        }
    ]
    rows["classes"][0]["classType"] = pick.choice(["scheduled", "Book club"])
    rows["courses"][0]["subjects"] = pick.choice(["Mathematics", "Mathematics,Science"])
    if pick.random() < 0.5:
        del rows["enrollments"][1]
    return rows


@pytest.mark.thorough
@pytest.mark.parametrize("seed", few_or_all((1,), tuple(range(1, 21))))
def test_an_export_comes_back_as_the_same_bytes(seed: int, tmp_path: Path) -> None:
    run = packages.bring_in(packages.write(tmp_path, _odd_district(seed)))
    assert run.state == "applied"
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    report = actions.write_package(first, source="sis", by=None, at=packages.AT)
    assert AuditEntry.objects.filter(verb="roster.exported").count() == 1
    names = {name for user in _odd_district(seed)["users"] for name in (user["familyName"],)}
    with zipfile.ZipFile(first) as archive:
        users = archive.read("users.csv").decode()
        assert set(archive.namelist()) == {"manifest.csv", *report.files}
    assert all(name.replace('"', '""') in users for name in names)  # a name is never changed
    assert "aid e" not in users
    assert report.files["users.csv"] == 8
    imports.undo(run, by=None, at=packages.AT)
    run = packages.bring_in(first, strict=True)
    assert run.state == "applied", [
        (f.code, f.file, f.row, f.column) for f in run.findings.filter(severity="error")
    ]
    assert {counts[3] for counts in packages.totals(run).values()} == {0}
    again = actions.write_package(second, source="sis", by=None, at=packages.AT)
    assert again.files == report.files
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(second) as new:
        for name in old.namelist():
            assert new.read(name).decode() == old.read(name).decode(), name
    assert second.read_bytes() == first.read_bytes()
