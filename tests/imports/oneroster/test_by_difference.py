"""A full file that comes again is read only where it differs, and ends in exactly what reading it whole ends in."""

import shutil
from pathlib import Path
from typing import Any

import pytest

import packages
from crescendo.imports import actions, delivered
from crescendo.records.models import CourseworkResult
from crescendo.roster.models import Student

pytestmark = pytest.mark.django_db(transaction=True)
Taken = list[bool]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Taken:
    """For each delivery, whether the short way was taken. What an older test database left, whose runs had higher numbers, goes."""
    shutil.rmtree(delivered.folder(), ignore_errors=True)
    found: Taken = []
    real = delivered.read_by_difference

    def read(*given: Any, **named: Any) -> Any:
        memory = real(*given, **named)
        found.append(memory is not None)
        return memory

    monkeypatch.setattr(delivered, "read_by_difference", read)
    return found


def _first() -> packages.Rows:
    rows = packages.district()
    rows["lineItems"] += [
        rows["lineItems"][0] | {"sourcedId": f"l{number}", "title": f"Quiz {number}"} for number in (2, 3)
    ]
    rows["results"] += [
        rows["results"][0] | {"sourcedId": f"y{number:02}", "lineItemSourcedId": "l3" if number < 50 else "l2",
            "score": str(number / 10), "comment": 'said "well, done"' if number % 7 == 0 else ""}
        for number in range(54)
    ]  # fmt: skip
    rows["results"].append(rows["results"][0] | {"sourcedId": "lost", "lineItemSourcedId": "nowhere"})
    return rows


def _second() -> packages.Rows:
    rows = _first()
    by_id = {row["sourcedId"]: row for row in rows["results"]}
    by_id["y03"]["score"] = "19"
    by_id["y05"]["scoreDate"] = "2026-02-31"  # not a date: set aside, and what is stored stays
    rows["results"] = [row for row in rows["results"] if row["sourcedId"] not in ("y10", "y11")]
    rows["results"].insert(4, by_id["x1"] | {"sourcedId": "new"})
    rows["lineItems"][1]["classSourcedId"] = (
        "c2"  # its four results move with it, though their lines are as they were
    )
    rows["lineItems"][1]["schoolSourcedId"] = "s2"
    return rows


def _facts() -> list[tuple[Any, ...]]:
    columns = (
        "source_key",
        "score",
        "item_id",
        "class_id",
        "school_id",
        "student_id",
        "status",
        "comment",
        "scored_on",
    )
    return sorted(CourseworkResult.objects.values_list(*columns))


def test_the_short_way_and_the_long_way_end_in_the_same(tmp_path: Path, taken: Taken) -> None:
    packages.bring_in(packages.write(tmp_path, _first()))
    before = packages.dump()
    second = packages.write(tmp_path / "second", _second())
    short = packages.bring_in(second)
    assert taken == [False, True]
    facts = _facts()
    assert packages.totals(short)["results.csv"] == (56, 6, 48, 2)
    assert short.preview["coursework_results"]["retracted"] == 2
    moved = CourseworkResult.objects.filter(source_key__in=["y50", "y51", "y52", "y53"])
    assert {one.school_id for one in moved} != {
        one.school_id for one in CourseworkResult.objects.filter(source_key="y03")
    }
    third = packages.bring_in(
        packages.write(tmp_path / "third", _second() | {"categories": []})
    )  # the second, remembered in turn
    assert packages.totals(third)["results.csv"] == (56, 0, 54, 2)
    actions.undo(third, by=None, at=packages.AT)
    actions.undo(short, by=None, at=packages.AT)
    assert packages.dump() == before
    shutil.rmtree(delivered.folder())
    whole = packages.bring_in(second)
    assert taken == [False, True, True, False]
    assert _facts() == facts
    assert packages.totals(whole) == packages.totals(short)
    assert whole.preview == short.preview


def test_the_file_is_read_whole_where_something_changed_meanwhile(tmp_path: Path, taken: Taken) -> None:
    path = packages.write(tmp_path, _first())
    packages.bring_in(path)
    CourseworkResult.objects.filter(source_key="y07").delete()  # somebody was forgotten, say
    packages.bring_in(path)
    assert CourseworkResult.objects.filter(source_key="y07").exists()
    rows = _first()
    rows["results"][9] = rows["results"][9] | {"sourcedId": "y20"}  # one id, two rows that differ
    run = packages.bring_in(packages.write(tmp_path / "two", rows))
    assert taken == [False, False, False]
    assert "row.duplicate_id" in packages.codes(run)
    assert Student.objects.filter(ended_on__isnull=True).count() == 3


def _night(rows: packages.Rows, number: int) -> packages.Rows:
    """Another score, a result that goes, one that comes back with its old line, and one that is new."""
    results = {row["sourcedId"]: row for row in rows["results"]}
    results[f"y{number + 20}"]["score"] = str(number)
    gone = f"y{number + 30}"
    if number % 2 == 0:
        del results[gone]
    else:
        back = {row["sourcedId"]: row for row in _first()["results"]}
        results[f"y{number + 29}"] = back[f"y{number + 29}"]
    results[f"night-{number}"] = results["x1"] | {"sourcedId": f"night-{number}", "score": "3"}
    return rows | {"results": list(results.values())}


def test_many_nights_end_in_what_one_reading_of_the_last_ends_in(
    tmp_path: Path, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts are added night after night, and written anew as one when there are three."""
    monkeypatch.setattr(delivered, "MOST_PARTS", 3)
    monkeypatch.setattr(delivered, "MOST_GONE", 1.0)
    rows = _first()
    packages.bring_in(packages.write(tmp_path / "first", rows))
    kept = []
    for number in range(7):
        rows = _night(rows, number)
        packages.bring_in(packages.write(tmp_path / str(number), rows))
        newest = max(delivered.folder().glob("*-*"), key=lambda one: int(one.name.rpartition("-")[2]))
        kept.append(len([*newest.rglob("lines-*.parquet")]))
        scores = {row["sourcedId"]: float(row["score"]) for row in rows["results"] if row.get("score")}
        del scores["lost"]
        stored = CourseworkResult.objects.exclude(score=None).values_list("source_key", "score")
        assert dict(stored) == scores, f"night {number}"
    assert taken == [False, *[True] * 7]
    assert kept == [2, 3, 1, 2, 3, 1, 2]
    by_nights = _facts()
    shutil.rmtree(delivered.folder())
    run = packages.bring_in(
        tmp_path / "6" if (tmp_path / "6").is_dir() else packages.write(tmp_path / "6", rows)
    )
    assert packages.totals(run)["results.csv"][1] == 0, "read whole, nothing is left to change"
    assert _facts() == by_nights


def test_where_a_tenth_of_what_is_kept_no_longer_stands_it_is_written_anew(
    tmp_path: Path, taken: Taken
) -> None:
    packages.bring_in(packages.write(tmp_path / "first", _first()))
    rows = _first()
    for row in rows["results"][:8]:
        row["score"] = "1"
    packages.bring_in(packages.write(tmp_path / "second", rows))
    assert taken == [False, True]
    newest = max(delivered.folder().glob("*-*"), key=lambda one: int(one.name.rpartition("-")[2]))
    assert [part.name for part in newest.rglob("lines-*.parquet")] == ["lines-0.parquet"]
