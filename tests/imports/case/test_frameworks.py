"""Frameworks of standards: each record kept under CASE's names, the tree as it came, nothing new the second time."""

import copy
import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cast import AT
from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun
from crescendo.records.models import KeptRecord

pytestmark = pytest.mark.django_db(transaction=True)
DOCUMENT = "d0000000-0000-0000-0000-0000000000aa"


def bring_in(path: Path, slug: str = "case", *, days: int = 0) -> ImportRun:
    at = AT + timedelta(days=days)
    source = queries.find_source(slug) or actions.create_source(
        slug=slug, title=slug, kind="case", by=None, at=at
    )
    return actions.start_import(source=source, path=path, by=None, on=at.date(), at=at)


def codes(run: ImportRun) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in queries.list_findings(run):
        found[one.code] = found.get(one.code, 0) + one.count
    return found


def kept(slug: str, kind: str, key: str) -> dict[str, Any]:
    return json.loads(KeptRecord.objects.get(source=slug, kind=kind, source_key=f"{kind}:{key.lower()}").data)


def number(slug: str, kind: str) -> int:
    return KeptRecord.objects.filter(source=slug, kind=kind).count()


def tree(slug: str) -> dict[str, str]:
    """Each item's parent, by code or statement."""
    found = {}
    for record in KeptRecord.objects.filter(source=slug, kind="CFAssociation").order_by("id"):
        said = json.loads(record.data)
        if said["associationType"] == "isChildOf":
            found[said["originNodeURI"]["title"]] = said["destinationNodeURI"]["title"]
    return found


def item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "identifier": f"00000000-0000-0000-0000-{number:012}",
        "fullStatement": f"Item {number}",
        "lastChangeDateTime": "2026-01-01T00:00:00+00:00",
    } | more


def package(*items: dict[str, Any], changed: str = "2026-01-01T00:00:00Z", **more: Any) -> dict[str, Any]:
    document = {"identifier": DOCUMENT, "title": "Mathematics", "lastChangeDateTime": changed}
    ties = [
        {
            "identifier": one["identifier"].replace("0000-", "aaaa-", 1), "associationType": "isChildOf",
            "originNodeURI": {"identifier": one["identifier"]}, "destinationNodeURI": {"identifier": DOCUMENT},
        }
        for one in items
    ]  # fmt: skip
    return {"CFDocument": document, "CFItems": list(items), "CFAssociations": ties} | more


def write(folder: Path, value: Any, name: str = "package.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(value, ensure_ascii=False))
    return path


@pytest.mark.samples
def test_packages_of_opensalt_are_kept_record_by_record(samples: Path) -> None:
    """Each is a source of its own: these fixtures use the same identifiers for different things."""
    expected = json.loads((samples / "interop/expectations.json").read_text())
    for path in sorted((samples / "interop/case/opensalt").glob("*.json")):
        slug, sent = path.stem.lower(), json.loads(path.read_text())
        run, wanted = bring_in(path, slug), expected[f"case/opensalt/{path.name}"]
        counts = run.counts[path.name]
        assert run.state == "applied", codes(run)
        assert counts["read"] == sum(wanted.values()) == counts["applied"]
        for plural, many in wanted.items():
            assert number(slug, plural.removesuffix("s")) == many
            rows = sent[plural] if many else []
            for one in [rows[0], rows[len(rows) // 2], rows[-1]] if rows else []:
                held = kept(slug, plural.removesuffix("s"), one["identifier"])
                assert one.items() <= held.items()
                assert DOCUMENT_OF(held) in (sent["CFDocument"]["identifier"], sent["CFDocument"]["uri"])
        assert kept(slug, "CFDocument", sent["CFDocument"]["identifier"]) == sent["CFDocument"]
    assert (
        kept("itemtypetestframework", "CFItemType", "b0000000-0000-0000-0000-000000000000")["typeCode"]
        == "Standard"
    )
    assert tree("sequencenumberframework") == {
        "SNT.1": "Sequence Number Test",
        "SNT.2": "Sequence Number Test",
    }
    big = "opensalt-framework-20c5134f"
    again = bring_in(samples / f"interop/case/opensalt/{big}.json", big, days=400)
    assert queries.preview(again).changes_nothing  # in another school year, too
    assert again.counts[f"{big}.json"]["unchanged"] == 55


def DOCUMENT_OF(held: dict[str, Any]) -> str:  # noqa: N802  (reads as the field)
    said = held["CFDocumentURI"]
    return said["identifier"] if isinstance(said, dict) else said


@pytest.mark.samples
def test_the_folder_as_one_source_says_where_its_files_contradict_each_other(samples: Path) -> None:
    run = bring_in(samples / "interop/case/opensalt")
    expected = json.loads((samples / "interop/expectations.json").read_text())
    assert run.state == "applied"
    for name, counts in run.counts.items():
        wanted = expected[f"case/opensalt/{name}"]
        assert counts["read"] == sum(wanted.values())
        assert counts["read"] == counts["applied"] + counts["unchanged"] + counts["set_aside"]
    assert codes(run) == {"row.duplicate_id": 4}  # an item and a tie, each in two files and equally new
    assert run.counts["opensalt-framework-20c5134f.json"]["applied"] == 55


@pytest.mark.samples
def test_a_spreadsheet_of_opensalt_becomes_items_and_their_ties(samples: Path) -> None:
    path = samples / "interop/case/opensalt/sample_case.csv"
    run = bring_in(path)
    assert run.counts["sample_case.csv"] == {"read": 10, "applied": 10, "unchanged": 0, "set_aside": 0}, (
        codes(run)
    )
    sent = {row["Identifier"]: row for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())}
    for key in ("Math.Fractions", "Math.Fractions.Cluster1.Standard1", "Math.Exponents.Cluster1"):
        held, row = kept("case", "CFItem", key), sent[key]
        assert (held["fullStatement"], held["humanCodingScheme"], held.get("notes", "")) == (
            row["fullStatement"], row["Human Coding Scheme"], row["Notes"],
        )  # fmt: skip
        assert held.get("abbreviatedStatement", "") == row["Abbreviated Statement"]
    parents = tree("case")
    assert (parents["M"], parents["M.F"], parents["M.F.1-2.S1a"]) == ("sample_case", "M", "M.F.1-2.S1")
    others = [json.loads(one.data) for one in KeptRecord.objects.filter(kind="CFAssociation").order_by("id")]
    assert len(others) == 10 + 1 + 3
    (example,) = [one for one in others if one["associationType"] == "exemplar"]
    assert example["destinationNodeURI"]["uri"].startswith("https://www.opened.com/video/")
    assert queries.preview(bring_in(path)).changes_nothing


@pytest.mark.samples
def test_a_japanese_framework_with_lines_about_its_document(samples: Path) -> None:
    path = samples / "interop/case/compeito/001.csv"
    run = bring_in(path)
    counts = run.counts["001.csv"]
    assert counts["read"] == 46 == counts["applied"] + counts["unchanged"]
    assert (number("case", "CFItem"), number("case", "CFAssociation")) == (36, 36)
    document = kept("case", "CFDocument", "4f3c6a12-e83b-4654-b7ce-1738552191e4")
    assert (document["creator"], document["adoptionStatus"]) == ("池之端大学 教務委員会", "Adopted")
    assert document["subject"] == ["情報科学", "データサイエンス", "ソフトウェア工学"]
    rows = {
        row[0]: row for row in csv.reader(path.read_text("utf-8-sig").splitlines()) if row[0].startswith("1")
    }
    for last in ("101", "023", "054"):
        key = f"10000000-0000-0000-0000-000000000{last}"
        held, row = kept("case", "CFItem", key), rows[key]
        assert (held["fullStatement"], held["humanCodingScheme"], held["CFItemType"]) == (
            row[1],
            row[2],
            row[5],
        )
        assert held["educationLevel"] == row[6].split(",")
    assert (tree("case")["CS-A"], tree("case")["CS"]) == ("CS", document["title"])
    assert queries.preview(bring_in(path)).changes_nothing


@pytest.mark.samples
def test_a_schema_is_no_framework(samples: Path) -> None:
    run = bring_in(samples / "interop/case/opencase-json-schemas/case-v1p1-cfitem.json")
    assert (run.state, codes(run)) == ("refused", {"file.not_case": 1})


def test_an_item_that_is_gone_is_retired_and_its_ties_are_taken_back(tmp_path: Path) -> None:
    bring_in(write(tmp_path, package(item(1), item(2))))
    run = bring_in(write(tmp_path, package(item(1), changed="2026-02-01T00:00:00Z")), days=1)
    assert run.state == "applied", codes(run)
    assert kept("case", "CFItem", item(2)["identifier"]) | {} == item(2) | {
        "CFDocumentURI": {"title": "Mathematics", "identifier": DOCUMENT}, "statusEndDate": "2026-03-11",
    }  # fmt: skip
    assert (number("case", "CFItem"), number("case", "CFAssociation")) == (2, 1)
    stale = bring_in(write(tmp_path, package(item(2), item(3))), days=2)
    assert "statusEndDate" not in kept(
        "case", "CFItem", item(1)["identifier"]
    )  # an older package ends nothing
    assert codes(stale)["record.older"] == 1
    actions.undo(stale, by=None, at=AT)
    actions.undo(run, by=None, at=AT)
    assert number("case", "CFAssociation") == 2


def test_the_newer_record_wins_whatever_comes_last(tmp_path: Path) -> None:
    new = item(1, fullStatement="Newer", lastChangeDateTime="2026-02-01T00:00:00Z")
    bring_in(write(tmp_path, package(new)))
    run = bring_in(write(tmp_path, package(item(1))))
    assert run.counts["package.json"]["unchanged"] == 2
    assert kept("case", "CFItem", new["identifier"])["fullStatement"] == "Newer"


def test_a_package_that_lost_its_items_is_refused(tmp_path: Path) -> None:
    bring_in(write(tmp_path, package(item(1))))
    run = bring_in(write(tmp_path, package(changed="2026-02-01T00:00:00Z")))
    assert (run.state, codes(run)) == ("refused", {"package.emptied": 1})


def test_bad_records_are_set_aside_and_bad_files_refused(tmp_path: Path) -> None:
    value = package(
        item(1), item(2, fullStatement=" "), item(3, notes="a\0b"), item(4), item(4, fullStatement="Else")
    )
    del value["CFAssociations"][0]["destinationNodeURI"]
    value["CFAssociations"] = value["CFAssociations"][:4]
    value["CFRubrics"] = [
        {"identifier": "r1", "title": "Writing", "CFRubricCriteria": [{"identifier": "c1", "weight": 0.5}]}
    ]
    run = bring_in(write(tmp_path, value))
    assert codes(run) == {"row.field_required": 2, "row.damaged_json": 1, "row.duplicate_id": 2}
    assert run.counts["package.json"] == {"read": 10, "applied": 5, "unchanged": 0, "set_aside": 5}
    assert kept("case", "CFRubric", "r1")["CFRubricCriteria"][0]["weight"] == 0.5
    for bad in ("", "[]", '{"CFDocument": {"identifier": "x"}}', '{"CFDocument": {', "[" * 100_000,
                json.dumps(package() | {"CFItems": {}})):  # fmt: skip
        path = tmp_path / "bad.json"
        path.write_text(bad)
        assert codes(bring_in(path)) == {"file.not_case": 1}, bad[:20]


def test_bad_spreadsheets_are_refused_and_bad_rows_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "framework.csv"
    path.write_text("Identifier,Full Statement,Is Child Of,Colour\nA,One,,red\nB,,A,red\nC,Three,Z,red\n")
    run = bring_in(path)
    assert run.counts["framework.csv"] == {"read": 3, "applied": 2, "unchanged": 0, "set_aside": 1}
    assert codes(run) == {"file.unknown_column": 1, "row.field_required": 1}
    assert tree("case") == {"One": "framework", "Three": "Z"}
    path.write_text("#title,Maths\nIdentifier,Full Statement\nA,One\n#B,Two\n#C,\n")
    run = bring_in(path)
    assert run.counts["framework.csv"]["read"] == 4
    assert "Two" in tree("case"), "below the header a # is a sign like another"
    assert codes(run) == {"row.field_required": 1}
    for bad in (
        b"",
        b"Name,Colour\nA,red\n",
        b'Identifier,fullStatement\nA,"open\n',
        b"Identifier,fullStatement\nA,\xff\n",
    ):
        path.write_bytes(bad)
        assert codes(bring_in(path)) == {"file.not_case": 1}


def test_two_packages_may_share_a_definition_but_not_disagree_on_it(tmp_path: Path) -> None:
    kind = {"identifier": "b1", "title": "Standard"}
    one, other = package(item(1), CFDefinitions={"CFItemTypes": [kind]}), package(item(2))
    other = copy.deepcopy(other | {"CFDefinitions": {"CFItemTypes": [kind]}})
    other["CFDocument"]["identifier"] = "d2"
    write(tmp_path, one, "a.json")
    write(tmp_path, other, "b.json")
    run = bring_in(tmp_path)
    assert (run.state, number("case", "CFItemType"), number("case", "CFItem")) == ("applied", 1, 2), codes(
        run
    )
