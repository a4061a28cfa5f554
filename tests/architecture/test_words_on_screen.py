"""What people read: the words of the house, no clever markup, nothing from anywhere else."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "crescendo"
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))

# The system's word -> what the screen says.
SAY_INSTEAD = {
    "quarantin": "rows set aside",
    "brake": "waiting for your OK",
    "crosswalk": "matching IDs",
    "spell": "enrolment dates",
    "rule pack": "counting rules",
    "signal": "more than the usual ups and downs",
}
# The same words in Spanish ("señalar a alguien", to point at somebody, is none of them).
SAY_INSTEAD_IN_SPANISH = {
    "cuarentena": "filas apartadas",
    "freno": "espera su visto bueno",
    "pasarela": "correspondencia de identificadores",
    "paquete de reglas": "reglas de conteo",
    r"señal(es)?\b": "más que los altibajos habituales",
}
TRANSLATORS = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "gettext_noop",
}


def read_text(path: Path) -> str:
    """What stays of a template when tags, comments, code and attributes are gone; translated literals stay."""
    text = re.sub(
        r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<!--.*?-->", " ", path.read_text(), flags=re.DOTALL
    )
    spoken = re.findall(r"{%\s*trans(?:late)?\s+[\"'](.+?)[\"']", text)
    spoken += re.findall(r"(?:aria-label|title|alt|placeholder)=\"([^\"{]*)\"", text)
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r"{[%{].*?[%}]}", " ", text, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", text) + " ".join(spoken)


def marked_strings(path: Path) -> Iterator[tuple[int, str]]:
    """Strings in Python that a person will read, because they are marked for translation."""
    for node in ast.walk(ast.parse(path.read_text())):
        name = getattr(getattr(node, "func", None), "id", None) or getattr(
            getattr(node, "func", None), "attr", ""
        )
        if isinstance(node, ast.Call) and name in TRANSLATORS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def avoided(text: str, words: Iterable[str] = tuple(SAY_INSTEAD)) -> list[str]:
    return [word for word in words if re.search(rf"\b{word}", text, re.IGNORECASE)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_template_speaks_the_readers_language(path: Path) -> None:
    assert avoided(read_text(path)) == []


def test_strings_in_python_speak_the_readers_language() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} {text}"
        for path in sorted(PACKAGE.glob("**/*.py"))
        for line, text in marked_strings(path)
        if avoided(text)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("locale/**/*.po")), ids=lambda path: path.parts[-3])
def test_a_catalogue_speaks_the_readers_language(path: Path) -> None:
    from babel.messages.pofile import read_po  # noqa: PLC0415  (only this test needs it)

    with path.open("rb") as file:
        spoken = [message.string for message in read_po(file) if message.id]
    texts = [text for string in spoken for text in ((string,) if isinstance(string, str) else string)]
    assert len(texts) > 5
    words = SAY_INSTEAD | (SAY_INSTEAD_IN_SPANISH if "es" in path.parts else {})
    assert [text for text in texts if avoided(text, words)] == []


def test_the_search_for_words_finds_them() -> None:
    assert avoided("Tres filas en cuarentena", SAY_INSTEAD_IN_SPANISH) == ["cuarentena"]
    assert avoided("Three rows in quarantine") == ["quarantin"]
    assert avoided("Three rows were set aside") == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_template_needs_nothing_that_the_security_policy_refuses(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<[^>]*\sstyle=", text), "no style attributes: use a class and a token"
    assert not re.search(r"<[^>]*\son[a-z]+=", text), "no handlers in attributes"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), "nothing from another site"
    assert not re.search(r"hx-on|hx-vals=['\"]js:", text), "htmx runs without eval"
    for script in re.findall(r"<(?:script|style)\b[^>]*>", text):
        assert "nonce" in script or "src=" in script or 'type="application/json"' in script, script
