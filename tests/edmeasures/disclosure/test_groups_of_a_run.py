"""What a measurement run publishes of its groups, against a reader with linear programs of their own."""

import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import optimize

from edmeasures.disclosure import Cells, Policy, protect
from edmeasures.disclosure.exchanges import Exchanges
from edmeasures.rollup import GROUPS

MINIMUM = 10
#: district 1; schools 2, 3 and 4 of area 5, school 6 of area 7
PARENTS = {1: None, 5: 1, 7: 1, 2: 5, 3: 5, 4: 5, 6: 7}
ORGANISATIONS = pa.table(
    {"organisation_id": [*PARENTS], "parent_id": pa.array([*PARENTS.values()], pa.int64())}
)
#: Of coded ends (`coded_share`): points at either end and the students they tell of.
TOLD_BY = {1: (300, np.inf), 2: (100, 299), 5: (40, 99), 10: (20, 39), 20: (10, 19)}


def rows_of(students: dict[tuple[int, str, str], tuple[int, float]]) -> list[dict]:
    """Students by (school, sex, grade) counted for everyone, by sex and by grade, at every level."""
    counted: dict[tuple[int, str, str], list[int]] = {}
    for (school, sex, grade), (n, share) in students.items():
        place: int | None = school
        while place is not None:
            for key in ((place, "", ""), (place, "sex", sex), (place, "grade_level", grade)):
                if key[1] and not key[2]:
                    continue  # nobody wrote it down: counted in the whole alone
                found = counted.setdefault(key, [0, 0])
                found[0], found[1] = found[0] + n, found[1] + round(n * share)
            place = PARENTS[place]
    base = dict.fromkeys(GROUPS.names) | {"indicator": "chronic_absence", "rule_pack": "us-federal"}
    return [
        base
        | {"organisation_id": place, "characteristic": kind, "group_value": value, "numerator": float(k)}
        | {"denominator": float(n), "n_students": n, "n_flagged": k, "value": k / n, "status": "evaluated"}
        for (place, kind, value), (n, k) in counted.items()
        if n
    ]


def told(row: dict) -> tuple[float, float]:
    """What one published row says of its number of students."""
    if row["n_students"] is not None:
        return row["n_students"], row["n_students"]
    if row["suppressed"] == "primary":
        return 1, MINIMUM - 1
    if row["suppressed"]:
        return MINIMUM, np.inf
    end = int(row["shown"].strip("<=>%"))
    return TOLD_BY[min(end, 100 - end)]


def mark_alone(row: dict) -> tuple[float, float]:
    """The same where every group of ten and more is a mark too."""
    return (1, MINIMUM - 1) if row["suppressed"] == "primary" else (MINIMUM, np.inf)


def narrowest(
    published: list[dict], counts: list[int], told: Callable[[dict], tuple[float, float]] = told
) -> list[tuple[int, float, float]]:
    """Each small group's position with the least and the most that every sum, mark and range leave it, by SciPy."""
    at = {(r["organisation_id"], r["characteristic"], r["group_value"]): i for i, r in enumerate(published)}
    families: dict[tuple, list[int]] = {}
    for (place, kind, value), i in at.items():
        if kind:
            families.setdefault((place, "", "", kind), []).append(i)
        if (parent := PARENTS[place]) is not None:
            families.setdefault((parent, kind, value, "places"), []).append(i)
    bounds, lines = [told(row) for row in published], []
    for (*whole, _), parts in families.items():
        line = dict.fromkeys(parts, 1.0) | {at[tuple(whole)]: -1.0}
        if counts[at[tuple(whole)]] > sum(counts[i] for i in parts):
            line[len(bounds)] = 1.0
            bounds.append((0, np.inf))
        lines.append(line)
    equations = np.zeros((len(lines), len(bounds)))
    for r, line in enumerate(lines):
        equations[r, list(line)] = list(line.values())
    found = []
    for i, n in enumerate(counts):
        if 0 < n < MINIMUM:
            ends = []
            for sign in (1.0, -1.0):
                aim = np.zeros(len(bounds))
                aim[i] = sign
                answer = optimize.linprog(aim, A_eq=equations, b_eq=np.zeros(len(lines)), bounds=bounds)
                assert answer.status == 0, answer.message
                ends.append(sign * answer.fun)
            found.append((i, *ends))
    return found


cells = st.tuples(
    st.sampled_from([2, 3, 4, 6]), st.sampled_from(["F", "M", ""]), st.sampled_from(["05", "06", "07"])
)
counts_and_shares = st.tuples(
    st.one_of(st.integers(1, 12), st.integers(1, 70)), st.sampled_from([0.0, 0.02, 0.2, 0.5, 0.9, 1.0])
)


def assert_nothing_follows(students: dict[tuple[int, str, str], tuple[int, float]]) -> None:
    rows = rows_of(students)
    published = protect(pa.Table.from_pylist(rows), ORGANISATIONS).to_pylist()
    counts = [row["n_students"] for row in rows]
    marked = {i: ends for i, *ends in narrowest(published, counts, mark_alone)}
    for i, least, most in narrowest(published, counts):
        assert published[i]["n_students"] is None
        if (least, most) != (pytest.approx(1, abs=1e-6), pytest.approx(MINIMUM - 1, abs=1e-6)):
            assert [least, most] == pytest.approx(marked[i], abs=1e-6), published[i]


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(cells, counts_and_shares, min_size=1, max_size=14))
@example({(2, "F", "05"): (6, 0.2), (2, "M", "05"): (12, 0.2), (3, "M", "05"): (30, 0.2)})
@example({(2, "F", "05"): (30, 0.2), (2, "M", "05"): (27, 0.2), (2, "", "05"): (3, 0.2)})
def test_a_small_group_of_a_run_can_be_any_number_below_the_minimum(students: dict) -> None:
    """Groups by two characteristics, schools of areas of a district, and the whole: from 1 to 9 stays possible, or all that
    would be possible if every other number were a mark."""
    assert_nothing_follows(students)


@pytest.mark.long
@settings(max_examples=400, deadline=None)
@given(st.dictionaries(cells, counts_and_shares, min_size=1, max_size=30))
def test_a_small_group_of_many_runs_can_be_any_number_below_the_minimum(students: dict) -> None:
    assert_nothing_follows(students)


def test_who_is_in_no_group_is_a_group_too() -> None:
    """30 girls and 27 boys of 60: the three whose sex nobody wrote down are not told."""
    students = {(2, "F", "05"): (30, 0.2), (2, "M", "05"): (27, 0.2), (2, "", "05"): (3, 0.2)}
    rows = rows_of(students)
    found = protect(pa.Table.from_pylist(rows), ORGANISATIONS).to_pylist()
    shown = {r["group_value"]: r["n_students"] for r in found if r["organisation_id"] == 2}
    assert (shown["F"], shown["M"]) == (30, None)


def test_a_range_that_tells_how_many_there_are_is_no_room() -> None:
    """Six beside twelve whose share is written ">=80%", which ten to nineteen students have: of eighteen together the six
    could be eight at most. One more group is hidden, and they can be nine."""
    base = dict.fromkeys(GROUPS.names) | {"indicator": "chronic_absence", "rule_pack": "us-federal"}
    groups = {"": (66, 0.4), "A": (6, 0.5), "B": (12, 1.0), "C": (20, 0.4), "D": (28, 0.2)}
    rows = [
        base
        | {
            "organisation_id": 2,
            "characteristic": "programme" if name else "",
            "group_value": name,
            "n_students": n,
        }
        | {"numerator": n * share, "denominator": float(n), "value": share}
        for name, (n, share) in groups.items()
    ]
    found = protect(pa.Table.from_pylist(rows)).to_pylist()
    assert {r["group_value"]: r["suppressed"] for r in found} == {
        "": "", "A": "primary", "B": "", "C": "complementary", "D": "",
    }  # fmt: skip


def test_students_who_count_in_two_groups_make_no_sum() -> None:
    """Languages of which a child may have two: parts above their whole are no equation, and what is small is hidden."""
    base = dict.fromkeys(GROUPS.names) | {"indicator": "chronic_absence", "rule_pack": "us-federal"}
    groups = {"": 40, "en": 38, "es": 20, "ar": 4}
    rows = [
        base
        | {
            "organisation_id": 2,
            "characteristic": "language" if name else "",
            "group_value": name,
            "n_students": n,
        }
        | {"numerator": n * 0.5, "denominator": float(n), "value": 0.5}
        for name, n in groups.items()
    ]
    found = protect(pa.Table.from_pylist(rows), policy=Policy(style="exact")).to_pylist()
    assert [r["n_students"] for r in found] == [40, 38, None, None]


def test_what_follows_from_the_marks_alone_hides_no_totals() -> None:
    """Nine of one group in a district, at four schools: each mark "fewer than ten" bounds the others, whatever else is hidden.
    To hide more for it would hide everything and protect nobody."""
    few = {2: 2, 3: 3, 4: 1, 6: 3}
    students = {(school, "X", "05"): (n, 0.5) for school, n in few.items()}
    students |= {
        (s, sex, g): (30 + 3 * s, 0.3) for s in few for sex in ("F", "M") for g in ("05", "06", "07")
    }
    rows = rows_of(students)
    found = protect(pa.Table.from_pylist(rows), ORGANISATIONS).to_pylist()
    assert_nothing_follows(students)
    # Each place with such a group hides the boys or the girls beside it, and no other row.
    assert {r["suppressed"] for r in found if not r["characteristic"]} == {""}
    assert {r["suppressed"] for r in found if r["characteristic"] == "grade_level"} == {""}
    assert sum(r["suppressed"] == "complementary" for r in found) == 7


def test_a_proof_by_exchange_is_a_table_that_keeps_every_sum() -> None:
    """Two rows, two columns, hidden all: a corner grows by 4 while its neighbours shrink; by 7 one of them has no room."""
    counts = {(r, c): n for (r, c), n in np.ndenumerate(np.array([[3, 6], [5, 40]]))}
    counts |= {("all", 0): 8, ("all", 1): 46, (0, "all"): 9, (1, "all"): 45}
    sums = [(("all", c), [(0, c), (1, c)]) for c in (0, 1)] + [((r, "all"), [(r, 0), (r, 1)]) for r in (0, 1)]
    table = Cells.of(counts, sums)
    inner = [k for k in table.keys if "all" not in k]
    down = [float(counts[k]) if k in inner else 0.0 for k in table.keys]
    up = [np.inf if k in inner else 0.0 for k in table.keys]
    exchanges = Exchanges(table, down, up)
    corner = table.index((0, 0))
    assert exchanges.allow((corner, 1, 4.0))
    assert not exchanges.allow((corner, 1, 7.0))
    assert not exchanges.allow((table.index((0, "all")), 1, 1.0))


def district(n_schools: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """One measure of a district: schools by sex, origin and grade, a tenth of the groups small."""
    rng = np.random.default_rng(seed)
    base = dict.fromkeys(GROUPS.names) | {"indicator": "chronic_absence", "rule_pack": "us-federal"}
    totals: dict[tuple[int, str, str], list[int]] = {}
    for school in range(2, n_schools + 2):
        n, rate = int(rng.integers(200, 1300)), rng.beta(2, 8)
        for kind, weights in (
            ("sex", (49, 50, 1)),
            ("origin", (40, 25, 20, 10, 3, 1.5, 0.5)),
            ("grade", (1,) * 6),
        ):
            mix = rng.dirichlet(np.array(weights) * 30 / sum(weights))
            for g, k in enumerate(rng.multinomial(n, mix)):
                totals[(school, kind, f"{g}")] = [int(k), int(rng.binomial(k, rate))]
        totals[(school, "", "")] = [n, sum(totals[(school, "grade", f"{g}")][1] for g in range(6))]
    for (_, kind, value), (n, k) in [*totals.items()]:
        above = totals.setdefault((1, kind, value), [0, 0])
        above[0], above[1] = above[0] + n, above[1] + k
    rows = [
        base
        | {"organisation_id": place, "characteristic": kind, "group_value": value, "n_students": n}
        | {"numerator": float(k), "denominator": float(n), "value": k / n}
        for (place, kind, value), (n, k) in totals.items()
        if n
    ]
    parents = pa.array([None, *[1] * n_schools], pa.int64())
    return pa.Table.from_pylist(rows), pa.table(
        {"organisation_id": range(1, n_schools + 2), "parent_id": parents}
    )


@pytest.mark.long
def test_a_measure_of_a_district_of_a_hundred_thousand_is_proven_in_a_second_or_two() -> None:
    groups, organisations = district(130, 1)
    start = time.process_time()
    protect(groups, organisations)
    assert time.process_time() - start < 2
