"""What a row says beside the standard is written as PostgreSQL writes it: an unchanged row is known by one look at the text."""

import json
from pathlib import Path

import duckdb
import pytest
from django.db import connection

import packages
from crescendo.imports.sources.oneroster import places, values
from crescendo.roster.models import Student

pytestmark = pytest.mark.django_db(transaction=True)

EXTRA = ["metadata.language", "house", "metadata.bus route", "Größe", "metadata.house"]  # two of one name
CELLS = [
    (None, None, None, None, None, None, None),
    ("07", "Kim", None, None, None, None, None),
    ("07", None, "es", None, None, "1,5 m", "not this one"),
    (None, 'says "A\\B"', "Français 😀", "Blue", "12\tNorth", None, None),
]


def test_it_is_written_as_postgresql_writes_it() -> None:
    db = duckdb.connect()
    db.execute(
        "CREATE TABLE came (grades VARCHAR, phone VARCHAR, "
        + ", ".join(f'"{one}" VARCHAR' for one in EXTRA)
        + ")"
    )
    db.executemany("INSERT INTO came VALUES (?, ?, ?, ?, ?, ?, ?)", CELLS)
    rows = db.execute(
        f"SELECT {places.metadata('phone', 'grades')} FROM (SELECT *, {values._metadata(EXTRA)} AS _metadata FROM came)"
    ).fetchall()
    with connection.cursor() as cursor:
        for (written,), (grades, phone, language, house, bus, size, _same_name) in zip(
            rows, CELLS, strict=True
        ):
            expected = {
                "grades": grades,
                "phone": phone,
                "language": language,
                "house": house,
                "bus route": bus,
                "Größe": size,
            }
            cursor.execute("SELECT %s::jsonb::text", [written])
            assert written == cursor.fetchone()[0]
            assert json.loads(written) == {key: value for key, value in expected.items() if value is not None}


def test_a_column_that_has_the_name_of_one_of_ours_does_not_displace_it(tmp_path: Path) -> None:
    rows = packages.district()
    rows["users"][0] |= {"metadata.grades": "tenth", "metadata.bus": "B 12"}
    package = packages.write(tmp_path, rows)
    packages.bring_in(package)
    sam = Student.objects.get(given_name="Sam")
    assert (sam.metadata["grades"], sam.metadata["bus"]) == ("09", "B 12")
    again = packages.totals(packages.bring_in(packages.write(tmp_path, rows)))
    assert again["users.csv"][1] == 0
