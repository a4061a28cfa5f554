"""What the product says: every string marked for translation, found where it stands.

`python -m crescendo.messages` adds the strings that a catalogue lacks to its .po (without a translation) and takes out
those that nothing says any more. What only one of the two Englishes spells so is put into the other's catalogue by the
rules below; a wording that somebody wrote there by hand stays. Titles, questions and cautions of the measures stand in
`edmeasures`, which knows no Django: they are read from its catalogue, so that nobody keeps a second list by hand.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crescendo.indicators.spoken import INDICATOR_TEXTS, PACK_TEXTS
from edmeasures import catalog, rulepacks

PACKAGE = Path(__file__).resolve().parent
LOCALE = PACKAGE / "locale"
# The languages that say everything in their own words; the English ones hold only what they spell differently.
WHOLE = ("es",)
_BOTH_ENGLISHES = {
    "en_US": (
        ("behaviour", "behavior"),
        ("enrolment", "enrollment"),
        ("standardised", "standardized"),
        ("recognise", "recognize"),
        ("organisation", "organization"),
        ("counsellor", "counselor"),
        ("programme", "program"),
        ("colour", "color"),
        ("per cent", "percent"),
    ),
    "en_GB": (
        ("behavior", "behaviour"),
        ("enrollment", "enrolment"),
        ("math", "maths"),
        ("percent", "per cent"),
        ("chronic absence", "persistent absence"),
        ("chronically absent", "persistently absent"),
        ("student information system", "management information system"),
        ("student", "pupil"),
        ("principal", "headteacher"),
        ("counselor", "pastoral lead"),
        ("district", "trust"),
        ("evaluation", "appraisal"),
        ("evaluator", "appraiser"),
        (r"(?<!ninth )grade(?= [\d%])", "year"),
        (r"(?<!ninth )grade", "year group"),
    ),
}
# The function that marks a string -> which of its arguments are the context, the string and its plural.
MARKS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
}


@dataclass(frozen=True, order=True)
class Said:
    """One marked string; `plural` where it is counted, `context` where the same word means two things."""

    text: str
    plural: str = ""
    context: str = ""


def in_python(source: str) -> Iterator[Said]:
    """Marked strings of a Python file."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        if name not in MARKS:
            continue
        given = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
        chosen = [given[i] if i is not None and i < len(given) else "" for i in MARKS[name]]
        context, text, plural = chosen
        if isinstance(text, str) and text:
            yield Said(text, str(plural or ""), str(context or ""))


def in_template(source: str) -> Iterator[Said]:
    """Marked strings of a template. Django rewrites it as calls of gettext; each call is then read as Python."""
    from django.utils.translation.template import templatize  # noqa: PLC0415  (a developer's tool)

    literal = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    calls = rf"\b(?:_|n?p?gettext)\({literal}(?:\s*,\s*(?:{literal}|count))*\)"
    for call in re.findall(calls, templatize(source), flags=re.DOTALL):
        yield from in_python(call.replace("\n", "\\n"))


def in_measures() -> Iterator[Said]:
    """What the measure library says about its definitions and its counting rules."""
    for indicator in catalog.all():
        yield from (Said(text) for name in INDICATOR_TEXTS if (text := getattr(indicator, name)))
    for pack in rulepacks.all():
        yield from (Said(getattr(pack, name)) for name in PACK_TEXTS)


def everything() -> list[Said]:
    """All of it, each string once."""
    found = set(in_measures())
    for path in sorted(PACKAGE.rglob("*.py")):
        found |= set(in_python(path.read_text()))
    for path in sorted(PACKAGE.glob("*/templates/**/*.*")):
        if path.suffix in {".html", ".txt"}:
            found |= set(in_template(path.read_text()))
    return sorted(found)


def read_catalogue(path: Path) -> dict[Said, tuple[str, ...]]:
    """What a .po says for each string: one wording, or one for each number."""
    from babel.messages.pofile import read_po  # noqa: PLC0415  (a developer's tool: not there at run time)

    with path.open("rb") as file:
        read = read_po(file, abort_invalid=True)
    found = {}
    for message in read:
        texts = message.id if isinstance(message.id, tuple) else (message.id, "")
        if texts[0]:
            wordings = message.string if isinstance(message.string, tuple) else (message.string,)
            found[Said(*texts, context=message.context or "")] = wordings
    return found


def write_catalogue(path: Path, wordings: dict[Said, tuple[str, ...]]) -> None:
    """Write the .po anew, sorted, under the header it has."""
    from babel.messages.pofile import normalize  # noqa: PLC0415  (as above)

    header = path.read_text().split("\n\n", 1)[0]
    parts = [header]
    for said, spoken in sorted(wordings.items()):
        lines = [f"msgctxt {normalize(said.context, width=110)}"] if said.context else []
        lines.append(f"msgid {normalize(said.text, width=110)}")
        if said.plural:
            lines.append(f"msgid_plural {normalize(said.plural, width=110)}")
            lines += [f"msgstr[{n}] {normalize(text, width=110)}" for n, text in enumerate(spoken)]
        else:
            lines.append(f"msgstr {normalize(spoken[0], width=110)}")
        parts.append("\n".join(lines))
    path.write_text("\n\n".join(parts) + "\n")


def bring_up_to_date(path: Path, said: list[Said]) -> int:
    """Add what the catalogue lacks, take out what nothing says any more; return how many wait for words."""
    known = read_catalogue(path)
    wordings = {one: known.get(one, ("", "") if one.plural else ("",)) for one in said}
    write_catalogue(path, wordings)
    return sum(not all(spoken) for spoken in wordings.values())


def in_english(text: str, english: str) -> str:
    """The text as this English spells it. Names of placeholders are no words."""
    for word, instead in _BOTH_ENGLISHES[english]:

        def put(found: re.Match[str], instead: str = instead) -> str:
            return instead[:1].upper() + instead[1:] if found[1][0].isupper() else instead

        text = re.sub(rf"(?<![(\w])({word})(?=s?\b)", put, text, flags=re.IGNORECASE)
    return text


def spell(said: list[Said], english: str) -> dict[Said, tuple[str, ...]]:
    """What this English spells otherwise than the source."""
    spelt = {}
    for one in said:
        texts = (one.text, one.plural) if one.plural else (one.text,)
        here = tuple(in_english(text, english) for text in texts)
        if here != texts:
            spelt[one] = here
    return spelt


def main() -> None:
    said = everything()
    for english in _BOTH_ENGLISHES:
        path = LOCALE / english / "LC_MESSAGES" / "django.po"
        by_hand = {one: words for one, words in read_catalogue(path).items() if one in set(said)}
        write_catalogue(path, spell(said, english) | by_hand)
    for language in WHOLE:
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        print(f"{language}: {len(said)} strings, {bring_up_to_date(path, said)} without words yet")


if __name__ == "__main__":
    main()
