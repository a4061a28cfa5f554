"""The table of docs/performance.md: sums, ratios and the verdict on each aim, from figures checked by hand."""

import itertools
from pathlib import Path

import pytest

from benchmarks import loop, report


def cost(command: float, database: float = 0.0, wall: float = 1.0, peak: float = 100.0) -> dict[str, float]:
    return {
        "wall_seconds": wall,
        "command_cpu_seconds": command,
        "database_cpu_seconds": database,
        "cpu_seconds": command + database,
        "peak_megabytes": peak,
    }


@pytest.fixture
def figures() -> dict:
    return {
        "steps": {
            "read": cost(0.5),
            "parse": cost(4.0),
            "import oneroster": cost(40, 20, wall=50, peak=900),
            "import extracts": cost(30, 10, wall=30, peak=1200),
            "measure": cost(30, 20, wall=28, peak=2048),
        },
        "phases": {
            "snapshot": {"wall": 5.0, "cpu": 12.0, "cpu_of_database": 4.0},
            "evaluate": {"wall": 9.0, "cpu": 18.0, "cpu_of_database": 0.0},
            "publish": {"wall": 7.0, "cpu": 14.0, "cpu_of_database": 6.0},
        },
    }


def test_import_is_the_sum_of_its_two_commands_and_the_larger_peak(figures: dict) -> None:
    rows = dict(report.rows_of(figures))
    assert rows["**import**"] == cost(70, 30, wall=80, peak=1200)


def test_ratios_are_cpu_over_cpu_of_reading_and_of_parsing(figures: dict) -> None:
    line = next(line for line in report.table(figures) if line.startswith("| **import**"))
    assert line == "| **import** | 100.0 | 30.0 | 80.0 | 1,200 | 200 | 25.0 |"


def test_a_phases_database_seconds_are_part_of_its_cpu(figures: dict) -> None:
    line = next(line for line in report.table(figures) if line.startswith("| snapshot |"))
    assert line == "| snapshot | 12.0 | 4.0 | 5.0 |  | 24 | 3.0 |"


def test_an_aim_is_met_or_missed(figures: dict) -> None:
    assert report.against_aims(figures) == [
        "- import: 100.0 CPU seconds, aim 120: met.",
        "- snapshot + evaluate + publish: 50.0 CPU seconds, aim 45: missed.",
        "- memory: 2.00 GB at the peak, aim 3: met.",
    ]


MACHINE = {
    "processor": "P", "cores": 2, "memory_gigabytes": 8, "system": "S", "python": "3.11", "versions": {},
}  # fmt: skip


MARKERS = {part: report.markers(part) for part in report.SAID}


@pytest.fixture
def written_by_hand(tmp_path: Path) -> Path:
    page = tmp_path / "performance.md"
    page.write_text(
        f"# Before\n\n{report.BEGIN}\nolder loop\n{report.END}\n\nFound by hand.\n\n"
        + "".join(f"{begin}\nolder {part}\n{end}\n\n" for part, (begin, end) in MARKERS.items())
        + "After\n"
    )
    return page


def said(words: str) -> dict:
    return {"said": words, "wall_seconds": 12.0, "cpu_seconds": 20.0, "peak_megabytes": 1500.0, "load": 2.5}


def test_figures_go_between_the_markers_and_leave_what_was_written_by_hand(written_by_hand: Path) -> None:
    result = {"measured_on": "2026-11-22", "machine": MACHINE, "explosion": said("kernel: 0.36 CPU s")}
    report.write_into(written_by_hand, result)
    text = written_by_hand.read_text()
    assert text.startswith("# Before\n\n")
    assert text.endswith("\n\nAfter\n")
    assert "\n\nFound by hand.\n\n" in text
    assert "Measured on 2026-11-22" in text
    assert "```\nkernel: 0.36 CPU s\n```" in text
    assert "20 CPU seconds, 12 wall, 1,500 MB at the peak; load 2.5" in text
    assert "older explosion" not in text


def test_a_part_that_was_not_measured_keeps_its_figures(written_by_hand: Path) -> None:
    result = {"measured_on": "2026-11-22", "machine": MACHINE, "growth": said("| a |")}
    report.write_into(written_by_hand, result)
    text = written_by_hand.read_text()
    assert all(f"older {part}" in text for part in ("loop", "explosion", "catalogue", "scale"))
    assert "older growth" not in text


def test_the_page_of_figures_has_each_place_once() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
    text = page.read_text(encoding="utf-8")
    for marker in (report.BEGIN, report.END, *itertools.chain(*MARKERS.values())):
        assert text.count(marker) == 1


def test_a_folder_that_the_benchmark_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="not made by the benchmark"):
        loop.fresh_folder(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_the_answer_of_a_command_is_found_after_what_it_said_before() -> None:
    assert loop.last_json('starting\n{"phases": {"snapshot": 1}}\n') == {"phases": {"snapshot": 1}}
    with pytest.raises(ValueError, match="printed no JSON: 'nothing'"):
        loop.last_json("nothing")


def test_rows_that_an_import_could_not_use_are_counted() -> None:
    answer = {
        "files": {"users.csv": {"read": 9, "quarantined": 2}, "orgs.csv": {"read": 3, "quarantined": 1}}
    }
    assert loop.set_aside(answer) == 3


def test_the_page_says_how_much_was_brought_in(figures: dict) -> None:
    rows = {
        "extracts/attendance_events": 1440,
        "extracts/assessment_results": 2000,
        "oneroster/results": 5000,
    }
    machine = {
        "processor": "P",
        "cores": 2,
        "memory_gigabytes": 8,
        "system": "S",
        "python": "3.11",
        "versions": {},
    }
    measured = figures | {
        "district": {"students": 100, "seed": 1},
        "rows": rows,
        "bytes": 3_000_000,
        "set_aside": {"import oneroster": 0, "import extracts": 4},
    }
    lines = report.page({"measured_on": "2026-11-22", "machine": machine, "loop": measured})
    assert lines[2] == (
        "`synth --students 100 --seed 1`: 1,440 attendance events, 2,000 assessment results, 5,000 coursework results; "
        "3 MB of CSV, 8,440 rows, 4 of them set aside."
    )
