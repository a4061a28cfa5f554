"""The made-up registers with exact answers: every student and school equals what two other programs found."""

import csv
import gzip
import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from edmeasures import Results, evaluate, rulepacks
from edmeasures.kernel import attendance_days

pytestmark = pytest.mark.samples

PACKS = [
    rulepacks.get(name).adjusted(name, days_without_submission="recorded")
    for name in ("edu-decimal", "us-federal", "england")
]
#: The reference file prints 15 significant digits, the school file 11 places.
PRINTED = 1e-10


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(records: list[dict[str, str]], name: str) -> list[str]:
    return [r[name] for r in records]


def days(records: list[dict[str, str]], name: str) -> list[date]:
    return [date.fromisoformat(r[name]) for r in records]


@pytest.fixture(scope="module")
def us_tables(samples: Path) -> dict[str, pa.Table]:
    enrolments, calendar, absences = (
        rows(samples / "measures" / f"us_{n}.csv.gz") for n in ("enrolments", "calendar", "absences")
    )
    return {
        "organisations": pa.table(
            {
                "organisation_id": ["D", "S1", "S2", "S3"],
                "kind": ["district", "school", "school", "school"],
                "parent_id": [None, "D", "D", "D"],
            }
        ),
        "enrolments": pa.table(
            {
                "student_id": column(enrolments, "student"),
                "school_id": column(enrolments, "school"),
                "school_year": [2026] * len(enrolments),
                "entry_on": days(enrolments, "entry"),
                "exit_on": days(enrolments, "exit"),
            }
        ),
        "calendar_days": pa.table(
            {
                "school_id": column(calendar, "school"),
                "school_year": [2026] * len(calendar),
                "on": days(calendar, "date"),
                "is_instructional": [True] * len(calendar),
            }
        ),
        "attendance_events": pa.table(
            {
                "student_id": column(absences, "student"),
                "school_id": column(absences, "school"),
                "school_year": [2026] * len(absences),
                "on": days(absences, "date"),
                "category": [{"suspension": "other"}.get(t, t) for t in column(absences, "type")],
                "absent_share": [float(f) for f in column(absences, "fraction")],
            }
        ),
    }


@pytest.fixture(scope="module")
def us_results(us_tables: dict[str, pa.Table]) -> Results:
    codes = ["attendance_rate", "average_daily_attendance", "chronic_absence", "severe_chronic_absence"]
    codes += ["unexcused_absence_rate", "average_daily_membership"]
    return evaluate(us_tables, school_year=2026, as_of=date(2026, 6, 30), indicators=codes, rule_packs=PACKS)


def student_rows(
    results: Results, indicator: str, pack: str
) -> dict[tuple[str, str | None], dict[str, object]]:
    table = results.students
    wanted = pc.and_(pc.equal(table["indicator"], indicator), pc.equal(table["rule_pack"], pack))
    return {(r["student_id"], r["school_id"]): r for r in table.filter(wanted).to_pylist()}


def test_days_of_every_student_and_school_are_exact(us_tables: dict[str, pa.Table], samples: Path) -> None:
    expected = rows(samples / "measures" / "us_expected_student_school.csv.gz")
    found = attendance_days(
        us_tables, school_year=2026, as_of=date(2026, 6, 30), rule_pack=PACKS[0]
    ).to_pylist()
    assert len(found) == len(expected) == 1591
    by_key = {(r["student_id"], r["school_id"]): r for r in found}
    for e in expected:
        row = by_key[e["student"], e["school"]]
        assert (row["member_days"], row["absent_days"], row["absent_full_days"]) == (
            int(e["member_days"]),
            float(e["absent_decimal"]),
            int(e["absent_days_fed"]),
        ), e


def test_unexcused_time_of_every_student_and_school_is_exact(us_results: Results, samples: Path) -> None:
    found = student_rows(us_results, "unexcused_absence_rate", PACKS[0].name)
    expected = rows(samples / "measures" / "us_expected_student_school.csv.gz")
    for e in expected:
        assert found[e["student"], e["school"]]["numerator"] == pytest.approx(
            float(e["unexcused_decimal"]), abs=PRINTED
        ), e


@pytest.mark.parametrize(
    ("indicator", "pack", "answer"),
    [
        ("chronic_absence", "edu-decimal", "chronic_decimal"),
        ("chronic_absence", "us-federal", "chronic_fed"),
        ("severe_chronic_absence", "edu-decimal", "severe_decimal"),
    ],
)
def test_flags_of_every_student_and_school_are_exact(
    us_results: Results, samples: Path, indicator: str, pack: str, answer: str
) -> None:
    found = student_rows(us_results, indicator, pack)
    expected = rows(samples / "measures" / "us_expected_student_school.csv.gz")
    flagged = 0
    for e in expected:
        row = found[e["student"], e["school"]]
        assert (row["status"] == "evaluated") == (e["counted"] == "TRUE"), e
        assert bool(row["flag"]) == (e["counted"] == "TRUE" and e[answer] == "TRUE"), e
        flagged += bool(row["flag"])
    assert flagged > 40  # the traps are in the file


def test_schools_and_district_equal_the_stored_answers(us_results: Results, samples: Path) -> None:
    answers = json.loads((samples / "measures" / "expected.json").read_text())["us_attendance"]
    groups = {
        (r["organisation_id"], r["indicator"], r["rule_pack"]): r
        for r in us_results.groups.to_pylist()
        if r["characteristic"] == ""
    }
    for school in answers["school"]:
        at = school["school"]
        rate = groups[at, "attendance_rate", "edu-decimal"]
        assert rate["n_students"] == school["students"]
        assert (rate["denominator"], rate["denominator"] - rate["numerator"]) == (
            school["member_days"],
            school["absent_decimal"],
        )
        assert rate["value"] == pytest.approx(school["attendance_ratio_of_sums"], abs=PRINTED)
        assert rate["mean_of_students"] == pytest.approx(school["attendance_mean_of_students"], abs=PRINTED)
        daily = groups[at, "average_daily_attendance", "edu-decimal"]
        assert daily["denominator"] == school["days_taught"]
        assert daily["value"] == pytest.approx(school["ADA"], abs=1e-9)
        assert daily["average_daily_membership"] == pytest.approx(school["ADM"], abs=1e-9)
        for pack, count, rate_name in (
            ("edu-decimal", "chronic_decimal", "chronic_rate_decimal"),
            ("us-federal", "chronic_fed", "chronic_rate_fed"),
        ):
            chronic = groups[at, "chronic_absence", pack]
            assert (chronic["numerator"], chronic["denominator"]) == (school[count], school["counted"])
            assert chronic["value"] == pytest.approx(school[rate_name], abs=PRINTED)
        assert groups[at, "severe_chronic_absence", "edu-decimal"]["numerator"] == school["severe_decimal"]
    district = answers["district"]
    assert groups["D", "attendance_rate", "edu-decimal"]["n_students"] == district["students"]
    assert groups["D", "attendance_rate", "edu-decimal"]["value"] == pytest.approx(
        district["attendance_ratio_of_sums"], abs=PRINTED
    )
    for pack, count in (("edu-decimal", "chronic_decimal"), ("us-federal", "chronic_fed")):
        chronic = groups["D", "chronic_absence", pack]
        assert (chronic["numerator"], chronic["denominator"]) == (district[count], district["counted"])


def test_a_school_without_submissions_is_unknown_unless_the_counting_rules_say_otherwise(
    us_tables: dict[str, pa.Table],
) -> None:
    found = evaluate(us_tables, school_year=2026, as_of=date(2026, 6, 30), indicators=["attendance_rate"])
    assert set(found.students.column("reason").to_pylist()) == {"source_not_received"}
    assert set(found.groups.column("value").to_pylist()) == {None}


@pytest.fixture(scope="module")
def england(samples: Path) -> tuple[Results, list[dict[str, str]]]:
    registers = rows(samples / "measures" / "england_registers.csv.gz")
    first = date(2025, 9, 1)
    marks: dict[str, list[object]] = {
        name: [] for name in ("student_id", "school_id", "on", "session", "code")
    }
    length = 0
    for register in registers:
        codes = register["marks"].split(",")
        length = max(length, len(codes))
        for i, code in enumerate(codes):
            day, half = divmod(i, 2)
            for name, value in (
                ("student_id", register["pupil"]),
                ("school_id", register["school"]),
                ("on", first + timedelta(days=day // 5 * 7 + day % 5)),
                ("session", half + 1),
                ("code", code),
            ):
                marks[name].append(value)
    taught = [first + timedelta(days=d // 5 * 7 + d % 5) for d in range((length + 1) // 2)]
    schools = sorted({r["school"] for r in registers})
    on = {"school_id": [s for s in schools for _ in taught], "on": taught * len(schools)}
    year = [2026] * len(on["on"])
    tables = {
        "enrolments": pa.table(
            {
                "student_id": column(registers, "pupil"),
                "school_id": column(registers, "school"),
                "school_year": [2026] * len(registers),
                "entry_on": [first] * len(registers),
            }
        ),
        "calendar_days": pa.table(on | {"school_year": year, "is_instructional": [True] * len(year)}),
        "attendance_submissions": pa.table(on | {"school_year": year}),
        "attendance_marks": pa.table(marks | {"school_year": [2026] * len(marks["on"])}),
    }
    codes = ["attendance_rate", "chronic_absence", "severe_chronic_absence", "average_daily_attendance"]
    codes += ["authorised_absence_rate", "unauthorised_absence_rate"]
    found = evaluate(tables, school_year=2026, as_of=taught[-1], indicators=codes, rule_packs=["england"])
    return found, rows(samples / "measures" / "england_expected_pupil.csv.gz")


def test_every_english_pupil_equals_the_stored_answer(england: tuple[Results, list[dict[str, str]]]) -> None:
    results, expected = england
    persistent = student_rows(results, "chronic_absence", "england")
    severe = student_rows(results, "severe_chronic_absence", "england")
    by_mark = {
        column: student_rows(results, code, "england")
        for column, code in (
            ("authorised", "authorised_absence_rate"),
            ("unauthorised", "unauthorised_absence_rate"),
        )
    }
    assert len(expected) == 800
    for e in expected:
        key = e["pupil"], e["school"]
        row = persistent[key]
        assert (row["numerator"], row["denominator"]) == (int(e["absent"]), int(e["possible"])), e
        assert row["flag"] is (e["persistent"] == "TRUE"), e
        assert severe[key]["flag"] is (e["severe"] == "TRUE"), e
        for mark in ("authorised", "unauthorised"):
            assert by_mark[mark][key]["numerator"] == int(e[mark]), (mark, e)


def test_english_schools_equal_the_stored_answers(
    england: tuple[Results, list[dict[str, str]]], samples: Path
) -> None:
    answers = json.loads((samples / "measures" / "expected.json").read_text())["england_attendance"]
    groups = {
        (r["organisation_id"], r["indicator"]): r
        for r in england[0].groups.to_pylist()
        if r["characteristic"] == ""
    }
    for school in answers:
        at = school["school"]
        assert groups[at, "attendance_rate"]["n_students"] == school["pupils"]
        assert 100 * (1 - groups[at, "attendance_rate"]["value"]) == pytest.approx(
            school["overall_rate"], abs=1e-9
        )
        for code in ("authorised", "unauthorised"):
            assert 100 * groups[at, f"{code}_absence_rate"]["value"] == pytest.approx(
                school[f"{code}_rate"], abs=1e-9
            )
        assert 100 * groups[at, "chronic_absence"]["value"] == pytest.approx(
            school["persistent_pct"], abs=1e-9
        )
        assert 100 * groups[at, "severe_chronic_absence"]["value"] == pytest.approx(
            school["severe_pct"], abs=1e-9
        )


def test_our_register_codes_mean_what_the_official_list_says(samples: Path) -> None:
    with (samples / "interop" / "uk" / "dfe_attendance_codes_2024.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        official = list(csv.DictReader(file))
    ours = {code.code: code.kind for code in rulepacks.get("england").register_codes}
    assert set(ours) == {row["code"] for row in official}
    for row in official:
        if row["counts_as_possible_session"] == "false":
            kind = "not_possible"
        elif row["counts_as_attendance"] == "true":
            kind = "attended"
        else:
            kind = "authorised" if row["authorised"] == "true" else "unauthorised"
        assert ours[row["code"]] == kind, row
