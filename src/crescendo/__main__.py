"""The `crescendo` command, also as `python -m crescendo`."""

import sys


def main() -> None:
    """Run a verb. `convert` goes past Typer, which takes longer to start than most files to be converted."""
    if sys.argv[1:2] == ["convert"]:
        from crescendo.imports import cli_convert  # noqa: PLC0415

        sys.exit(cli_convert.main(sys.argv[2:]))
    from crescendo.cli import app  # noqa: PLC0415

    app(prog_name="crescendo")


if __name__ == "__main__":
    main()
