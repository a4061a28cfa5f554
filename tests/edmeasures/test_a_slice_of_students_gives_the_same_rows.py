"""Live is the same code on a slice (D4): a student measured alone has the rows they have among all."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from edmeasures import Results, catalog, evaluate, synth
from edmeasures.tables import TABLES

KEYS = ("student_id", "school_id", "indicator", "rule_pack")
AS_OF = date(2026, 3, 13)
PACKS = ("us-federal", "england")


def by_key(results: Results, students: set[int]) -> dict[tuple, dict]:
    rows = results.students.to_pylist()
    return {tuple(r[k] for k in KEYS): r for r in rows if r["student_id"] in students}


def test_a_slice_of_students_gives_the_same_rows() -> None:
    tables = {k: v for k, v in synth.generate(students=300, seed=3).tables.items() if k in TABLES}
    whole = evaluate(tables, school_year=2026, as_of=AS_OF, rule_packs=PACKS, threads=1)
    ids = tables["enrolments"].column("student_id").to_pylist()
    moved = next(s for s in ids if ids.count(s) > 1)
    chosen = {moved, ids[0], ids[len(ids) // 2]}
    slice_: dict[str, pa.Table] = {
        name: table.filter(pc.is_in(table["student_id"], pa.array(chosen)))
        if "student_id" in table.column_names
        else table
        for name, table in tables.items()
    }
    alone = evaluate(slice_ | whole.references, school_year=2026, as_of=AS_OF, rule_packs=PACKS, threads=1)
    expected = by_key(whole, chosen)
    found = by_key(alone, chosen)
    assert set(found) == set(expected)
    of_students = {i.code for i in catalog.core() if i.grain == "student"}
    assert len(of_students) == 18  # twenty, less two that belong to organisations
    assert of_students <= {key[2] for key in expected}
    for key, row in expected.items():
        for column, value in row.items():
            got = found[key][column]
            # Sums of doubles run in another order.
            same = abs(got - value) <= 1e-9 if isinstance(value, float) and got is not None else got == value
            assert same, (key, column, value, got)
