"""Write the reference pages that are made from the code: `make docs`.

Indicators, counting rules and tables are declared once, in `edmeasures`, and its functions say in their docstrings what
they take, give and refuse; the pages say the same. A test compares the pages with the code, so that neither a definition
nor a function can change without its page.
"""

from collections.abc import Iterator
from pathlib import Path

from . import catalogue, functions

MADE = "<!-- Made by `make docs` from the declarations. Change those. -->\n\n"


def pages() -> Iterator[tuple[str, str]]:
    """File name and text of every page, in the folder docs/reference."""
    yield "README.md", MADE + _contents()
    for name, text in (*catalogue.pages(), *functions.pages()):
        yield name, MADE + text


def _contents() -> str:
    return (
        "# Reference\n\n"
        "- [Tutorials](../tutorials/README.md): from the first number to a table that may leave the building\n"
        "- [The fact tables that `edmeasures` accepts](tables.md)\n"
        "- [Counting rules](counting-rules.md): thresholds and conventions, by authority\n\n"
        f"## Functions\n\n{functions.contents()}\n"
        f"## Indicators\n\n{catalogue.contents()}"
    )


def write(folder: Path) -> int:
    """Write every page below the folder, and take away the pages of what is gone."""
    wanted = dict(pages())
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.rstrip() + "\n", encoding="utf-8")
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    return len(wanted)
