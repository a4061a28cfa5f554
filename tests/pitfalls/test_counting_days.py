"""Pitfalls of counting days (`data-pitfalls.md`), each by its number: drawn facts that a reader can count.

North taught twenty days, 2 to 27 March. Of several cases each is a student, so that one evaluation answers them all.
"""

from edmeasures import rulepacks
from edmeasures.rulepacks.pack import Threshold
from pitfalls.drawn import FIRST, Row, away, counts, enrolled, measure, school, tables

FEDERAL, DECIMAL = rulepacks.get("us-federal"), rulepacks.get("edu-decimal")
TAUGHT = [day.isoformat() for day in tables(**school())["calendar_days"].column("on").to_pylist()]

SPELLS = {
    "once": [("2026-03-02", "-")],
    "twice": [("2026-03-02", "-"), ("2026-03-02", "-")],
    "one within the other": [("2026-03-02", "-"), ("2026-03-09", "2026-03-13")],
    "overlapping": [("2026-03-02", "2026-03-13"), ("2026-03-11", "-")],
    "a chain": [("2026-03-02", "2026-03-13"), ("2026-03-13", "2026-03-20"), ("2026-03-18", "-")],
}


def test_p12_overlapping_and_doubled_spells_count_each_day_once() -> None:
    rows = [enrolled(who, *spell) for who, spells in SPELLS.items() for spell in spells]
    facts = {**school(), "attendance_events": [away(who, "2026-03-12") for who in SPELLS]}
    for enrolments in (rows, rows[::-1]):  # whatever the order of the rows
        found = measure({"enrolments": enrolments, **facts}, "attendance_rate")
        assert counts(found, "attendance_rate") == dict.fromkeys(SPELLS, (19, 20))


def test_p14_whether_the_day_of_exit_is_a_day_of_membership_is_said_by_the_counting_rules() -> None:
    """Ada leaves on the tenth day, Ben on the day he came: he was there for a day, or never."""
    facts = {"enrolments": [enrolled("Ada", FIRST, "2026-03-13"), enrolled("Ben", FIRST, FIRST)], **school(),
             "attendance_events": [away("Ada", "2026-03-13"), away("Ada", "2026-03-04")]}  # fmt: skip
    found = {
        exit_day: counts(
            measure(facts, "attendance_rate", packs=[FEDERAL.adjusted(exit_day, exit_day=exit_day)]),
            "attendance_rate",
        )
        for exit_day in ("last_day", "day_after")
    }
    assert found == {"last_day": {"Ada": (8, 10), "Ben": (1, 1)}, "day_after": {"Ada": (8, 9)}}


def test_p15_an_entry_before_the_first_day_counts_from_the_first_day() -> None:
    entries = {
        "2017-08-21": 20,  # frozen for nine years
        "2025-07-01": 20,  # in the summer
        "2026-02-28": 20,  # the Saturday before
        "2026-03-16": 10,
        "2026-03-14": 10,  # a weekend in between
    }
    facts = {"enrolments": [enrolled(day, day) for day in entries], **school(), "attendance_events": [away("x", FIRST)]}  # fmt: skip
    found = counts(measure(facts, "attendance_rate"), "attendance_rate")
    assert found == {day: (possible, possible) for day, possible in entries.items()}


def test_p23_a_register_that_was_not_taken_is_not_presence() -> None:
    """North sent three of its days, South none, West all. Nobody has an absence that counts: Ada's waits for its day."""
    facts: dict[str, list[Row]] = {
        "enrolments": [enrolled("Ada"), enrolled("Ben", at="South"), enrolled("Cid", at="West")],
        "attendance_events": [away("Ada", "2026-03-05")],
    }
    _add(facts, school(sent="2026-03-02 to 2026-03-04"), school(sent="", name="South"), school(name="West"))
    found = measure(facts, "attendance_rate", "recorded_share")
    rows = [row for row in found.students.to_pylist() if row["indicator"] == "attendance_rate"]
    rates = {row["student_id"]: row for row in rows if row["school_id"]}
    assert (rates["Ada"]["numerator"], rates["Ada"]["denominator"]) == (3, 3)
    assert (rates["Ben"]["value"], rates["Ben"]["reason"]) == (None, "source_not_received")
    assert (rates["Cid"]["numerator"], rates["Cid"]["denominator"]) == (20, 20)
    shares = {row["organisation_id"]: row["value"] for row in found.groups.to_pylist()
              if row["indicator"] == "recorded_share" and not row["characteristic"]}  # fmt: skip
    assert shares == {"North": 3 / 20, "South": 0.0, "West": 1.0}


def test_p27_an_event_without_school_or_outside_the_spell_counts_for_nobody_and_is_published() -> None:
    """Of Ada's four absences one counts: the others are a Saturday, after she left, and before the calendar begins."""
    facts = {"enrolments": [enrolled("Ada", FIRST, "2026-03-13")], **school(),
             "attendance_events": [away("Ada", on) for on in ("2026-03-03", "2026-03-07", "2026-03-25", "2026-02-20")]}  # fmt: skip
    found = measure(facts, "attendance_rate", "stray_absences")
    assert counts(found, "attendance_rate") == {"Ada": (9, 10)}
    assert counts(found, "stray_absences") == {"Ada": (3, 4)}


#: Shares missed on the first days of twenty: chronic where the line belongs to chronic absence, and where it does not.
LINES = {
    "90.00 %": (["1", "1"], True, False),
    "just above": (["1", "0.9999"], False, False),
    "just below": (["1", "1", "0.0001"], True, True),
    "twenty tenths": (["0.1"] * 20, True, False),  # two days, in whole parts and not in floating point
    "0 %": (["1"] * 20, True, True),
    "100 %": (["0"], False, False),
}


def test_p28_exactly_ninety_per_cent_belongs_where_the_counting_rules_say() -> None:
    events = [away(who, on, share) for who, (shares, *_) in LINES.items() for on, share in zip(TAUGHT, shares, strict=False)]  # fmt: skip
    facts = {"enrolments": [enrolled(who) for who in LINES], **school(), "attendance_events": events}
    packs = [
        DECIMAL.adjusted(boundary, chronic=Threshold(10, 100, boundary))
        for boundary in ("at_or_above", "above")
    ]
    flags = {(row["student_id"], row["rule_pack"]): row["flag"]
             for row in measure(facts, "chronic_absence", packs=packs).students.to_pylist() if row["school_id"]}  # fmt: skip
    assert flags == {
        (who, name): said
        for who, (_, owned, not_owned) in LINES.items()
        for name, said in (("at_or_above", owned), ("above", not_owned))
    }


def test_p28_every_rate_from_0_to_100_per_cent_has_one_band() -> None:
    """Satisfactory from 95 %, at risk from 90, chronic from 80, severe below; of twenty days these are 1, 2 and 4."""
    missed = {"0": 1, "1": 1, "2": 2, "3": 3, "4": 3, "5": 4, "20": 4}
    facts = {"enrolments": [enrolled(who) for who in missed], **school(),
             "attendance_events": [away(who, on) for who in missed for on in TAUGHT[: int(who)]]}  # fmt: skip
    found = measure(facts, "attendance_tier", packs=["edu-wh"])
    assert {who: tier for who, (tier, _) in counts(found, "attendance_tier").items()} == missed


def test_p29_who_changes_school_keeps_both_counts_and_each_school_only_its_own() -> None:
    """Ada is away on her last two days at North and her first at South. A run of days is a school's, as its rules say."""
    facts: dict[str, list[Row]] = {
        "enrolments": [enrolled("Ada", FIRST, "2026-03-13"), enrolled("Ada", "2026-03-16", at="South"),
                       *(enrolled("Ben", at=name) for name in ("North",)), enrolled("Cid", at="South")],
        "attendance_events": [away("Ada", "2026-03-12"), away("Ada", "2026-03-13"), away("Ada", "2026-03-16", at="South")],
    }  # fmt: skip
    _add(facts, school(), school(name="South"))
    facts["organisations"] = [
        {"organisation_id": "District", "kind": "district", "parent_id": "-"},
        *({"organisation_id": n, "kind": "school", "parent_id": "District"} for n in ("North", "South")),
    ]
    names = ("attendance_rate", "chronic_absence", "chronic_absence_reported", "absence_streak")
    found = measure(facts, *names, packs=[FEDERAL, DECIMAL])
    of_ada = {(row["indicator"], row["school_id"]): row for row in found.students.to_pylist()
              if row["student_id"] == "Ada" and row["rule_pack"] == "us-federal"}  # fmt: skip
    rates = [of_ada["attendance_rate", where] for where in ("North", "South", None)]
    assert [(row["numerator"], row["denominator"]) for row in rates] == [(8, 10), (9, 10), (17, 20)]
    assert [of_ada["chronic_absence", where]["flag"] for where in ("North", "South", None)] == [True] * 3
    assert [of_ada["absence_streak", where]["value"] for where in ("North", "South", None)] == [2, 1, 2]
    reported = {(row["rule_pack"], row["organisation_id"]): (row["numerator"], row["denominator"])
                for row in found.groups.to_pylist()
                if row["indicator"] == "chronic_absence_reported" and not row["characteristic"]}  # fmt: skip
    # Federal reporting counts who moved at each school; state practice counts the student once.
    assert reported == {
        ("us-federal", "North"): (1, 2), ("us-federal", "South"): (1, 2), ("us-federal", "District"): (2, 4),
        ("edu-decimal", "North"): (1, 2), ("edu-decimal", "South"): (1, 2), ("edu-decimal", "District"): (1, 3),
    }  # fmt: skip


def test_p47_a_week_across_new_year_is_one_week_and_a_year_may_have_53() -> None:
    """2026 has 53 ISO weeks: the last begins on 28 December and holds 1 January."""
    days = "2026-12-14 to 2027-01-15"
    facts = {"enrolments": [enrolled("Ada", "2026-12-14") | {"school_year": "2027"}], "attendance_events": [
        away("Ada", "2026-12-31") | {"school_year": "2027"}, away("Ada", "2027-01-04") | {"school_year": "2027"}]}  # fmt: skip
    for table, rows in school(days, days).items():
        facts[table] = [row | {"school_year": "2027"} for row in rows]
    found = measure(facts, "attendance_rate", as_of="2027-01-15", year=2027)
    weeks = [(row["begins_on"].isoformat(), row["numerator"], row["denominator"])
             for row in found.series.to_pylist() if row["organisation_id"] == "North"]  # fmt: skip
    assert sorted(weeks) == [
        ("2026-12-14", 5, 5), ("2026-12-21", 5, 5), ("2026-12-28", 4, 5), ("2027-01-04", 4, 5), ("2027-01-11", 5, 5),
    ]  # fmt: skip


def _add(facts: dict[str, list[Row]], *schools: dict[str, list[Row]]) -> None:
    for one in schools:
        for table, rows in one.items():
            facts[table] = facts.get(table, []) + rows
