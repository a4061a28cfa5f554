"""The `crescendo` command: quick to start, and each verb plays one part."""

import subprocess
import sys

import pytest


def crescendo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "crescendo", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_help_teaches_and_imports_no_django() -> None:
    done = crescendo("--help")
    assert done.returncode == 0
    for verb in ("demo", "serve", "worker", "migrate", "import", "measure", "doctor"):
        assert verb in done.stdout
    assert "crescendo import oneroster roster.zip --dry-run" in done.stdout
    assert "| django" not in done.stderr.replace("  ", " ")
    assert "psycopg" not in done.stderr


@pytest.mark.parametrize("verb", ["demo", "serve", "worker", "migrate", "import", "measure", "doctor"])
def test_every_verb_explains_itself(verb: str) -> None:
    done = crescendo(verb, "--help")
    assert done.returncode == 0, done.stderr[-500:]
    assert "Usage" in done.stdout


def test_an_unknown_verb_is_refused() -> None:
    done = crescendo("appraise-everyone")
    assert done.returncode == 2
