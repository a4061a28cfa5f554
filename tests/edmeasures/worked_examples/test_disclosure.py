"""S21, S22 and S23 of the worked examples: ranges by size, coded ends, complementary suppression."""

from fractions import Fraction

import pytest

from edmeasures.disclosure import Cells, audit, coded_share, ed_range, lay_out, suppress, suppress_cells

FOUR = {"A": 25, "B": 14, "C": 6, "D": 3}


@pytest.mark.parametrize(
    ("n", "share", "shown"),
    [
        (4, 0.5, "S"),
        (12, 0.58, ">=50%"),
        (25, 0.63, "60-79%"),
        (45, 0.84, "80-89%"),
        (200, 0.92, "90-94%"),
        (400, 0.924, "92%"),
    ],
)
def test_s21_the_smaller_the_group_the_wider_the_range(n: int, share: float, shown: str) -> None:
    assert ed_range(share, n) == shown


def test_s21_ranges_meet_without_overlap() -> None:
    shown = [ed_range(Fraction(p, 100), 45) for p in range(101)]
    runs = [s for i, s in enumerate(shown) if i == 0 or shown[i - 1] != s]
    assert runs == [
        "<=10%", "11-19%", "20-29%", "30-39%", "40-49%", "50-59%", "60-69%", "70-79%", "80-89%", ">=90%",
    ]  # fmt: skip


@pytest.mark.parametrize(("n", "ranges"), [(5, 1), (6, 2), (16, 5), (31, 10), (61, 20), (301, 99)])
def test_s21_each_tier_begins_at_its_number_of_students(n: int, ranges: int) -> None:
    """Six students have halves, sixteen have twenty points and so on; one fewer has the tier before."""
    shown = {ed_range(Fraction(p, 1000), n) for p in range(1001)}
    assert len(shown) == ranges
    before = {ed_range(Fraction(p, 1000), n - 1) for p in range(1001)}
    assert len(before) < len(shown) or n == 5


def test_s21_a_large_group_has_coded_ends() -> None:
    assert [ed_range(share, 400) for share in (0.0, 0.01, 0.99, 1.0)] == ["<=1%", "<=1%", ">=99%", ">=99%"]


@pytest.mark.parametrize(
    ("n", "share", "shown"),
    [(350, 0.994, ">=99%"), (150, 0.015, "<=2%"), (60, 0.97, ">=95%"), (9, 0.5, "N<10")],
)
def test_s22_both_ends_are_coded(n: int, share: float, shown: str) -> None:
    assert coded_share(share, n) == shown


def test_s23_the_next_smallest_cell_is_hidden_too() -> None:
    cells = lay_out([{"group": g, "n_students": n} for g, n in {**FOUR, "all": 48}.items()], {"group": "all"})
    found = suppress_cells(cells, minimum=10)
    assert found.printed() == {("A",): "25", ("B",): "*", ("C",): "*", ("D",): "*", ("all",): "48"}
    assert dict(zip(cells.keys, found.reasons, strict=True))[("B",)] == "complementary"
    assert found.is_optimal
    assert found.proof.is_safe
    assert suppress(FOUR) == {"A": "", "B": "complementary", "C": "primary", "D": "primary"}


def test_s23_the_two_small_cells_alone_are_told_by_their_sum() -> None:
    """48 - 39 = 9 for both, itself below 10."""
    cells = Cells.of({**FOUR, "all": 48}, [("all", "ABCD")])
    found = audit(cells, ["C", "D"], minimum=10)
    assert found.exposed == ("C", "D")
    assert found.upper.tolist() == [9, 9]
    assert audit(cells, ["B", "C", "D"], minimum=10).upper.tolist() == [23, 23, 23]
