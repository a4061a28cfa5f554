"""What stands in the vendors' files: three records or more of each, and the rows that cannot be used.

The records were first taken from our own import. Of ACCESS, Alternate ACCESS, ACT, AP, Beacon, CIRCLE, CMAS, DIBELS,
FastBridge aMath, Fountas and Pinnell, GOLD, IB, ILEARN, KRA, MAP Growth, SAT, SC READY, STAMP, Star Reading and WIN, day,
grade, level, score and error of a record or more were then compared with the raw line by eye (2026-11-22): all agreed.
Those of the other files guard against change, no more. What a file does not say is a convention of its mapping: the day
of AP and SC READY, the number of a named level.

A line of `vendor_records.jsonl` is a file and a record of it. A result: student, assessment, day, school year, grade, status,
score, score as written, standard error, level, proficient. A kept record: student, kind, day, school year, some of its cells.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

RECORDS: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
with Path(__file__).with_suffix(".jsonl").open(encoding="utf-8") as lines:
    for file, *record in map(json.loads, lines):
        RECORDS[f"interop/{file}"].append(tuple(record))

# The same file under another name; and a list of columns, of which nothing is stored.
BEACON = "interop/assessments/Beacon/sample_anonymized_file"
RECORDS[f"{BEACON}.csv"] = RECORDS[f"{BEACON}_24_25.csv"]
RECORDS["interop/sis-exports/contoso-sis/metadata.csv"] = []

# Rows that are set aside, and why.
SET_ASIDE: dict[str, set[tuple[int, str]]] = {
    "interop/assessments/FastBridgeCAT/fake_aMath.csv": {(2, "row.long_ago")},
    "interop/assessments/MAP_Growth/sample_anonymized_file.csv": {(8, "row.ragged_row")},
    "interop/assessments/STAMP/anonymized_sample_file.csv": {(9, "row.unknown_value")},
    "interop/lms/schoology": {(4, "row.ragged_row"), (16, "row.ragged_row")},
}
