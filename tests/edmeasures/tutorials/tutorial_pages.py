"""Runs the tutorials of docs/tutorials: the Python blocks of a page in order, in one namespace, their output below each.

`python -m tests.edmeasures.tutorials.tutorial_pages` writes the outputs anew. Read what changed before you commit it.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "tutorials"
#: A block of Python, and the block of output that stands below it where something is printed.
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.S)
#: A number that the text states is set in bold, with what belongs to it: **24.2 %**, **3 of 600**.
STATED = re.compile(r"\*\*([^*]*\d[^*]*)\*\*")


def pages() -> list[Path]:
    """The tutorials, without their list."""
    return sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def run(page: Path) -> str:
    """The page with the output of each block as it comes out now."""
    names: dict[str, object] = {"__name__": "tutorial"}

    def again(block: re.Match[str]) -> str:
        code, out = block[1], io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, page.name, "exec"), names)
        printed = out.getvalue()
        return f"```python\n{code}```\n" + (f"\n```text\n{printed}```\n" if printed else "")

    return BLOCK.sub(again, page.read_text(encoding="utf-8"))


def stated(text: str) -> Iterator[str]:
    """The numbers that the prose states in bold, without the blocks."""
    prose = BLOCK.sub("", text)
    for claim in STATED.findall(prose):
        yield from re.findall(r"\d[\d,]*(?:\.\d+)?", claim)


def outputs(text: str) -> str:
    """Everything that the page's blocks print, with the blocks themselves: an argument may be stated too."""
    return "\n".join(f"{block[1]}\n{block[2] or ''}" for block in BLOCK.finditer(text))


if __name__ == "__main__":
    for one in pages():
        one.write_text(run(one), encoding="utf-8")
