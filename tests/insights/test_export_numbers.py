"""Numbers taken along: what the file says, what it means, and that it gives nobody away."""

import csv
import io
import json
import zipfile
from collections import defaultdict

import numpy as np
import pytest
from published import add_group_value, make_run

from cast import AT, Cast
from crescendo.accounts.models import AuditEntry
from crescendo.core.spreadsheets import neutral_cell
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.protection import with_protection
from crescendo.insights import exports
from crescendo.roster.models import Organisation
from edmeasures import evaluate, synth
from edmeasures.tables import TABLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast: Cast) -> MeasurementRun:
    run = make_run(at=AT)
    open_ = {"numerator": 93.5, "denominator": 100.0, "value": 0.935, "n_students": 40, "n_not_evaluated": 2}
    add_group_value(run, cast.lincoln.pk, **open_)
    add_group_value(run, cast.lincoln.pk, **open_ | {"rule_pack": "england", "value": 0.8, "numerator": 80.0})
    small = {"is_suppressed": True, "n_students": 3, "numerator": 27.0, "denominator": 31.0, "value": 27 / 31}
    add_group_value(run, cast.lincoln.pk, **small | {"characteristic": "grade_level", "group_value": "07"})
    add_group_value(run, cast.monroe.pk, **small)
    z_score = {"indicator": "mean_z_score", "value": -0.25, "numerator": -10.0, "denominator": 40.0}
    add_group_value(run, cast.lincoln.pk, **z_score | {"lower": -0.5, "upper": 0.0, "n_students": 40})
    return run


def fetch(client, cast: Cast, name: str, address: str, **query: str):
    client.force_login(cast.users[name])
    return client.get(address, query)


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def one(cast: Cast, form: str = "csv") -> str:
    return f"/numbers/places/{cast.lincoln.pk}/attendance_rate.{form}"


def test_a_row_carries_its_number_unrounded_and_everything_it_was_made_by(client, cast, run) -> None:
    row = next(
        r for r in rows_of(fetch(client, cast, "priya", one(cast))) if r["counting_rules"] == "us-federal"
    )
    assert list(row) == [name for name, _kind, _meaning in exports.COLUMNS]
    assert {
        "organisation": "Lincoln School", "numerator": "93.5", "denominator": "100.0", "n": "40", "value": "0.935",
        "lower": "0.9", "upper": "0.95", "status": "evaluated", "reason": "", "as_of": "2026-03-10",
        "run": str(run.pk), "snapshot": run.snapshot_id, "not_evaluated": "2", "characteristic": "", "group": "",
    }.items() <= row.items()  # fmt: skip
    assert row["definition_version"].endswith("/2026-11-22")


def test_the_plain_csv_begins_with_a_byte_order_mark_and_the_one_in_the_zip_does_not(
    client, cast, run
) -> None:
    plain = fetch(client, cast, "priya", one(cast)).content
    assert plain.startswith(b"\xef\xbb\xbforganisation_id,")
    archive = zipfile.ZipFile(io.BytesIO(fetch(client, cast, "priya", one(cast, "zip")).content))
    assert archive.namelist() == ["numbers.csv", "numbers.csv-metadata.json"]
    assert archive.read("numbers.csv") == plain.removeprefix(b"\xef\xbb\xbf")


def test_the_description_names_every_column_and_defines_the_measure(client, cast, run) -> None:
    archive = zipfile.ZipFile(io.BytesIO(fetch(client, cast, "priya", one(cast, "zip")).content))
    said = json.loads(archive.read("numbers.csv-metadata.json"))
    assert said["@context"][0] == "http://www.w3.org/ns/csvw"
    assert said["url"] == "numbers.csv"
    head = archive.read("numbers.csv").decode().splitlines()[0]
    assert ",".join(column["name"] for column in said["tableSchema"]["columns"]) == head
    kinds = [note["kind"] for note in said["notes"]]
    assert kinds == ["definition", "counting rules", "counting rules", "measurement"]
    assert said["notes"][0]["numerator"] == "recorded days of membership attended"
    counting = {note["counting_rules"]: note["parameters"]["counting"] for note in said["notes"][1:3]}
    assert counting == {"us-federal": "full_day", "england": "sessions"}
    assert said["notes"][-1]["snapshot"] == run.snapshot_id


def test_the_description_is_english_for_a_reader_of_spanish_too(client, cast, run) -> None:
    def notes(name: str) -> list[dict]:
        archive = zipfile.ZipFile(io.BytesIO(fetch(client, cast, name, one(cast, "zip")).content))
        return json.loads(archive.read("numbers.csv-metadata.json"))["notes"]

    assert notes("fay") == notes("gus")


def test_a_negative_number_stays_a_number(client, cast, run) -> None:
    address = f"/numbers/places/{cast.lincoln.pk}/mean_z_score.csv"
    (row,) = rows_of(fetch(client, cast, "priya", address))
    assert (row["value"], row["lower"]) == ("-0.25", "-0.5")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_begins_like_a_formula_does_not_run(client, cast, run, start) -> None:
    Organisation.objects.filter(pk=cast.lincoln.pk).update(name=f"{start}HYPERLINK(0)")
    row = rows_of(fetch(client, cast, "priya", one(cast)))[0]
    assert row["organisation"] == f"'{start}HYPERLINK(0)"
    assert neutral_cell("Lincoln") == "Lincoln"


def test_a_name_with_commas_quotes_and_lines_is_read_back(client, cast, run) -> None:
    name = 'St. "Ana", Núñez\nSchool'
    Organisation.objects.filter(pk=cast.lincoln.pk).update(name=name)
    assert rows_of(fetch(client, cast, "priya", one(cast)))[0]["organisation"] == name


def test_a_district_takes_its_schools_along_and_a_school_only_itself(client, cast, run) -> None:
    ids = {str(cast.lincoln.pk), str(cast.monroe.pk)}
    district = rows_of(fetch(client, cast, "dina", f"/numbers/places/{cast.district.pk}.csv"))
    assert {row["organisation_id"] for row in district} == ids
    school = rows_of(fetch(client, cast, "priya", f"/numbers/places/{cast.lincoln.pk}.csv"))
    assert {row["organisation_id"] for row in school} == {str(cast.lincoln.pk)}
    assert {row["indicator"] for row in school} == {"attendance_rate", "mean_z_score"}


def test_small_groups_are_in_the_file_of_whoever_may_see_the_students_and_in_nobody_elses(
    client, cast, run
) -> None:
    def small(name: str, **query: str) -> dict[str, str]:
        return next(r for r in rows_of(fetch(client, cast, name, one(cast), **query)) if r["group"] == "07")

    assert small("priya")["n"] == "3"
    for hidden in (small("gus"), small("ivo"), small("fay"), small("priya", hand_on="yes")):
        empty = ("numerator", "denominator", "n", "not_evaluated", "value", "lower", "upper", "shown")
        assert [hidden[name] for name in empty] == [""] * len(empty)
        assert hidden["reason"] == "suppressed"


def test_the_description_says_whether_it_may_be_handed_on(client, cast, run) -> None:
    def rights(name: str, **query: str) -> str:
        response = fetch(client, cast, name, one(cast, "zip"), **query)
        return json.loads(zipfile.ZipFile(io.BytesIO(response.content)).read(exports.DESCRIPTION_NAME))[
            "dc:rights"
        ]

    assert "Do not hand it on" in rights("priya")
    assert "Fit to hand on" in rights("priya", hand_on="yes")
    assert "Fit to hand on" in rights("gus")


def test_every_download_leaves_a_line(client, cast, run) -> None:
    fetch(client, cast, "gus", one(cast))
    fetch(client, cast, "priya", one(cast, "zip"))
    entries = AuditEntry.objects.filter(verb="numbers.exported").order_by("pk")
    assert [(e.by_id, e.detail["small_groups"], e.detail["form"]) for e in entries] == [
        (cast.users["gus"].pk, False, "csv"),
        (cast.users["priya"].pk, True, "zip"),
    ]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("otto", "/numbers/places/{lincoln}/attendance_rate.csv"),
        ("priya", "/numbers/places/{monroe}.csv"),
        ("hana", "/numbers/places/{lincoln}.zip"),
        ("bryn", "/numbers/places/{lincoln}.csv"),
        ("priya", "/numbers/places/{lincoln}.xls"),
        ("priya", "/numbers/places/{lincoln}/happiness.csv"),
        ("priya", "/numbers/places/999999.csv"),
    ],
)
def test_other_peoples_numbers_and_unknown_ones_are_not_found(client, cast, run, name, address) -> None:
    address = address.format(lincoln=cast.lincoln.pk, monroe=cast.monroe.pk)
    assert fetch(client, cast, name, address).status_code == 404
    assert not AuditEntry.objects.filter(verb="numbers.exported").exists()


def test_nothing_measured_is_nothing_to_take_along(client, cast) -> None:
    assert fetch(client, cast, "priya", one(cast)).status_code == 404


def published_district(cast: Cast) -> dict[int, int]:
    """A made-up district's real groups, protected as a measurement protects them. Says how many students each has."""
    made = synth.generate(students=300, seed=3).tables
    tables = {name: table for name, table in made.items() if name in TABLES}
    kinds = ("race_ethnicity", "english_learner", "disability", "low_income")
    groups = evaluate(
        tables,
        school_year=2026,
        as_of=synth.DEMO_TODAY,
        indicators=["chronic_absence"],
        characteristics=kinds,
        threads=1,
    ).groups
    place_of = {}
    for row in tables["organisations"].to_pylist():
        if row["kind"] == "school":
            school = Organisation.objects.create(kind="school", name=row["name"], parent=cast.district)
            place_of[row["organisation_id"]] = school.pk
        else:
            place_of[row["organisation_id"]] = cast.district.pk
    run, truth = make_run(at=AT), {}
    protected = with_protection(groups, tables["organisations"])
    kept = ("indicator", "rule_pack", "characteristic", "group_value", "numerator", "denominator", "n_students",
            "n_flagged", "n_not_evaluated", "value", "lower", "upper", "status", "reason", "is_suppressed", "shown")  # fmt: skip
    for row in protected.to_pylist():
        place = place_of[row["organisation_id"]]
        add_group_value(run, place, **{name: row[name] for name in kept})
        truth[(str(place), row["characteristic"], row["group_value"])] = row["n_students"]
    return truth


def test_what_is_hidden_cannot_be_worked_out_from_the_file(client, cast) -> None:
    """Every sum a reader can write down (groups make a place, places make the district) leaves each small group open.

    A hidden count is found out where it alone solves those equations: where its unit vector lies in their row space.
    """
    truth = published_district(cast)
    rows = rows_of(fetch(client, cast, "gus", f"/numbers/places/{cast.district.pk}.csv"))
    cells = {(r["organisation_id"], r["characteristic"], r["group"]): r["n"] for r in rows}
    assert cells.keys() == truth.keys()
    unknown = [cell for cell, n in cells.items() if n == ""]
    small = [cell for cell in unknown if 0 < truth[cell] < 10]
    assert len(small) > 10  # otherwise this test would say nothing
    assert {cell for cell, n in truth.items() if 0 < n < 10} == set(small)

    district = str(cast.district.pk)
    families: dict[tuple[str, ...], list[tuple[str, str, str]]] = defaultdict(list)
    for place, characteristic, group in cells:
        if characteristic:
            families[(place, "", "", characteristic)].append((place, characteristic, group))
        if place != district:
            families[(district, characteristic, group, "places")].append((place, characteristic, group))
    equations = np.zeros((len(families), len(unknown)))
    column = {cell: number for number, cell in enumerate(unknown)}
    for line, (whole, members) in enumerate(families.items()):
        for cell, sign in [(whole[:3], -1.0), *((member, 1.0) for member in members)]:
            if cell in column:
                equations[line, column[cell]] += sign
    rank = np.linalg.matrix_rank(equations)
    for cell in small:
        unit = np.zeros(len(unknown))
        unit[column[cell]] = 1.0
        assert np.linalg.matrix_rank(np.vstack([equations, unit])) > rank, cell
