"""Protection is a step of its own. It is on unless somebody switches it off, and then it says so."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edmeasures.disclosure import Policy, coded_share, ed_range, protect, suppress
from edmeasures.rollup import GROUPS


def group(organisation: int, n: int, value: float, characteristic: str = "", group_value: str = "") -> dict:
    row = dict.fromkeys(GROUPS.names) | {"organisation_id": organisation, "indicator": "chronic_absence"}
    return row | {
        "rule_pack": "us-federal",
        "characteristic": characteristic,
        "group_value": group_value,
        "numerator": value * n,
        "denominator": float(n),
        "n_students": n,
        "n_flagged": round(value * n),
        "value": value,
        "status": "evaluated",
    }


def table(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(list(rows))


def test_a_hidden_group_cannot_be_had_from_the_total() -> None:
    cells = {"A": 25, "B": 14, "C": 6, "D": 3}
    groups = table(group(1, 48, 0.2), *(group(1, n, 0.2, "programme", name) for name, n in cells.items()))
    found = protect(groups).to_pylist()
    assert {r["group_value"]: r["suppressed"] for r in found[1:]} == {
        "A": "",
        "B": "complementary",
        "C": "primary",
        "D": "primary",
    }
    assert [r["n_students"] for r in found] == [48, 25, None, None, None]
    assert found[2]["value"] is None


def test_a_small_school_cannot_be_had_from_its_district() -> None:
    organisations = pa.table(
        {"organisation_id": [1, 2, 3, 4], "parent_id": pa.array([None, 1, 1, 1], pa.int64())}
    )
    found = protect(
        table(group(1, 107, 0.2), group(2, 60, 0.2), group(3, 40, 0.2), group(4, 7, 0.2)), organisations
    )
    assert found.column("suppressed").to_pylist() == ["", "", "complementary", "primary"]


def test_a_group_shown_as_a_range_cannot_be_had_from_the_exact_rest() -> None:
    """2 of 24 are shown as a range; with 3 of 23, 5 of 22 and 10 of 69 beside it, the range would say nothing."""
    grades = {"06": (23, 3 / 23), "07": (24, 2 / 24), "08": (22, 5 / 22)}
    groups = [group(1, n, value, "grade_level", name) for name, (n, value) in grades.items()]
    whole, *found = protect(table(group(1, 69, 10 / 69), *groups)).to_pylist()
    assert whole["numerator"] is not None
    assert {r["group_value"]: r["shown"] for r in found} == {"06": "13%", "07": "<=10%", "08": "*"}
    assert [r["group_value"] for r in found if r["numerator"] is None] == ["07", "08"]


def test_a_whole_shown_as_a_range_cannot_be_had_from_its_groups() -> None:
    """A coded whole over two exact groups would be their sum."""
    groups = [group(1, 150, 0.03, "programme", "A"), group(1, 150, 0.025, "programme", "B")]
    whole, *found = protect(table(group(1, 300, 0.005), *groups)).to_pylist()
    assert whole["shown"] == "<=1%"
    assert sum(r["numerator"] is None for r in found) >= 1


def test_a_group_that_one_school_alone_has_is_not_told_by_its_district() -> None:
    """At school 2 grade 08 is hidden so that nobody works out grade 06. The district hides grades 05 and 06, so its own
    grade 08, which is school 2's, has to go as well."""
    organisations = pa.table({"organisation_id": [1, 2, 3], "parent_id": pa.array([None, 1, 1], pa.int64())})
    grades = {2: {"06": (23, 2), "07": (24, 3), "08": (22, 3)}, 3: {"04": (45, 9), "05": (23, 2)}}
    groups = [group(2, 69, 8 / 69), group(3, 68, 11 / 68), group(1, 137, 19 / 137)]
    for school, taught in grades.items():
        for grade, (n, k) in taught.items():
            groups += [group(place, n, k / n, "grade_level", grade) for place in (school, 1)]
    rows = protect(table(*groups), organisations).to_pylist()
    found = {(r["organisation_id"], r["group_value"]): r["numerator"] is None for r in rows}
    assert found[(2, "06")]
    assert found[(2, "08")]
    assert found[(1, "08")]


shares = st.sampled_from([0.0, 0.02, 0.2, 0.5, 0.9, 1.0])


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([2, 3, 4]), st.sampled_from(["05", "06", "07", "08"])),
        st.tuples(st.integers(1, 80), shares),
        min_size=1,
    )
)
def test_no_family_with_its_whole_leaves_a_single_number_to_be_worked_out(
    cells: dict[tuple[int, str], tuple[int, float]],
) -> None:
    """A district of up to three schools and four grades, each cell its students and their share."""
    counted: dict[tuple[int, str], list[float]] = {}
    for (school, grade), (n, share) in cells.items():
        for key in ((school, grade), (school, ""), (1, grade), (1, "")):
            counted[key] = [
                a + b for a, b in zip(counted.get(key, [0, 0]), (n, round(n * share)), strict=True)
            ]
    groups = [
        group(place, int(n), k / n, "grade_level" if grade else "", grade)
        for (place, grade), (n, k) in counted.items()
    ]
    organisations = pa.table(
        {"organisation_id": [1, 2, 3, 4], "parent_id": pa.array([None, 1, 1, 1], pa.int64())}
    )
    found = protect(table(*groups), organisations).to_pylist()
    is_open = {(r["organisation_id"], r["group_value"]): r["numerator"] is not None for r in found}
    families = [[(p, g) for p, g in is_open if p == place] for place in (1, 2, 3, 4)]
    families += [[(p, g) for p, g in is_open if g == grade] for grade in ("", "05", "06", "07", "08")]
    for family in families:
        assert sum(not is_open[cell] for cell in family) != 1, (cells, family)


def test_no_count_stands_beside_a_coded_share() -> None:
    (row,) = protect(table(group(1, 60, 0.97))).to_pylist()
    assert row["shown"] == ">=95%"
    assert [row[c] for c in ("numerator", "denominator", "n_students", "n_flagged", "value")] == [None] * 5


def test_switched_off_it_says_so() -> None:
    (row,) = protect(table(group(1, 4, 0.5)), policy=None).to_pylist()
    assert (row["value"], row["protection"]) == (0.5, "none")


def test_a_minimum_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Policy(minimum=0)


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 40), max_size=8),
    st.integers(2, 15),
)
def test_what_is_hidden_together_is_never_one_cell_or_too_few(counts: dict[str, int], minimum: int) -> None:
    found = suppress(counts, minimum)
    hidden = [cell for cell, why in found.items() if why]
    assert all(found[cell] for cell, n in counts.items() if 0 < n < minimum)
    others = [cell for cell, n in counts.items() if n > 0 and not found[cell]]
    if hidden and others:
        assert len(hidden) > 1
        assert sum(counts[cell] for cell in hidden) >= minimum


@given(st.floats(0, 1), st.integers(1, 1000))
def test_a_shown_share_never_names_all_or_none(share: float, n: int) -> None:
    assert ed_range(share, n) not in ("0%", "100%")
    assert coded_share(share, n) not in ("0%", "100%")
