"""A definition's drawn table, read for the page: facts in, result out, written as arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from crescendo.ui.tables import Column, Table
from edmeasures import specs


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or a table of the drawing."""

    heading: str = ""
    paragraph: str = ""
    table: Table | None = None


def drawing_of(code: str) -> list[Block]:
    """The blocks of an indicator's drawing; none where it has no drawing yet."""
    try:
        text = specs.text_of(code)
    except FileNotFoundError:
        return []
    return list(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    name = heading = ""
    for kind, lines in groupby(text.splitlines()[1:], key=_kind):
        found = [line.strip() for line in lines]
        if kind == "heading":
            heading = found[-1].lstrip("# ").replace("`", "")
            yield Block(heading=heading)
        elif kind == "name":
            name = found[-1].strip("`")
        elif kind == "table":
            yield Block(table=_table(f"{name} ({heading})" if heading else name, found))  # a name of its own
        elif kind == "text":
            yield Block(paragraph=" ".join(found).replace("`", ""))


def _kind(line: str) -> str:
    line = line.strip()
    if not line:
        return ""
    if line.startswith("#"):
        return "heading"
    if line.startswith("|"):
        return "table"
    return "name" if line.startswith("`") and line.endswith("`") and " " not in line else "text"


def _table(name: str, lines: list[str]) -> Table:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heads = rows[0]
    return Table(
        caption=name,
        columns=[Column(head, head) for head in heads],
        rows=[dict(zip(heads, row, strict=True)) for row in rows[2:]],
    )
