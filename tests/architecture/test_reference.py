"""The reference pages say what the code says."""

from pathlib import Path

from crescendo import reference

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def test_the_reference_is_what_make_docs_would_write(tmp_path: Path) -> None:
    reference.write(tmp_path)

    def read(folder: Path) -> dict[str, str]:
        return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.md")}

    made, committed = read(tmp_path), read(FOLDER)
    assert set(made) == set(committed), "run `make docs`"
    assert [name for name in made if made[name] != committed[name]] == [], "run `make docs`"
