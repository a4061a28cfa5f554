"""Passwords are taken out of raw files on arrival, before their bytes are kept: they are never stored."""

import csv
import io
import zipfile
from pathlib import Path, PurePosixPath

MAY_HOLD = ("users.csv", "userprofiles.csv")
LARGEST_BYTES = 1 << 30  # a member that claims more is not opened here; the package rules refuse it later


def scrub(path: Path, name: str, folder: Path) -> Path:
    """The same file without the values of password columns; the very same path where there are none."""
    if zipfile.is_zipfile(path):
        return _scrub_zip(path, folder)
    if PurePosixPath(name).name.lower() not in MAY_HOLD:
        return path
    cleaned = _without_passwords(path.read_bytes())
    if cleaned is None:
        return path
    scrubbed = folder / f"scrubbed-{path.name}"
    scrubbed.write_bytes(cleaned)
    return scrubbed


def _scrub_zip(path: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            cleaned = {}
            for member in archive.infolist():
                suspect = PurePosixPath(member.filename).name.lower() in MAY_HOLD
                if not suspect or member.file_size > LARGEST_BYTES or member.flag_bits & 0x1:
                    continue
                with archive.open(member) as file:
                    content = _without_passwords(file.read(LARGEST_BYTES))
                if content is not None:
                    cleaned[member.filename] = content
            if not cleaned:
                return path
            scrubbed = folder / f"scrubbed-{path.name}"
            with zipfile.ZipFile(scrubbed, "w", zipfile.ZIP_DEFLATED) as copy:
                for member in archive.infolist():
                    copy.writestr(member.filename, cleaned.get(member.filename) or archive.read(member))
            return scrubbed
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, NotImplementedError, ValueError):
        return path  # a damaged archive is refused by the package rules; nothing of it is read


def _without_passwords(content: bytes) -> bytes | None:
    """The CSV with empty password cells, or None where none was filled in."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = content.decode(encoding, errors="replace")
    if "password" not in text[: text.find("\n") + 1 or len(text)].lower():
        return None
    rows = list(csv.reader(io.StringIO(text, newline="")))
    columns = [i for i, cell in enumerate(rows[0]) if "password" in cell.lower()]
    filled = False
    for row in rows[1:]:
        for column in columns:
            if column < len(row) and row[column]:
                row[column], filled = "", True
    if not filled:
        return None
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode(encoding, errors="replace")
