"""A table from anywhere through a mapping with a field of every kind: delimiters, widths, dates, numbers, codes, ids."""

import gzip
from typing import Any

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import table
from fuzz import promise

# Students, school and test come in the same file, so that nothing is asked of a roster.
MAPPING: dict[str, Any] = {
    "mapping": {"name": "fuzz", "source": "sis", "version": 1},
    "file": {"main": {"pattern": "*", "also_called": {"student": ["Pupil ID"]}, "renamed": {"_2026$": ""}}},
    "pass": [
        {
            "target": "organisations",
            "distinct": True,
            "fields": {"external_id": "school", "name": {"column": "school"}, "kind": {"constant": "school"}},
        },
        {
            "target": "students",
            "distinct": True,
            "fields": {
                "external_id": {"column": "student", "drop_zero_decimal": True},
                "given_name": "name",
                "family_name": {"column": "name", "pattern": r"(\w+)$"},
                "born_on": {"column": "born", "date": ["iso", "%m/%d/%Y", "%d.%m.%Y"]},
                "cohort_year": {"column": "count", "if_wrong": "empty"},
            },
        },
        {
            "target": "assessments",
            "distinct": True,
            "fields": {
                "external_id": {"column": "test", "around": "x/{}"},
                "code": "test",
                "title": {"template": "{test} ({school})"},
            },
        },
        {
            "target": "assessment_results",
            "fields": {
                "student": {"column": "student", "drop_zero_decimal": True},
                "school": "school",
                "assessment": {"column": "test", "around": "x/{}"},
                "school_year": {"find": "on", "begins": "08-01"},
                "on": {"column": "day", "date": ["iso", "%m/%d/%Y", "%d%m%Y"]},
                "score": {"column": "score", "number": "comma"},
                "score_text": "score",
                "standard_error": "error",
                "status": {"column": "status", "values": {"1": "scored", "A": "absent"}, "empty": "scored"},
                "is_proficient": "ok",
            },
            "watch": [{"field": "score", "below": 0, "says": "A score below nothing."}],
        },
        {
            "target": "attendance_events",
            "where": [{"column": "share", "filled": True}],
            "fields": {
                "student": {"column": "student", "drop_zero_decimal": True},
                "school": "school",
                "school_year": {"column": "year"},
                "on": {"column": "count", "days_from": {"column": "born", "date": ["iso"]}},
                "category": {"constant": "excused"},
                "absent_share": {"column": "share", "number": "percent"},
                "code": {"column": "status", "case": "upper"},
            },
        },
        {
            "target": "kept_records",
            "unpivot": {"name": "which", "columns": ["cell"], "groups": {"a": ["score"], "b": ["error"]}},
            "fields": {
                "kind": {"template": "row {which}"},
                "school_year": {"column": "day", "date": ["iso"]},
                "data": {"rest": True},
            },
        },
    ],
}
HEADER = "student,school,name,born,test,day,score,error,status,ok,share,year,count,note"
ROWS = [
    '007,s1,Sam Núñez,2012-03-01,map,2026-03-10,"1.234,5",3.2,1,yes,50 %,2026,4000,a note',
    "8.0,s1,Sol Ash,03/31/2012,map,03/31/2026,210,,A,N,100,2025-26,1,",
    "1.23E+15,s2,Sky,31.02.2012,sat,2031-01-01,1e999,-1,?,maybe,-5%,99-00,99999999999,=1+1",
    "9,s1,A,2012-01-01,map,10032026,,,,,.5,2025/2026,2147483647,x",
]


def seeds() -> list[bytes]:
    text = "\n".join([HEADER, *ROWS]) + "\n"
    return [
        b"\x00" + text.encode(),
        b"\x01" + text.encode(),
        b"\x00" + text.encode("utf-16"),
        b"\x00" + text.encode("cp1252"),
        b"\x00" + text.replace(",", ";").encode(),
        b"\x00" + text.replace(",", "\t").encode(),
        b"\x00" + gzip.compress(text.encode(), mtime=0),
        b"\x00" + text.replace("student", "Pupil ID").replace("\n", "\r\n").encode(),
        b"\x00" + text.replace("day,", "day_2026,", 1).encode(),
        b"\x00"
        + f"{HEADER},note,note__2,_row,_rest,\n{ROWS[0]},1,2,3,4,5\n{ROWS[1]},1\n{ROWS[3]},1,2,3,4,5,6\n\n".encode(),
        b"\x00" + f'{HEADER}\n"{ROWS[1]}\n'.encode(),
        b"\x00" + HEADER.encode(),
        b"\x00",
        b'\x00{"student": "1"}\n',
        b"\x00PAR1",
    ]


def _stage(bench: Workbench) -> None:
    table.stage(bench)


def try_one(data: bytes) -> None:
    promise.keep(
        _stage, {"scores.csv": data[1:]}, strict=bool(data[:1] and data[0] & 1), options={"mapping": MAPPING}
    )
