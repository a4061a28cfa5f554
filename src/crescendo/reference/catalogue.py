"""Pages of what is declared: indicators, counting rules, tables. They say what the declarations say."""

import dataclasses
from collections.abc import Iterable, Iterator

from edmeasures import catalog, compose, rulepacks, specs, tables
from edmeasures.indicator import Indicator, Source
from edmeasures.reasons import REASONS

COLUMN_HEAD = ["Column", "Type", "Unit", "May be absent", "Meaning"]
POPULATIONS = {
    "members": "students enrolled this school year",
    "cohort": "students whom the SELECT lists, enrolled now or not",
    "staff": "members of staff, as schools' numbers only",
    "items": "items of tests",
}
ADDED_UP = {
    "ratio": "sum of numerators over sum of denominators",
    "share_of_students": "those flagged over those evaluated",
    "mean": "mean of the values",
    "average_daily": "student-days over days taught, summed over schools",
    "lag": "the largest of the schools'",
    "whole": "not at all: it answers for each set of schools anew, and not by grade or characteristic",
}


def pages() -> Iterator[tuple[str, str]]:
    """File name and text of every page."""
    yield "tables.md", _tables()
    yield "counting-rules.md", _counting_rules()
    for indicator in catalog.all():
        yield f"indicators/{indicator.code}.md", _indicator(indicator)


def contents() -> str:
    """The list of the indicators."""
    rows = (
        [f"[{i.title}](indicators/{i.code}.md)", f"`{i.code}`", i.question, i.unit] for i in catalog.all()
    )
    return drawn(["Indicator", "Code", "Question", "Unit"], rows)


def _indicator(indicator: Indicator) -> str:
    facts = [
        ("Question", indicator.question),
        ("Numerator", indicator.numerator),
        ("Denominator", indicator.denominator or "none"),
        ("Unit", indicator.unit),
        ("Better", {"higher": "higher", "lower": "lower", "neutral": "neither"}[indicator.direction]),
        ("Flag", indicator.flag or "none"),
        ("Reads", ", ".join(f"`{name}`" for name in indicator.tables)),
        ("What counting rules may change", ", ".join(indicator.parameters) or "nothing"),
        ("Adds up to groups as", ADDED_UP[indicator.kind]),
        ("Speaks of", POPULATIONS[indicator.population]),
        ("Measured unless told otherwise", "yes" if indicator.core else "no"),
        ("Weekly series", "yes" if indicator.series else "no"),
        ("Author", indicator.author),
        ("Reviewed", f"{indicator.reviewed_on}; again by {indicator.next_review_on}"),
    ]
    sources = "\n".join(f"- {_source(source)}" for source in indicator.sources)
    return (
        f"# {indicator.title}\n\n{drawn(['', ''], facts)}\n"
        f"**Caution.** {indicator.caution}\n\n## Sources\n\n{sources}\n"
        f"{_reasons(indicator)}{_spec(indicator)}{_select(indicator)}"
    )


def _reasons(indicator: Indicator) -> str:
    text = compose.STATEMENTS[indicator.sql.removesuffix(".sql")].text
    lines = [f"- `{code}`: {words}" for code, words in REASONS.items() if f"'{code}'" in text]
    return "\n## When there is no value\n\n" + "\n".join(lines) + "\n" if lines else ""


def _select(indicator: Indicator) -> str:
    """The SELECT itself, and what it stands on: whoever doubts a number reads this last."""
    statement = compose.STATEMENTS[indicator.sql.removesuffix(".sql")]
    blocks = ", ".join(f"`{block}`" for block in compose.order(statement.name)) or "the tables themselves"
    return f"\n## The SELECT\n\n`{statement.path}`, on {blocks}.\n\n```sql\n{statement.text.strip()}\n```\n"


def _spec(indicator: Indicator) -> str:
    """The drawn table, one heading lower. Every test run executes it."""
    try:
        text = specs.text_of(indicator.code)
    except FileNotFoundError:
        return ""
    lower = "\n".join(f"#{line}" if line.startswith("#") else line for line in text.splitlines())
    return f"\nThe tests execute what is drawn here.\n\n{lower}\n"


def _source(source: Source) -> str:
    named = f"[{source.title}]({source.url})" if source.url else source.title
    return f"{named}, {source.where}"


def _tables() -> str:
    parts = ["# The fact tables that `edmeasures` accepts\n"]
    for spec in tables.TABLES.values() if isinstance(tables.TABLES, dict) else tables.TABLES:
        rows = ([f"`{c.name}`", c.type, c.unit, "" if c.required else "yes", c.meaning] for c in spec.columns)
        parts.append(f"## {spec.name}\n\n{spec.meaning}\n\n{drawn(COLUMN_HEAD, rows)}")
        if spec.key:
            parts.append(f"A row is named by {', '.join(f'`{name}`' for name in spec.key)}.\n")
        if spec.gaps:
            parts.append(f"Known gaps: {spec.gaps}\n")
    return "\n".join(parts)


def _counting_rules() -> str:
    parts = ["# Counting rules\n"]
    for pack in rulepacks.all():
        rows = []
        for each in dataclasses.fields(pack):
            value = getattr(pack, each.name)
            if each.name not in {"name", "title", "sources", "caution"} and value not in (None, (), ""):
                rows.append([each.name.replace("_", " "), _said(value)])
        sources = "\n".join(f"- {_source(source)}" for source in pack.sources)
        parts.append(f"## {pack.title}\n\n`{pack.name}`\n\n{drawn(['Rule', 'Value'], rows)}\n{sources}\n")
    return "\n".join(parts)


def _said(value: object) -> str:
    if isinstance(value, rulepacks.Threshold):
        side = "at least" if value.boundary == "at_or_above" else "more than"
        return f"{side} {value.part} of {value.whole}"
    if isinstance(value, tuple):
        return "; ".join(_said(item) for item in value)
    if dataclasses.is_dataclass(value):
        return ", ".join(str(item) for item in dataclasses.astuple(value))
    return str(value)


def drawn(head: list[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) + " |\n"
        for line in lines
    )
