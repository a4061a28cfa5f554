"""What bad input gets: a report that says where and what to do, and an unchanged database."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import packages
from crescendo.imports import archives, bench, cli, queries

pytestmark = pytest.mark.django_db(transaction=True)


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _orgs(text: str) -> Callable[[Path], Path]:
    return lambda folder: _zip(folder / "x.zip", {"orgs.csv": text.encode()})


def _text(folder: Path) -> Path:
    (folder / "x.zip").write_text("this is no archive")
    return folder / "x.zip"


def _truncated(folder: Path) -> Path:
    whole = packages.write(folder, packages.district()).read_bytes()
    (folder / "cut.zip").write_bytes(whole[: len(whole) // 2])
    return folder / "cut.zip"


def _encrypted(folder: Path) -> Path:
    path = packages.write(folder, packages.district())
    content = bytearray(path.read_bytes())
    position = -1
    while (position := content.find(b"PK\x01\x02", position + 1)) >= 0:
        content[position + 8] |= 1
    path.write_bytes(bytes(content))
    return path


def _empty(folder: Path) -> Path:
    (folder / "users.csv").write_bytes(b"")
    return folder / "users.csv"


HEADER = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
BAD: dict[str, tuple[Callable[[Path], Path], str, str, int | None, str]] = {
    "no zip": (_text, "package.not_a_zip", "x.zip", None, ""),
    "cut off": (_truncated, "package.not_a_zip", "cut.zip", None, ""),
    "empty": (_empty, "package.empty", "users.csv", None, ""),
    "traversal": (lambda f: _zip(f / "x.zip", {"../../orgs.csv": b"a"}), "package.unsafe_path", "x.zip", None, ""),
    "absolute": (lambda f: _zip(f / "x.zip", {"/etc/orgs.csv": b"a"}), "package.unsafe_path", "x.zip", None, ""),
    "encrypted": (_encrypted, "package.encrypted", "roster.zip", None, ""),
    "nested": (lambda f: _zip(f / "x.zip", {"orgs.csv": _zip(f / "in.zip", {"a": b"b"}).read_bytes()}),
        "package.nested_archive", "x.zip", None, ""),
    "bomb": (lambda f: _zip(f / "x.zip", {"orgs.csv": b"0" * (40 << 20)}), "package.too_large", "x.zip", None, ""),
    "too many files": (lambda f: _zip(f / "x.zip", {f"{i}.csv": b"a" for i in range(300)}), "package.too_many_files", "x.zip", None, ""),
    "nothing known": (lambda f: _zip(f / "x.zip", {"notes.txt": b"a"}), "package.missing_manifest", "x.zip", None, ""),
    "empty file": (_orgs(""), "file.empty", "orgs.csv", None, ""),
    "missing column": (_orgs("sourcedId,name\nd,District\n"), "schema.missing_column", "orgs.csv", 1, "type"),
    "open quote": (_orgs(HEADER + 'd,,,District,district,,\ns,,,"Elm School,school,,\n'), "file.quote_not_closed", "orgs.csv", 3, "name"),
    "stray quote": (_orgs(HEADER + 'd,,,"District"x,district,,\n'), "file.quote_error", "orgs.csv", 2, "name"),
    "binary": (_orgs(HEADER + "d,,,Dist\0rict,district,,\n"), "file.encoding", "orgs.csv", None, ""),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_refused_with_a_report_and_nothing_changes(what: str, tmp_path: Path) -> None:
    make, code, file, row, column = BAD[what]
    before = packages.dump()
    run = packages.bring_in(make(tmp_path))
    assert run.state == "refused"
    found = {finding.code: finding for finding in queries.list_findings(run)}
    assert code in found, found
    assert (found[code].file, found[code].row, found[code].column) == (file, row, column)
    assert found[code].what_to_do
    assert packages.dump() == before


def test_a_bomb_that_lies_about_its_size_is_stopped_while_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 500)
    run = packages.bring_in(packages.write(tmp_path, packages.district()))
    assert (run.state, packages.codes(run)) == ("refused", {"package.too_large"})


def test_a_file_that_would_end_half_a_school_waits_and_changes_nothing(tmp_path: Path) -> None:
    rows = _school(60)
    packages.bring_in(packages.write(tmp_path, rows))
    before = packages.dump()
    half = packages.write(tmp_path / "half", _school(30))
    result = CliRunner().invoke(cli.app, ["oneroster", str(half), "--source", "sis"])
    assert result.exit_code == 1
    assert "Waiting for your OK: 30 of 60 rows of students would end." in result.output
    assert packages.dump() == before
    assert (
        CliRunner().invoke(cli.app, ["oneroster", str(half), "--source", "sis", "--dry-run"]).exit_code == 0
    )
    assert packages.dump() == before
    assert CliRunner().invoke(cli.app, ["oneroster", str(half), "--source", "sis", "--yes"]).exit_code == 0
    after = packages.dump()
    assert len(after["roster_student"]) == 60
    assert sum('"ended_on": "' in row for row in after["roster_student"]) == 30


def test_rows_that_were_set_aside_are_not_taken_for_leavers(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, _school(30)))
    rows = _school(30)
    for user in rows["users"]:
        user["givenName"] = ""
    run = packages.bring_in(packages.write(tmp_path / "bad", rows))
    assert run.counts["users.csv"] == {"read": 30, "applied": 0, "unchanged": 0, "set_aside": 30}
    assert queries.preview(run).changes_nothing


def _school(students: int) -> packages.Rows:
    rows = {name: packages.district()[name] for name in ("orgs", "academicSessions")}
    rows["users"] = [
        {
            "sourcedId": f"{i:04}",
            "enabledUser": "true",
            "username": f"u{i}",
            "givenName": "A",
            "familyName": f"B{i}",
        }
        for i in range(students)
    ]
    rows["roles"] = [
        {
            "sourcedId": f"r{i}",
            "userSourcedId": f"{i:04}",
            "roleType": "primary",
            "role": "student",
            "orgSourcedId": "s1",
        }
        for i in range(students)
    ]
    return rows


def test_the_command_prints_counts_and_findings_as_json(tmp_path: Path) -> None:
    import json  # noqa: PLC0415

    path = packages.write(tmp_path, packages.district())
    result = CliRunner().invoke(cli.app, ["oneroster", str(path), "--json"])
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["files"]["users.csv"] == {"read": 6, "applied": 6, "unchanged": 0, "quarantined": 0}
    assert report["targets"]["students"]["created"] == 3
    assert CliRunner().invoke(cli.app, ["oneroster", str(_text(tmp_path))]).exit_code == 1


def test_the_bench_keeps_few_rows_set_aside_but_counts_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crescendo.imports.working.SET_ASIDE_SHOWN", 3)
    assert bench.SET_ASIDE_SHOWN > 3
    rows = _school(10)
    for user in rows["users"]:
        user["familyName"] = ""
    run = packages.bring_in(packages.write(tmp_path, rows))
    assert queries.list_set_aside(run).filter(file="users.csv").count() == 3
    assert run.counts["users.csv"]["set_aside"] == 10
