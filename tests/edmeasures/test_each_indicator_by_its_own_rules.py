"""Every indicator by its own counting rules in one evaluation: the rows are those of one evaluation for each."""

from datetime import date

import pyarrow as pa

from edmeasures import Results, evaluate, synth
from edmeasures.tables import TABLES

AS_OF = date(2026, 1, 16)
RULES = {
    "attendance_rate": ("us-federal",),
    "chronic_absence": ("edu-decimal", "england"),
    "severe_chronic_absence": ("england", "us-federal"),
}


def rows(table: pa.Table) -> dict[tuple, tuple]:
    texts = [f.name for f in table.schema if pa.types.is_string(f.type) or f.name.endswith(("_id", "_on"))]
    numbers = [name for name in table.column_names if name not in texts]
    found = {}
    for row in table.to_pylist():
        told = tuple(round(row[n], 9) if isinstance(row[n], float) else row[n] for n in numbers)
        found[tuple(row[n] for n in texts)] = told
    assert len(found) == table.num_rows
    return found


def test_one_evaluation_gives_the_rows_of_one_for_each_indicator() -> None:
    tables = {k: v for k, v in synth.generate(students=200, seed=5).tables.items() if k in TABLES}

    def asked(codes: list[str], packs: object) -> Results:
        return evaluate(tables, school_year=2026, as_of=AS_OF, indicators=codes, rule_packs=packs, threads=1)

    together = asked(list(RULES), RULES)
    alone = [asked([code], packs) for code, packs in RULES.items()]
    for name in ("students", "groups", "series", "parts"):
        expected = {key: row for one in alone for key, row in rows(getattr(one, name)).items()}
        assert expected
        assert rows(getattr(together, name)) == expected
