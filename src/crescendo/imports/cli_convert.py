"""`crescendo convert`: what a mapping makes of a file, without a site, Django, or anything else that is slow to start."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

PURPOSE = (
    "Turn a vendor's file into plain records by its mapping: JSON lines, a file for each kind. Needs no site."
)
EPILOG = """\
  crescendo convert map_growth.csv --mapping map-growth --out records
  crescendo convert marks.csv --mapping marks.toml --out records

What cannot be used stands in set-aside.jsonl, cell by cell, with what to do. The folder then holds records of
children: keep it as carefully as the file. Ends with 0, or with 1 where the file cannot be read by this mapping.
"""


def main(arguments: Sequence[str]) -> int:
    """Convert as the words after `crescendo convert` say, and say what was made. Returns the exit code."""
    asked = _parser().parse_args(arguments)
    from .sources.table.converting import SET_ASIDE, convert  # noqa: PLC0415  (DuckDB and Arrow: not for --help)
    from .sources.table.mapping import load_mapping, parse_answers, with_answers  # noqa: PLC0415
    from .sources.table.received import Unreadable  # noqa: PLC0415
    from .sources.table.shapes import MappingError  # noqa: PLC0415

    os.umask(0o077)  # also in a folder that was there before, the records are their owner's alone
    # Today where the command runs: without a site there is no school's clock.
    today = datetime.now().astimezone().date()
    try:
        mapping = with_answers(load_mapping(asked.mapping), parse_answers(asked.given))
        made = convert(asked.path, mapping, asked.out, on=today)
    except (MappingError, Unreadable) as problem:
        print(problem, file=sys.stderr)
        return 1
    for one in made.passes:
        aside = f", {_counted(one.set_aside, 'row')} set aside" if one.set_aside else ""
        print(f"{one.file}: {_counted(one.records, 'record')}{aside}")
    if made.torn:
        print(_counted(made.torn, "torn row"))
    if made.left:
        print(f"{_counted(made.left, 'row')} left out by the mapping's own conditions")
    if (asked.out / SET_ASIDE).stat().st_size:
        print(f"What is wrong, cell by cell, and what to do: {asked.out / SET_ASIDE}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="crescendo convert",
        description=PURPOSE,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "path",
        type=_existing,
        help="an Excel, CSV, TSV, JSON-lines (also .gz) or Parquet file, or a folder of them",
    )
    parser.add_argument(
        "--mapping", required=True, help="a mapping that came with Crescendo, or a TOML or JSON file"
    )
    parser.add_argument(
        "--out", required=True, type=Path, help="the folder for the records; made if it is not there"
    )
    parser.add_argument(
        "--given",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what the file does not say and its mapping asks: test_day=2025-05-09",
    )
    return parser


def _existing(path: str) -> Path:
    if not Path(path).exists():
        raise argparse.ArgumentTypeError(f"there is no file or folder '{path}'")
    return Path(path)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
