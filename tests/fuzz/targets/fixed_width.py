"""Lines of fixed width: cut by the layout of the line's length; every line is a row, read or set aside."""

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import table
from fuzz import promise
from fuzz.targets.tables import MAPPING

COLUMNS = {
    "student": [1, 4],
    "school": [5, 6],
    "name": [7, 12],
    "born": [13, 22],
    "test": [23, 25],
    "day": [26, 35],
    "score": [36, 39],
    "error": [40, 41],
    "status": [42, 42],
    "ok": [43, 43],
    "share": [44, 46],
    "year": [47, 50],
    "count": [51, 54],
}
LAYOUTS = {
    "file": {
        "main": {
            "layouts": {
                "2026": {"line_length": 54, "columns": COLUMNS},
                "2025": {"line_length": 50, "columns": {**COLUMNS, "count": [47, 50]}},
            }
        }
    }
}
LINE = "0007s1Sam   2012-03-01map2026-03-10 210 31y 50202640 0"


def seeds() -> list[bytes]:
    accents = LINE.replace("Sam   ", "Núñez ")
    return [
        f"{LINE}\n{LINE.replace('0007', '0008')}\n".encode(),
        f"{accents}\r\n{LINE[:50]}\n\n{LINE}x\n".encode(),
        accents.encode("cp1252"),
        f"{LINE[:50]}\n".encode(),
        f"{LINE[:20]}\x0c{LINE[21:]}\n".encode(),
        f"{LINE[:20]}\x1c{LINE[21:]}\n".encode(),
        LINE.encode("utf-16"),
        b"short\n",
    ]


def _stage(bench: Workbench) -> None:
    table.stage(bench)


def try_one(data: bytes) -> None:
    promise.keep(_stage, {"scores.txt": data}, options={"mapping": MAPPING | LAYOUTS})
