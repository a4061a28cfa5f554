"""`make fuzz`: libFuzzer, steered by which lines of ours an input reaches (atheris), over every parser in turn.

    python -m fuzz --seconds 3600 [--only csv_files tables]

Each target gets the same share of the time, in a process of its own. What breaks a promise is written to the folder
`findings` (mend the parser, and put the case, made by code, into the parser's own tests); what reaches new lines is kept
in `corpus`, so that the next hour begins where this one ended. Both lie in CRESCENDO_DATA/fuzz.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

MOST_MEGABYTES = 2_000
MOST_SECONDS_FOR_ONE = 25
MOST_BYTES = 20_000
COUNTED = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
STOPPED_AT = re.compile(r"^#(\d+)\s", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=3600, help="over all targets together")
    parser.add_argument("--only", nargs="*", default=[], help="names of targets")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given, rest = parser.parse_known_args()
    if given.one:
        _run_one(given.one, rest)
        return 0
    return _run_all(given.only or _names(), given.seconds)


def _names() -> list[str]:
    return sorted(path.stem for path in (Path(__file__).parent / "targets").glob("[a-z]*.py"))


def _folder() -> Path:
    return Path(os.environ.get("CRESCENDO_DATA", "var/test")).resolve() / "fuzz"


def _run_all(names: list[str], seconds: int) -> int:
    broken, executions = [], 0
    for name in names:
        share = max(seconds // len(names), 1)
        runs, crashes = _run_target(name, share)
        executions += runs
        broken += [name] * crashes
        print(f"{name}: {runs} executions in {share} s, {crashes} crashes", flush=True)
    print(
        f"{executions} executions in {seconds} s over {len(names)} parsers, {len(broken)} crashes", flush=True
    )
    return 1 if broken else 0


def _run_target(name: str, seconds: int) -> tuple[int, int]:
    """Begins again after each crash, until the time is over: one shallow fault must not hide the deep ones."""
    ends, runs, crashes = time.monotonic() + seconds, 0, 0
    corpus, findings = _folder() / "corpus" / name, _folder() / "findings" / name
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    while (left := int(ends - time.monotonic())) > 0 or not runs:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "fuzz",
                "--one",
                name,
                str(corpus),
                f"-max_total_time={max(left, 1)}",
                f"-artifact_prefix={findings}/",
                f"-rss_limit_mb={MOST_MEGABYTES}",
                f"-timeout={MOST_SECONDS_FOR_ONE}",
                f"-max_len={MOST_BYTES}",
                "-print_final_stats=1",
                "-verbosity=1",
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        said = done.stdout + done.stderr
        found = COUNTED.findall(said) or STOPPED_AT.findall(said)
        runs += int(found[-1]) if found else 0
        if done.returncode:
            crashes += 1
            (findings / f"said-{time.time_ns()}.txt").write_text(said[-20_000:])
            print(f"{name}: {_what(said)}", flush=True)
        if not found:
            break  # it did not even begin
    return runs, crashes


def _what(said: str) -> str:
    """The exception, and the last line of ours on its way."""
    error = (
        re.findall(r"Uncaught Python exception: ===\n(.+)", said)
        or re.findall(r"ERROR: (.+)", said)
        or [said[-300:]]
    )
    ours = re.findall(r"File \".*?(src/crescendo/\S+)\", line (\d+)", said)
    return f"{error[-1][:300]} at {':'.join(ours[-1]) if ours else 'no line of ours'}"


def _run_one(name: str, arguments: list[str]) -> None:
    import atheris  # noqa: PLC0415  (installed by `make fuzz` alone)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crescendo.settings_for_tests")
    # Nothing here asks a database: an address at which none is keeps the embedded one from starting.
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    with atheris.instrument_imports(include=["crescendo.imports", "zipfile", "csv", "json.decoder"]):
        import django  # noqa: PLC0415

        django.setup()
        from fuzz import promise, targets  # noqa: PLC0415

        target = targets.find(name)
    corpus = Path(arguments[0])
    for position, seed in enumerate(target.seeds()):
        (corpus / f"seed-{position}").write_bytes(seed)
    with promise.quickly():
        atheris.Setup([f"fuzz-{name}", *arguments], lambda data: target.try_one(bytes(data)))
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
