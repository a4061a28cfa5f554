"""The files a browser loads, and the contrast of their colours."""

import gzip
import json
import re
from pathlib import Path

import pytest

from crescendo.ui import build

TOKENS = (build.HERE / "styles" / "tokens.css").read_text()
PAIRS = re.findall(r"(--[\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS)

# text on ground: 4.5 to 1; marks, borders of controls: 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11)
TEXT = [
    *[
        (ink, ground)
        for ink in ("--ink", "--ink-soft")
        for ground in ("--paper", "--surface", "--surface-sunk")
    ],
    *[("--accent", ground) for ground in ("--paper", "--surface", "--accent-wash", "--surface-sunk")],
    ("--on-accent", "--accent"),
    ("--on-accent", "--accent-strong"),
    ("--accent-strong", "--accent-wash"),
    *[
        (f"--{kind}", ground)
        for kind in ("good", "attention", "bad")
        for ground in ("--paper", f"--{kind}-wash")
    ],
    *[("--ink", f"--{kind}-wash") for kind in ("good", "attention", "bad", "accent")],
    ("--chart-ink", "--paper"),
    ("--chart-2", "--paper"),
    ("--chart-1", "--paper"),
]
MARKS = [
    ("--line-strong", "--paper"),
    ("--line-strong", "--surface"),
    *[(f"--chart-{n}", "--paper") for n in (1, 2, 3, 4, 5)],
    ("--chart-muted", "--paper"),
]


def luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(scheme: str) -> None:
    at = {name: light if scheme == "light" else dark for name, light, dark in PAIRS}
    faint = [f"{ink} on {ground}" for ink, ground in TEXT if contrast(at[ink], at[ground]) < 4.5]
    faint += [f"{mark} on {ground}" for mark, ground in MARKS if contrast(at[mark], at[ground]) < 3]
    assert faint == []


def test_the_contrast_of_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_colours_stand_in_the_tokens_alone() -> None:
    sources = [*build.HERE.parent.glob("*/templates/**/*.css"), *(build.HERE / "styles").glob("*.css")]
    wrong = {
        path.name: found
        for path in sources
        if path.name != "tokens.css"
        and (found := re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text().split("@media print")[0]))
    }
    assert wrong == {}


def test_a_build_is_whole_named_by_content_and_the_same_twice(tmp_path: Path) -> None:
    names = build.build(tmp_path)
    assert set(names) == {"site.css", "site.js", "htmx.js", "charts.js", "live.js", "icon.svg"}
    for name in names.values():
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name)
        assert gzip.decompress((tmp_path / f"{name}.gz").read_bytes()) == (tmp_path / name).read_bytes()
    assert build.ensure(tmp_path) == names
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_changed_source_is_built_again(tmp_path: Path) -> None:
    (tmp_path / build.MANIFEST).write_text(
        json.dumps({"inputs": "of yesterday", "names": {"site.css": "gone.css"}})
    )
    assert build.ensure(tmp_path)["site.css"] != "gone.css"


def test_the_layers_come_in_order_and_every_component_is_in() -> None:
    css = build.style_sheet()
    assert css.startswith("@layer reset, tokens, base, layout, components, utilities;")
    assert css.count("{") == css.count("}")
    assert ".figure__value" in css
    assert ".cast__member" in css


def test_scripts_fetch_nothing_from_elsewhere() -> None:
    css = build.style_sheet()
    assert "url(" not in css
    assert "@import" not in css
    assert "expressionInterpreter" in build.charts_script()
