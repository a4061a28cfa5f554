"""Charts say what the numbers say: valid specifications, the same numbers in picture, table and words."""

import datetime
import re

import altair
import pytest
from django.utils import translation
from jsonschema import ValidationError

from crescendo.ui import charts, gallery
from crescendo.ui.build import HERE
from crescendo.ui.charts.drawing import PAPER_COLOURS, Chart

MONDAY = datetime.date(2025, 9, 8)


def weeks(*values: float | None) -> list[charts.Point]:
    return [charts.Point(MONDAY + datetime.timedelta(weeks=n), value) for n, value in enumerate(values)]


def every_chart() -> list[Chart]:
    return [
        gallery.example_line(),
        gallery.example_bars(),
        gallery.example_strip(),
        *gallery.example_multiples().panels,
    ]


@pytest.mark.parametrize("number", range(6))
def test_a_specification_is_valid_vega_lite(number: int) -> None:
    altair.Chart.from_dict(every_chart()[number].spec, validate=True)


def test_a_wrong_specification_is_noticed() -> None:
    with pytest.raises(ValidationError):
        altair.Chart.from_dict(gallery.example_line().spec | {"layer": [{"mark": "ribbon"}]}, validate=True)


def test_a_week_without_a_value_breaks_the_line() -> None:
    whole = charts.line("A", weeks(0.9, 0.91, 0.92, 0.93), measure="Days attended").svg()
    broken = charts.line("A", weeks(0.9, 0.91, None, 0.92, 0.93), measure="Days attended").svg()

    def pieces(svg: str) -> int:
        return re.search(r'mark-line.*?d="([^"]+)"', svg, re.DOTALL)[1].count("M")

    assert (pieces(whole), pieces(broken)) == (1, 2)


def test_table_description_and_tooltip_print_the_same_number() -> None:
    chart = charts.line("A", weeks(0.9345, None, 0.9121), measure="Days attended", target=0.95)
    assert [[cell.text for cell in row] for row in chart.table.printed_rows()] == [
        ["8 Sep 2025", "93.5%"],
        ["15 Sep 2025", "–"],
        ["22 Sep 2025", "91.2%"],
    ]
    assert "began at 93.5% in the week of 8 Sep 2025" in chart.description
    assert "Lowest: 91.2% in the week of 22 Sep 2025" in chart.description
    assert "Target: 95.0%." in chart.description
    assert [row["printed"] for row in chart.spec["data"]["values"]] == ["93.5%", "–", "91.2%"]


def test_last_year_stands_in_the_table_of_its_week() -> None:
    chart = charts.line("A", weeks(0.93, None), measure="Days attended", last_year=weeks(0.9, 0.91))
    assert [[cell.text for cell in row][1:] for row in chart.table.printed_rows()] == [
        ["93.0%", "90.0%"],
        ["–", "91.0%"],
    ]


def test_a_group_without_a_value_keeps_its_place_and_says_why() -> None:
    rows = [
        {"label": "Grade 6", "value": 0.1},
        {"label": "Grade 7", "value": None, "reason": "below_minimum_n"},
    ]
    chart = charts.bars("A", rows, measure="Absent", group="Grade")
    assert "Grade 7 Not evaluated: too few people to show without naming someone" in chart.description
    assert "Not evaluated" in chart.svg()
    assert [next(cell.text for cell in row) for row in chart.table.printed_rows()] == ["Grade 6", "Grade 7"]


def test_bars_begin_at_zero() -> None:
    chart = charts.bars("A", [{"label": "Grade 6", "value": 0.9}], measure="Present", group="Grade")
    assert chart.spec["layer"][0]["encoding"]["x"]["scale"]["zero"] is True


def test_a_strip_names_one_school_only() -> None:
    chart = charts.strip(
        "A",
        [0.9, 0.92, 0.95],
        measure="Days attended",
        name="This school",
        value=0.93,
        others_are="schools",
        middle=0.92,
    )
    assert "3 schools lie between 90.0% and 95.0%" in chart.description
    assert len(re.findall("This school", chart.svg())) == 1


def test_nothing_recorded_yet_is_said_and_drawn_as_nothing() -> None:
    chart = charts.line("A", weeks(None, None), measure="Days attended")
    assert chart.description == "Days attended: nothing has been recorded yet."
    assert "<svg" in chart.svg()
    assert "<svg" in charts.line("A", [], measure="Days attended").svg()
    assert charts.small_multiples("A", {}, measure="Days attended").panels == []


def test_small_multiples_share_one_scale() -> None:
    panels = gallery.example_multiples().panels
    domains = {str(panel.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]) for panel in panels if panel}
    assert len(domains) == 1


def test_paper_gets_written_colours_and_the_page_keeps_its_tokens() -> None:
    chart = gallery.example_line()
    assert "var(--chart-1)" in chart.svg()
    assert "var(" not in chart.paper_svg()
    assert PAPER_COLOURS["--chart-1"] in chart.paper_svg()
    assert chart.paper_png(scale=1).startswith(b"\x89PNG")


def test_the_colours_for_paper_are_the_light_tokens() -> None:
    tokens = (HERE / "styles" / "tokens.css").read_text()
    light = dict(re.findall(r"(--chart-[\w-]+): light-dark\((#[0-9a-f]{6}),", tokens))
    assert light == PAPER_COLOURS


def test_months_are_written_in_the_readers_language() -> None:
    january = [
        charts.Point(datetime.date(2026, 1, 5) + datetime.timedelta(weeks=n), 0.9 + n / 400) for n in range(9)
    ]
    with translation.override("es"):
        svg = charts.line("A", january, measure="Asistencia").svg()
    assert "Ene" in svg or "Feb" in svg
    assert "," in "".join(re.findall(r">([\d.,]+)\s?%<", svg))


def test_a_picture_holds_no_style_that_the_security_policy_refuses() -> None:
    for chart in every_chart():
        assert " style=" not in chart.svg()
        assert "<style" not in chart.svg()
        assert "<script" not in chart.svg()


def test_few_scores_have_their_dates_below_them_and_a_benchmark_is_no_target() -> None:
    days = [datetime.date(2025, 9, 3), datetime.date(2026, 1, 14), datetime.date(2026, 3, 2)]
    points = [charts.Point(day, 200.0 + n) for n, day in enumerate(days)]
    chart = charts.line(
        "Screener",
        points,
        measure="Score",
        kind="decimal",
        digits=0,
        target=210,
        target_name="Benchmark",
        by_day=True,
    )
    drawn = chart.svg()
    for words in ("Sep 2025", "Jan 2026", "Mar 2026", "Benchmark 210"):
        assert words in drawn
    assert "Target" not in drawn + chart.description
    assert "began at 200 on 3 Sep 2025" in chart.description
    assert chart.table.columns[0].label == "Day"


def test_the_expected_way_has_rows_of_its_own_and_a_column_in_the_table() -> None:
    """A goal is measured twice before its day comes; the straight line to that day breaks nothing."""
    due = MONDAY + datetime.timedelta(weeks=20)
    expected = [charts.Point(MONDAY, 50.0), charts.Point(MONDAY + datetime.timedelta(weeks=1), 50.5)]
    chart = charts.line(
        "A", weeks(50.0, 51.0), measure="Score", kind="decimal", target=60.0,
        expected=[*expected, charts.Point(due, 60.0)], by_day=True,
    )  # fmt: skip
    altair.Chart.from_dict(chart.spec, validate=True)
    assert [[cell.text for cell in row] for row in chart.table.printed_rows()] == [
        ["8 Sep 2025", "50.0", "50.0"],
        ["15 Sep 2025", "51.0", "50.5"],
    ]
    assert len(re.findall(r"mark-line", chart.svg())) == 2
    assert "Expected" in chart.svg()
    without = charts.line("A", weeks(50.0, 51.0), measure="Score", kind="decimal")
    assert "Expected" not in without.svg()
    assert [column.key for column in without.table.columns] == ["day", "value"]
