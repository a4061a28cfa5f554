"""Each tutorial runs as it stands, prints what stands below its blocks, and states no number it did not print."""

import re
from pathlib import Path

import pytest
import tutorial_pages as tutorials

PAGES = tutorials.pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_tutorial_prints_what_stands_in_it(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a tutorial may write files
    assert tutorials.run(page) == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_number_that_a_tutorial_states_was_printed(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    printed = tutorials.outputs(text)
    claimed = list(tutorials.stated(text))
    assert claimed
    missing = [n for n in claimed if not re.search(rf"(?<![\d.]){re.escape(n)}(?![\d])", printed)]
    assert missing == [], "stated in bold, not printed"


def test_the_list_of_tutorials_names_each() -> None:
    listed = (tutorials.FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(PAGES) >= 6
    assert [page.name for page in PAGES if f"({page.name})" not in listed] == []
