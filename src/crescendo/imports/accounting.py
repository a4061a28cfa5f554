"""Every row of every file is accounted for: read = applied + unchanged + set aside."""

from .bench import Workbench, text
from .planning import Piece

Counts = dict[str, dict[str, int]]


class LostRows(Exception):
    """The pipeline lost a row between two steps. A fault of ours, never of the file: the run fails."""


def count_rows(bench: Workbench, pieces: list[Piece]) -> Counts:
    """Counts per file. Raises LostRows where they do not add up."""
    counts: Counts = {}
    for name, table in bench.tables.items():
        applied, unchanged = _outcomes(bench, pieces, name)
        skipped = bench.skipped.get(name, 0)  # lines that are as they were, and were not read again
        set_aside = bench.db.execute(
            "SELECT count(DISTINCT _row) FROM set_aside WHERE file = ?", [name]
        ).fetchone()[0]
        counts[name] = {
            "read": table.rows + skipped,
            "applied": applied,
            "unchanged": unchanged + skipped,
            "set_aside": set_aside,
        }
        if table.rows != applied + unchanged + set_aside:
            raise LostRows(
                f"{name}: {table.rows} rows read, but {applied} applied, {unchanged} unchanged and {set_aside} set aside."
            )
    return counts


def _outcomes(bench: Workbench, pieces: list[Piece], name: str) -> tuple[int, int]:
    parts = [f"SELECT _row, false AS changed FROM ({sql})" for file, sql in bench.kept_only if file == name]
    parts.append(f"SELECT _row, false FROM twins WHERE file = {text(name)}")
    for piece in pieces:
        if piece.file == name:
            parts.append(f"SELECT _row, _action <> 'same' FROM {piece.relation} WHERE _row IS NOT NULL")
        if name in piece.also:
            row, _ = piece.also[name]
            parts.append(
                f"SELECT {row}, _action = 'create' OR (_action = 'change' AND {row}_changed) "
                f"FROM {piece.relation} WHERE {row} IS NOT NULL"
            )
    aside = f"SELECT _row FROM set_aside WHERE file = {text(name)}"
    handled, changed = bench.db.execute(
        f"""SELECT count(*), count(*) FILTER (changed) FROM
            (SELECT _row, bool_or(changed) AS changed FROM ({" UNION ALL ".join(parts)}) o(_row, changed)
             WHERE _row NOT IN ({aside}) GROUP BY _row)"""
    ).fetchone()
    return changed, handled - changed
