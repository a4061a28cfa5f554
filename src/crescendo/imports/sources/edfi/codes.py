"""Descriptors in our words: the shipped lists and the site's own, as one DuckDB table, and what to say of the others."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from crescendo.imports.bench import Workbench, text
from crescendo.imports.findings import NOTICE, ROW

Lists = dict[str, dict[str, Any]]


@cache
def shipped() -> Lists:
    """The lists of `codes.toml`."""
    return tomllib.loads((Path(__file__).parent / "codes.toml").read_text())


def load(bench: Workbench) -> None:
    """`codes` (list, theirs, ours): a list's values in lower case, and those of the site over those shipped."""
    lists = {name: {key.lower(): value for key, value in known.items()} for name, known in shipped().items()}
    for name, known in bench.settings.get("codes", {}).items():
        lists.setdefault(name, {}).update({key.lower(): value for key, value in known.items()})
    rows = [(name, theirs, _written(ours)) for name, known in lists.items() for theirs, ours in known.items()]
    bench.db.execute("CREATE TABLE codes (list VARCHAR, theirs VARCHAR, ours VARCHAR)")
    bench.db.executemany("INSERT INTO codes VALUES (?, ?, ?)", rows)
    # A descriptor's code value stands behind the #; a bare value is one already.
    bench.db.execute(
        "CREATE MACRO code_value(uri) AS nullif(trim(regexp_replace(uri, '^uri://[^#]*#', '')), '')"
    )
    bench.db.execute(
        """CREATE MACRO mapped(kind, uri) AS coalesce(
            (SELECT any_value(ours) FROM codes WHERE list = kind AND theirs = lower(trim(uri))),
            (SELECT any_value(ours) FROM codes WHERE list = kind AND theirs = lower(code_value(uri))))"""
    )


def _written(ours: Any) -> str:
    if isinstance(ours, bool):
        return str(ours).lower()
    return json.dumps(ours) if isinstance(ours, list) else str(ours)


def report_unmapped(
    bench: Workbench, rows: str, kind: str, uri: str, *, column: str, sets_aside: bool
) -> None:
    """Say which values of a descriptor nobody mapped. Rows come from a relation with file and _row."""
    unknown = f"{uri} IS NOT NULL AND mapped({text(kind)}, {uri}) IS NULL"
    found = bench.db.execute(
        f"SELECT file, code_value({uri}) AS value, count(*), min(_row) FROM {rows} WHERE {unknown} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for file, value, number, row in found:
        bench.find("value.unmapped", ROW if sets_aside else NOTICE, file=file, row=row, column=column, count=number,
                   expected=f"a code value of the list '{kind}', such as {_examples(kind)}",
                   what_to_do=f"Add '{str(value)[:60]}' to the list '{kind}' in the settings of this source."
                   + ("" if sets_aside else " Until then it is kept as it came and counts for nothing."))  # fmt: skip
    if found and sets_aside:
        bench.db.execute(
            f"INSERT INTO set_aside SELECT file, _row, 'value.unmapped', {text(column)}, code_value({uri}) FROM {rows} WHERE {unknown}"
        )


def report_foreign(bench: Workbench, rows: str, kind: str, uri: str, *, column: str) -> None:
    """A state's or vendor's own descriptor was taken for Ed-Fi's of the same code value: said, since it is a suggestion."""
    found = bench.db.execute(
        f"""SELECT file, split_part({uri}, '/', 3) AS owner, count(*), min(_row) FROM {rows}
            WHERE {uri} LIKE 'uri://%' AND {uri} NOT LIKE 'uri://ed-fi.org/%' AND mapped({text(kind)}, {uri}) IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM codes WHERE list = {text(kind)} AND theirs = lower({uri})) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    for file, owner, number, row in found:
        bench.notice("value.foreign_namespace", file=file, row=row, column=column, count=number, expected="a descriptor of ed-fi.org",
                     what_to_do=f"Descriptors of {owner[:60]} were read as Ed-Fi's of the same name. "
                     f"If that is wrong, map them in the list '{kind}' of this source.")  # fmt: skip


def _examples(kind: str) -> str:
    return ", ".join(list(shipped().get(kind, {}))[:3])
