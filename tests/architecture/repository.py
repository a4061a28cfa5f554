"""What `make check` looks at beside the linters: sizes, licences, names, and what may never be committed.

`python -m tests.architecture.repository` prints every problem and ends with exit code 1 if there is one.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONG, TOO_LONG = 400, 600

# Files over the limit, with the reason. The list may only shrink.
MAY_BE_LONG: dict[str, str] = {
    "src/crescendo/roster/migrations/0001_initial.py": "as Django wrote it; split, a site that has run it could not go on",
    "src/crescendo/plans/migrations/0001_initial.py": "as Django wrote it; split, a site that has run it could not go on",
}

# GPL and AGPL, but not LGPL: as a licence expression, a classifier or a sentence.
GPL = re.compile(r"(?<![Ll])(?:\bA?GPL|GNU (?:Affero )?General Public)", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser General Public|Library General Public", re.IGNORECASE)

# Distributions whose metadata names no licence; somebody read the licence file.
READ_BY_HAND: dict[str, str] = {}

FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "managers", "util", "helper"}
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".lock",
    ".txt",
    ".html",
    ".css",
    ".js",
    ".sql",
    ".yml",
    ".yaml",
    ".cfg",
    ".ini",
    "",
}

# Addresses of package indexes, and places that exist on one machine only. Written so that this file does not match.
INDEX_HOSTS = re.compile(
    r"py" + r"pi\.org|python" + r"hosted\.org|--(?:extra-)?index" + r"-url\b|--find" + r"-links\b"
)


def committed() -> list[Path]:
    """The files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def sizes() -> Iterator[tuple[bool, str]]:
    """Files over 400 lines are told, files over 600 are refused. Of migrations, which are generated, only the latter."""
    for path in committed():
        name = str(path.relative_to(ROOT))
        if path.suffix not in {".py", ".html", ".css", ".js", ".sql"}:
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > TOO_LONG and name not in MAY_BE_LONG:
            yield (
                True,
                f"{name} has {lines} lines; the limit is {TOO_LONG}. Make it a folder of the same name.",
            )
        elif lines > LONG and name not in MAY_BE_LONG and "migrations" not in path.parts:
            yield False, f"{name} has {lines} lines; split it when you next change it (over {LONG})."
    for name in MAY_BE_LONG:
        if (
            not (ROOT / name).is_file()
            or len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= TOO_LONG
        ):
            yield True, f"{name} no longer needs its place in MAY_BE_LONG. Take it out."


def names() -> Iterator[tuple[bool, str]]:
    """No module whose name says nothing."""
    for path in committed():
        if path.suffix == ".py" and (
            path.stem in FORBIDDEN_NAMES or FORBIDDEN_NAMES & set(path.relative_to(ROOT).parts)
        ):
            yield True, f"{path.relative_to(ROOT)}: name the module for what it does."


def addresses() -> Iterator[tuple[bool, str]]:
    """No index address in any file: where packages come from is the machine's business."""
    for path in committed():
        if path.suffix not in TEXT or path.name in {"repository.py", "Makefile"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if INDEX_HOSTS.search(line):
                yield True, f"{path.relative_to(ROOT)}:{number} names a package index."


def licence_of(distribution: metadata.Distribution) -> str:
    """Everything the distribution says about its licence, in one line."""
    said = distribution.metadata
    parts = [said.get("License-Expression") or "", (said.get("License") or "").split("\n")[0]]
    parts += [line for line in said.get_all("Classifier") or [] if line.startswith("License ::")]
    return "; ".join(part for part in parts if part)


def runtime_distributions() -> Iterator[metadata.Distribution]:
    """The product and everything it pulls in at run time; developers' tools are not among them."""
    from packaging.requirements import Requirement  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    waiting, seen = [("crescendo-epm", frozenset[str]())], set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        distribution = metadata.distribution(name)
        yield distribution
        for text in distribution.requires or []:
            requirement = Requirement(text)
            environments = [{"extra": extra} for extra in extras or {""}]
            if requirement.marker is None or any(requirement.marker.evaluate(e) for e in environments):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))


def licences() -> Iterator[tuple[bool, str]]:
    """No GPL at run time; a licence that nobody states has to be read by a person."""
    for distribution in runtime_distributions():
        name = distribution.metadata["Name"]
        said = licence_of(distribution) or READ_BY_HAND.get(name.lower(), "")
        if not said:
            yield True, f"{name} states no licence. Read it, and write it down in READ_BY_HAND."
        elif GPL.search(LESSER.sub("", said)):
            yield True, f"{name} is '{said}': no GPL at run time."


def problems() -> Iterator[tuple[bool, str]]:
    """Every finding; True: the check fails, False: a word of warning."""
    for look in (sizes, names, addresses, licences):
        yield from look()


if __name__ == "__main__":
    found = sorted(set(problems()))
    for fails, sentence in found:
        print(("error: " if fails else "note:  ") + sentence)
    sys.exit(any(fails for fails, _ in found))
