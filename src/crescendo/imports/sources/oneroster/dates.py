"""Dates in a CSV file: ISO first; day or month first only where the source says so or the column proves it."""

from crescendo.imports.bench import Workbench, quoted

ISO = r"'^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?$'"
PARTS = r"'^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$'"
FORMATS = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}


def value(name: str, order: str = "") -> str:
    """SQL for a cell as a date, or NULL."""
    iso = f"try_cast(replace(left({name}, 10), '/', '-') AS DATE)"
    plain = f"CASE WHEN regexp_matches({name}, {ISO}) THEN {iso} END"
    if not order:
        return plain
    other = f"try_strptime(regexp_replace({name}, '[.-]', '/', 'g'), '{FORMATS[order]}')::DATE"
    return f"coalesce({plain}, {other})"


def find_orders(bench: Workbench, relation: str, columns: list[str]) -> dict[str, str]:
    """Per column, whether day or month comes first. Without a setting or a value over 12 it is not known."""
    if not columns:
        return {}
    said = bench.settings.get("date_order", "")
    asked = ", ".join(f"count(*) FILTER (regexp_matches({quoted(name)}, {PARTS}))" for name in columns)
    counts = bench.db.execute(f"SELECT {asked} FROM {relation}").fetchone()
    orders = {}
    for name, count in zip(columns, counts, strict=True):
        if not count:
            continue
        if said in FORMATS:
            orders[name] = said
            continue
        first, second = bench.db.execute(
            f"""SELECT max(regexp_extract({quoted(name)}, {PARTS}, 1)::INTEGER), max(regexp_extract({quoted(name)}, {PARTS}, 2)::INTEGER)
                FROM {relation} WHERE regexp_matches({quoted(name)}, {PARTS})"""
        ).fetchone()
        if (first > 12) != (second > 12):
            orders[name] = "dmy" if first > 12 else "mdy"
    return orders
