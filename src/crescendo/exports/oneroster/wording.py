"""Values of ours as the standard writes them, as DuckDB SQL."""

from collections.abc import Iterable

from crescendo.imports.bench import text

from .desk import Desk


def enumerated(value: str, allowed: Iterable[str]) -> str:
    """A value of the standard's list; any other as `ext:` and the characters that may follow it."""
    listed = ", ".join(text(one) for one in allowed)
    plain = f"regexp_replace(regexp_replace({value}, '^ext:', ''), '[^A-Za-z0-9._-]+', '-', 'g')"
    return f"CASE WHEN {value} IN ({listed}) THEN {value} WHEN coalesce({value}, '') <> '' THEN 'ext:' || {plain} END"


def number(value: str) -> str:
    """A number without an exponent and without needless zeros, that reads back as the same one."""
    whole = f"{value} = round({value}) AND abs({value}) < 1e15"
    small = f"rtrim(rtrim(format('{{:.24f}}', {value}), '0'), '.')"
    plain = f"CASE WHEN contains({value}::VARCHAR, 'e') THEN {small} ELSE {value}::VARCHAR END"
    return f"CASE WHEN isfinite({value}) THEN CASE WHEN {whole} THEN {value}::BIGINT::VARCHAR ELSE {plain} END END"


def extras(desk: Desk, relation: str, known: Iterable[str], alias: str) -> list[str]:
    """What the source sent beside the standard's columns: columns `metadata.<name>`."""
    found = desk.db.execute(
        f"SELECT DISTINCT unnest(json_keys(metadata)) FROM {relation} WHERE metadata <> '{{}}'"
    ).fetchall()
    names = sorted({name for (name,) in found} - {*known, "dateLastModified"})
    return [
        f'json_extract_string({alias}.metadata, {text("$." + _path(name))}) AS "metadata.{name.replace(chr(34), "")}"'
        for name in names
        if name.strip()
    ]


def _path(name: str) -> str:
    return '"' + name.replace('"', '\\"') + '"'
