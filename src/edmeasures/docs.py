"""Reference documentation from the declarations and the drawn specs: ``python -m edmeasures.docs OUT``."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

from . import catalog, compose, rulepacks, specs
from .indicator import Indicator
from .reasons import REASONS
from .rulepacks import RulePack


def page(indicator: Indicator) -> str:
    """One indicator's page in Markdown.

    Examples
    --------
    >>> page(catalog.get("late_work")).splitlines()[0]
    '# Late work'
    """
    statement = compose.STATEMENTS[indicator.sql.removesuffix(".sql")]
    reasons = [reason for reason in REASONS if f"'{reason}'" in statement.text]
    drawn = specs.text_of(indicator.code).split("\n", 2)[2].strip().replace("\n## ", "\n### ")
    lines = [
        f"# {indicator.title}",
        "",
        f"**{indicator.question}**",
        "",
        f"- Code: `{indicator.code}`",
        f"- Unit: {indicator.unit}; better is {indicator.direction}",
        f"- Numerator: {indicator.numerator}",
        *([f"- Denominator: {indicator.denominator}"] if indicator.denominator else []),
        *([f"- A student is flagged when: {indicator.flag}"] if indicator.flag else []),
        f"- Reads: {', '.join(f'`{name}`' for name in indicator.tables)}",
        f"- Author: {indicator.author}; reviewed on {indicator.reviewed_on}, next on {indicator.next_review_on}",
        "",
        f"Caution: {indicator.caution}",
        "",
        "## Sources",
        "",
        *(f"- {s.title}: {s.where}{f' <{s.url}>' if s.url else ''}" for s in indicator.sources),
        "",
        *_parameters(indicator),
        *(
            ["## When there is no value", "", *(f"- `{r}`: {REASONS[r]}" for r in reasons), ""]
            if reasons
            else []
        ),
        "## Worked example",
        "",
        drawn,
        "",
        "## The SELECT",
        "",
        f"`{statement.path}`, on {', '.join(f'`{b}`' for b in compose.order(statement.name)) or 'the tables themselves'}.",
        "",
        "```sql",
        statement.text.strip(),
        "```",
        "",
    ]
    return "\n".join(lines)


def _parameters(indicator: Indicator) -> list[str]:
    if not indicator.parameters:
        return []
    packs = rulepacks.all()
    return [
        "## What the counting rules change",
        "",
        "| parameter | " + " | ".join(p.title for p in packs) + " |",
        "| --- |" + " --- |" * len(packs),
        *(
            f"| `{name}` | " + " | ".join(_shown(p, name) for p in packs) + " |"
            for name in indicator.parameters
        ),
        "",
    ]


def _shown(pack: RulePack, name: str) -> str:
    value = getattr(pack, name)
    if isinstance(value, rulepacks.Threshold):
        side = "or more" if value.boundary == "at_or_above" else "and above, not at it"
        return f"{value.part} of {value.whole} {side}"
    if isinstance(value, tuple):
        return ", ".join(str(v) for v in value)
    return "none" if value is None else str(value)


def write(out: Path) -> list[Path]:
    """Write a page per indicator, the rules of each subject and an index. Returns the files written."""
    out.mkdir(parents=True, exist_ok=True)
    pages = {f"{i.code}.md": page(i) for i in catalog.all()}
    subjects = list(dict.fromkeys(i.subject for i in catalog.all()))
    index = [
        "# Indicators",
        "",
        "Made from the declarations and the drawn specs by `make docs`. Do not edit.",
        "",
    ]
    for subject in subjects:
        rules = (resources.files("edmeasures.catalog") / subject / "rules.md").read_text(encoding="utf-8")
        pages[f"rules-{subject}.md"] = rules
        index += [f"## {subject.capitalize()}", "", f"[Rules](rules-{subject}.md)", ""]
        index += [f"- [{i.title}]({i.code}.md): {i.question}" for i in catalog.all() if i.subject == subject]
        index.append("")
    pages["README.md"] = "\n".join(index)
    for name, text in pages.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / name for name in sorted(pages)]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Say where to write: python -m edmeasures.docs docs/indicators")
    print(f"{len(write(Path(sys.argv[1])))} pages written to {sys.argv[1]}")
