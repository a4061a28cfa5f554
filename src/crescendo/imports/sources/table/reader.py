"""Bytes to a table of text. Every cell stays as it was written; what cannot be read is said with its row.

Rows are numbered as a spreadsheet shows them: the header is row 1, blank lines count. (A Parquet file has no header;
its records are numbered from 1.)
"""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from crescendo.imports.csv_reading import LOOK_BYTES, is_plain, may_have_blanks

from . import documents, sheets
from .received import ROW, Flaw, Received, Unreadable, header_names
from .shapes import FileSpec
from .workbook_sizes import MOST_RATIO, RATIO_COUNTS_FROM

LARGEST = (
    4 * 2**30
)  # bytes after unpacking: more than any table a school sends, less than a small server's disk
DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
_SNIFFED_BYTES = 256 * 1024
_WHICH_ROW = "Say in the mapping which row does, or take away what stands above it."


def read_file(path: Path, spec: FileSpec, file: str) -> Received:
    """Read a file into text columns, its columns under the mapping's names. `file` is what the sender called it.

    CSV, TSV, fixed width and JSON lines (each plain or gzip), Excel workbooks, Parquet.
    """
    return _with_our_names(_read(path, spec, file), spec)


def _with_our_names(received: Received, spec: FileSpec) -> Received:
    """Columns that other years or versions of a file call something else, or write with other capitals and blanks."""
    renamed: dict[str, str] = {}
    for pattern, name in spec.renamed:
        changed = {column: re.sub(pattern, name, column) for column in received.columns}
        taken = Counter(changed.values())
        renamed |= {old: new for old, new in changed.items() if old != new and taken[new] == 1}
    by_letters = {_letters(renamed.get(column, column)): column for column in received.columns}
    has = {renamed.get(column, column) for column in received.columns}
    for ours, others in spec.also_called:
        if ours in has:
            continue
        found = next(
            (by_letters[_letters(one)] for one in (ours, *others) if _letters(one) in by_letters), None
        )
        if found is not None and renamed.get(found, found) not in dict(spec.also_called):
            renamed[found] = ours
    if not renamed:
        return received
    columns = tuple(renamed.get(column, column) for column in received.columns)
    table = received.table.rename_columns([ROW, *columns])
    return replace(
        received, columns=columns, table=table, called={ours: theirs for theirs, ours in renamed.items()}
    )


def _letters(column: str) -> str:
    return " ".join(column.casefold().split())


def _read(path: Path, spec: FileSpec, file: str) -> Received:
    with path.open("rb") as raw:
        start = raw.read(4)
    if not start:
        raise Unreadable("empty_file", "The file is empty. Export it again.")
    if start == b"PAR1":
        return _read_parquet(path, file)
    if start.startswith(b"PK\x03\x04"):
        return sheets.read_workbook(path, spec, file)
    text, encoding, flaws = decode(unpack(path, start), spec.encoding)
    if spec.layouts:
        return documents.read_fixed_width(file, text, encoding, spec, flaws)
    if text.lstrip()[:1] in (b"{", b"["):
        return documents.read_json(file, text, encoding, flaws)
    return _read_text(file, text, encoding, spec, flaws)


def unpack(path: Path, start: bytes) -> bytes:
    """The bytes of the file, out of gzip where it is packed; never more than LARGEST of them."""
    if not start.startswith(b"\x1f\x8b"):
        if path.stat().st_size > LARGEST:
            raise Unreadable(
                "too_large", f"The file is larger than {LARGEST // 2**30} GB. Split it by school year."
            )
        return path.read_bytes()
    most = min(LARGEST, max(RATIO_COUNTS_FROM, MOST_RATIO * path.stat().st_size))
    try:
        with gzip.open(path, "rb") as file:
            data = file.read(most + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Unreadable("truncated_file", "The packed file is cut off or damaged. Send it again.") from error
    if len(data) > most:
        message = f"The file unpacks to more than {LARGEST // 2**30} GB, or {MOST_RATIO} times what it is. Split it by school year."
        raise Unreadable("too_large", message)
    return data


def decode(data: bytes, encoding: str) -> tuple[bytes, str, list[Flaw]]:
    """The file as UTF-8 bytes without a byte order mark, the encoding it had, and a notice where we had to assume."""
    if not data.strip():
        raise Unreadable("empty_file", "The file is empty. Export it again.")
    if encoding:
        return _filled(_decoded(data, encoding)), encoding, []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _filled(_decoded(data, "utf-16")), "utf-16", []
    if b"\x00" in data:
        raise Unreadable("not_text", "The file holds bytes that no text has. Export it as CSV (UTF-8).")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode("utf-8")
        return data, "utf-8", []
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
    fixed = _decoded(data, "cp1252", row)
    changed = sum(byte > 127 for byte in data)
    notice = f"The file is not UTF-8; read as Windows-1252 ({changed} characters). Check names with accents."
    return fixed, "cp1252", [Flaw("encoding_assumed", notice, row)]


def _filled(text: bytes) -> bytes:
    if not text.strip():
        raise Unreadable("empty_file", "The file is empty. Export it again.")
    return text


def _decoded(data: bytes, encoding: str, row: int | None = None) -> bytes:
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
        if "\0" in text:
            raise Unreadable("not_text", "The file holds bytes that no text has. Export it as CSV (UTF-8).")
        return text.encode()
    except (UnicodeError, LookupError) as error:
        place = row or (
            data.count(b"\n", 0, error.start) + 1 if isinstance(error, UnicodeDecodeError) else None
        )
        message = (
            f"The file cannot be read as {encoding}. Export it as UTF-8, or say its encoding in the mapping."
        )
        raise Unreadable("wrong_encoding", message, place) from error


def find_delimiter(text: bytes) -> str:
    """The character that splits the first rows into the same number of cells, more than one."""
    # The last line of the sample may be cut in half, so it is left out unless it is the only one.
    lines = text[:_SNIFFED_BYTES].decode("utf-8", "ignore").splitlines()
    sample = "\n".join(lines[:50] if len(lines) < 3 else lines[: min(50, len(lines) - 1)])
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row)
        width, times = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1:
            scores[delimiter] = (times / sum(widths.values()), width)
    if not scores:
        return ","
    return max(scores, key=lambda delimiter: scores[delimiter])


def blanks_around_cells(text: bytes, delimiter: str) -> str:
    """Whether any cell can have blanks around it: trimming millions of clean cells costs more than asking once."""
    odd = [b"\xc2\xa0", b"\xef\xbb\xbf"] + ([] if delimiter == "\t" else [b"\t"])
    if any(blank in text for blank in odd):
        return "odd"
    if b'"' in text:  # a quoted cell may hold a line break at its edge, and blanks inside the quotes
        return "none" if delimiter == "," and _is_plain_without_blanks(text) else "odd"
    edges = (delimiter.encode(), b"\n", b"\r")
    beside_edge = any(edge + b" " in text or b" " + edge in text for edge in edges)
    return "spaces" if beside_edge or text.startswith(b" ") or text.endswith(b" ") else "none"


def _is_plain_without_blanks(text: bytes) -> bool:
    """Looked at piece by piece, each of whole lines."""
    start = 0
    while start < len(text):
        end = text.rfind(b"\n", start, start + LOOK_BYTES) + 1 or len(text)
        lines = b"\n" + text[start:end].removesuffix(b"\n") + b"\n"
        if not is_plain(lines) or may_have_blanks(lines):
            return False
        start = end
    return True


def _read_text(file: str, text: bytes, encoding: str, spec: FileSpec, flaws: list[Flaw]) -> Received:
    delimiter = spec.delimiter or find_delimiter(text)
    start = io.StringIO(text[:_SNIFFED_BYTES].decode("utf-8", "ignore"), newline="")
    records = csv.reader(start, delimiter=delimiter)
    cells: list[str] = []
    above: tuple[int, ...] = ()
    for row in range(1, spec.header_row + 1):
        cells = next(records, [])
        above += (row,) if row < spec.header_row and any(cell.strip() for cell in cells) else ()
    if not cells:
        raise Unreadable(
            "no_header", f"Row {spec.header_row} holds no column names. {_WHICH_ROW}", spec.header_row
        )
    columns, twice = header_names(cells)
    flaws = flaws + [
        Flaw(
            "duplicate_header",
            f"Column '{name}' comes more than once; the later one is '{name}__2'.",
            spec.header_row,
        )
        for name in twice
    ]
    body, wrong_width = _parse(text, columns, delimiter)
    if text.count(b'"') % 2 and any(received.count('"') % 2 for _, received, _ in wrong_width):
        message = "A quotation mark is opened and never closed, or the file is cut off. Export it again."
        raise Unreadable("truncated_file", message, wrong_width[-1][0])
    repaired, wrong_width = _drop_empty_surplus(wrong_width, len(columns), delimiter)
    table = _numbered(body, wrong_width, repaired, spec.header_row)
    wrong_width = [item for item in wrong_width if item[0] > spec.header_row]  # a title has its own width
    if table.num_rows == 0 and not wrong_width:
        raise Unreadable(
            "no_rows", "The file has a header but no rows. If nothing changed, there is nothing to send."
        )
    flaws += [_width_flaw(row, len(columns), found, received) for row, received, found in wrong_width]
    blanks = blanks_around_cells(text, delimiter)
    return Received(file, columns, table, tuple(flaws), delimiter, encoding, blanks, above)


def _width_flaw(row: int, expected: int, found: int, received: str) -> Flaw:
    cure = (
        "Put cells that hold a separator in quotes."
        if found > expected
        else "Cells are missing at its end, or a line break cuts it in two. Save the file again with every column filled up."
    )
    message = f"The row has {found} cells, the header {expected}. {cure}"
    return Flaw("ragged_row", message, row, received, sets_aside=True)


def _parse(
    text: bytes, columns: tuple[str, ...], delimiter: str
) -> tuple[pa.Table, list[tuple[int, str, int]]]:
    """All cells as text, and the rows whose width is not the header's as (row, text, width)."""
    wrong: list[tuple[int, str, int]] = []
    unnumbered = False

    def keep(row: arrow_csv.InvalidRow) -> str:
        nonlocal unnumbered
        unnumbered = unnumbered or row.number is None
        wrong.append((row.number or 0, row.text, row.actual_columns))
        return "skip"

    def parse(*, threads: bool) -> pa.Table:
        return arrow_csv.read_csv(
            pa.py_buffer(text),
            read_options=arrow_csv.ReadOptions(
                use_threads=threads, column_names=list(columns), block_size=8 * 2**20
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=b'"' in text,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )

    try:
        table = parse(threads=True)
        if unnumbered:  # only reading in one thread tells the numbers of the rows
            wrong.clear()
            table = parse(threads=False)
    except pa.ArrowInvalid as error:
        message = "A quotation mark is opened and never closed, or the file is cut off. Export it again."
        raise Unreadable("truncated_file", message) from error
    return table, wrong


def _drop_empty_surplus(
    wrong: list[tuple[int, str, int]], width: int, delimiter: str
) -> tuple[dict[int, list[str]], list[tuple[int, str, int]]]:
    """Rows that are longer than the header by empty cells alone are as good as the others."""
    repaired: dict[int, list[str]] = {}
    for row, received, found in wrong:
        if found > width:
            cells = next(csv.reader(io.StringIO(received, newline=""), delimiter=delimiter), [])
            if not any(cell.strip() for cell in cells[width:]):
                repaired[row] = cells[:width]
    return repaired, [item for item in wrong if item[0] not in repaired]


def _numbered(
    body: pa.Table, wrong: list[tuple[int, str, int]], repaired: dict[int, list[str]], header_row: int
) -> pa.Table:
    """The rows below the header with their row numbers, without the blank ones."""
    skipped = {row for row, _, _ in wrong} | set(repaired)
    if skipped:
        numbers = np.setdiff1d(
            np.arange(1, body.num_rows + len(skipped) + 1), sorted(skipped), assume_unique=True
        )
    else:
        numbers = np.arange(1, body.num_rows + 1)
    table = body.add_column(0, ROW, pa.array(numbers, pa.int64()))
    if repaired:
        columns = [pa.array(cells, pa.string()) for cells in zip(*repaired.values(), strict=True)]
        extra = pa.table([pa.array(list(repaired), pa.int64()), *columns], table.column_names)
        table = pa.concat_tables([table, extra]).sort_by(ROW)
    table = table.slice(int(np.searchsorted(table[ROW].to_numpy(), header_row, "right")))
    filled = None
    for name in body.column_names:
        has_text = pc.not_equal(table[name], "")
        filled = has_text if filled is None else pc.or_(filled, has_text)
        if pc.all(filled).as_py():
            return table
    return table.filter(filled)


def _read_parquet(path: Path, file: str) -> Received:
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(
            "truncated_file", "The Parquet file is cut off or damaged. Send it again."
        ) from error
    if table.num_rows == 0:
        raise Unreadable(
            "no_rows", "The file has columns but no rows. If nothing changed, there is nothing to send."
        )
    columns, _ = header_names(table.column_names)
    cells = [_as_text(file, name, table.column(at)) for at, name in enumerate(table.column_names)]
    numbers = pa.array(np.arange(1, table.num_rows + 1), pa.int64())
    return Received(
        file,
        columns,
        pa.table([numbers, *cells], [ROW, *columns]),
        encoding="parquet",
    )


def _as_text(file: str, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A typed column as the text a CSV would hold; missing stays missing."""
    try:
        return pc.cast(column, pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        message = f"{file}: column '{name}' is a {column.type}, not a plain value. Flatten it before sending."
        raise Unreadable("nested_column", message) from error


__all__ = ["DELIMITERS", "Flaw", "Received", "Unreadable", "header_names", "read_file"]
