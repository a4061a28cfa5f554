"""What is made once after installing and never committed: the page scripts and the compiled message catalogues.

`python -m crescendo.build` needs no database and no network.
"""

import importlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def compile_catalogues(folder: Path) -> int:
    """Compile every .po below the folder to the .mo beside it; return how many there were."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415  (a developer's tool: not there at run time)
    from babel.messages.pofile import read_po  # noqa: PLC0415

    sources = sorted(folder.rglob("*.po"))
    for source in sources:
        with source.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    return len(sources)


def main() -> None:
    importlib.import_module("crescendo.ui.build").main()
    print(f"compiled {compile_catalogues(PACKAGE)} message catalogues")


if __name__ == "__main__":
    main()
