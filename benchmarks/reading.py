"""The yardstick: reading the same bytes once. `python -m benchmarks.reading FOLDER [--parse]`.

Plain reading copies every byte into memory and does nothing with it. With --parse the CSV files become Arrow columns,
which is the least that any import has to do.
"""

import sys
from pathlib import Path

BLOCK = 1 << 20


def read_bytes(files: list[Path]) -> int:
    """Read every byte once; how many there were."""
    total = 0
    for path in files:
        with path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                total += len(block)
    return total


def parse(files: list[Path]) -> int:
    """Parse every CSV into text columns, a block at a time; how many rows there were."""
    import pyarrow as pa  # noqa: PLC0415  plain reading shall not pay for it
    import pyarrow.csv as arrow_csv  # noqa: PLC0415

    rows = 0
    for path in files:
        with path.open(encoding="utf-8") as file:
            header = file.readline().rstrip("\n").split(",")
        # Text, not guessed: a column that is empty for a block and a number in the next would end the reading.
        as_text = arrow_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()))
        for batch in arrow_csv.open_csv(path, convert_options=as_text):
            rows += batch.num_rows
    return rows


def main(arguments: list[str]) -> None:
    files = sorted(Path(arguments[0]).rglob("*.csv"))
    counted = parse(files) if "--parse" in arguments else read_bytes(files)
    sys.stdout.write(f"{counted}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
