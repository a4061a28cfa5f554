"""The files of the package: the standard's headers in its order, rows by id, and the same bytes for the same rows."""

import zipfile
from pathlib import Path

from crescendo.imports.sources.oneroster.specification import BY_NAME, FILES

from .desk import Desk

VERSION = "1.2"
MADE_AT = (1980, 1, 1, 0, 0, 0)  # a ZIP has to name a time; the hour of the export is in the audit trail
CHUNK_BYTES = 1 << 20
#: What a spreadsheet would run. Such a cell leaves as it is.
FORMULA = "^[=+@\\t\\r-]"


def write(desk: Desk, path: Path) -> dict[str, int]:
    """Write the ZIP beside its place and then into it; how many rows each file has."""
    counts: dict[str, int] = {}
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            written = {name: _write_csv(desk, name) for name in BY_NAME if name in desk.files}
            counts = {name: rows for name, (_, rows) in written.items() if rows}
            archive.writestr(_member("manifest.csv"), _manifest(counts))
            for name in counts:
                _add(archive, name, written[name][0])
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def _write_csv(desk: Desk, name: str) -> tuple[Path, int]:
    target = desk.folder / name
    relation = f"file_{name[:-4]}"
    desk.db.execute(f"CREATE TABLE {relation} AS {desk.files[name]}")
    given = [row[0] for row in desk.db.execute(f"DESCRIBE {relation}").fetchall()]
    standard = [column.name for column in BY_NAME[name].columns_of(VERSION)]
    order = [*standard, *sorted(set(given) - set(standard))]
    cells = ", ".join(
        f"{_cell(column) if column in given else 'NULL'} AS {_quoted(column)}" for column in order
    )
    rows = desk.count(f"FROM {relation}")
    texts = [column for column in given if column not in ("resultValueMin", "resultValueMax", "score")]
    formulas = " OR ".join(f"regexp_matches({_quoted(column)}, '{FORMULA}')" for column in texts)
    desk.change("rows have a cell that a spreadsheet would run: do not open the package in one",
                desk.count(f"FROM {relation} WHERE {formulas}"))  # fmt: skip
    desk.db.execute(
        f"""COPY (SELECT {cells} FROM {relation} ORDER BY "sourcedId") TO '{target}'
            (FORMAT csv, HEADER true, NULLSTR '', DELIMITER ',', QUOTE '"', ESCAPE '"')"""
    )
    desk.db.execute(f"DROP TABLE {relation}")
    return target, rows


def _cell(column: str) -> str:
    """One line, trimmed; empty is nothing."""
    return f"nullif(trim(regexp_replace({_quoted(column)}, '[\\x00-\\x1f]+', ' ', 'g')), '')"


def _manifest(counts: dict[str, int]) -> bytes:
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{VERSION}"]
    lines += [f"file.{file.name[:-4]},{'bulk' if file.name in counts else 'absent'}" for file in FILES]
    lines += ["source.systemName,Crescendo", "source.systemCode,crescendo"]
    return ("\n".join(lines) + "\n").encode()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, MADE_AT)
    member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return member


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    with path.open("rb") as origin, archive.open(_member(name), "w", force_zip64=True) as target:
        while chunk := origin.read(CHUNK_BYTES):
            target.write(chunk)
    path.unlink()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
