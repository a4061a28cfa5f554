"""The reference pages say what the code says."""

import logging
from pathlib import Path

import pytest

from crescendo import reference
from crescendo.reference import functions

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def test_the_reference_is_what_make_docs_would_write(tmp_path: Path) -> None:
    reference.write(tmp_path)

    def read(folder: Path) -> dict[str, str]:
        return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.md")}

    made, committed = read(tmp_path), read(FOLDER)
    assert set(made) == set(committed), "run `make docs`"
    assert [name for name in made if made[name] != committed[name]] == [], "run `make docs`"


def test_the_docstrings_are_read_without_a_doubt(caplog: pytest.LogCaptureFixture) -> None:
    """A parameter that the function does not have, or a heading that is none, is a warning of the reader's."""
    functions._library.cache_clear()  # what was read before has had its warnings
    caplog.set_level(logging.WARNING, logger="griffe")
    pages = dict(functions.pages())
    assert [record.getMessage() for record in caplog.records] == []
    assert "functions/methods.wilson.md" in pages


def test_a_function_is_described_with_what_it_takes_refuses_and_an_example() -> None:
    page = dict(functions.pages())["functions/methods.hedges_g.md"]
    section = page[page.index("## hedges_g") : page.index("## morris_d_ppc")]
    assert "- `mean_first`, `sd_first`, `n_first` : `(float, float, int)`." in section
    assert "**Raises**\n\n- `ValueError`. When a number is missing" in section
    assert "**References**\n\nHedges, L. V. (1981)" in section
    assert ">>> found = hedges_g(27, 7, 31, 29, 4, 32)" in section


def test_every_public_function_says_in_a_sentence_what_it_is_for() -> None:
    silent = [
        f"{name}.{thing.name}"
        for name, module in functions.subjects()
        for thing in functions.public(module)
        if not functions.summary(thing)
    ]
    assert silent == []


#: Need a cohort or a result to work on, and are shown in the tutorials; and what reads and writes files. May only shrink.
WITHOUT_EXAMPLE = {
    "edmeasures.roll_up", "early_warning.choose", "early_warning.cross_validate", "early_warning.fit",
    "early_warning.look_for_leaks", "early_warning.validate", "growth.cohort_percentiles",
    "growth.fit_matrix", "growth.knots_by_grade", "growth.panel_of", "growth.project", "growth.read_knots",
    "growth.read_matrices", "growth.read_table", "growth.write_knots", "growth.write_matrices", "plotting.intervals",
    "plotting.students", "plotting.weeks", "synth.write", "synth.write_tables",
}  # fmt: skip


def test_every_public_function_has_an_example_that_the_tests_execute() -> None:
    bare = {
        f"{name or 'edmeasures'}.{thing.name}"
        for name, module in functions.subjects()
        for thing in functions.public(module)
        if thing.is_function and not any(s.kind.value == "examples" for s in thing.docstring.parsed)
    }
    assert bare == WITHOUT_EXAMPLE
