"""Reading one CSV file as text: encoding, quoting, exact row numbers; nothing is parsed or guessed."""

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from .findings import ERROR, NOTICE, ROW, Found

CHUNK_ROWS = 50_000
PLAIN_BLOCK_BYTES = 8 << 20
QUOTE, COMMA, NEWLINE, RETURN = b'",\n\r'
LOOK_BYTES = 1 << 18  # a piece that stays in the processor's cache is looked through twice as fast
# Whatever Arrow trims beside the space; a test asks it for every character.
ASCII_BLANKS = (b"\t", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
BLANKS = (
    *ASCII_BLANKS, b"\xc2\x85", b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80",
)  # fmt: skip


def _among(*codes: int) -> np.ndarray:
    """For each byte, whether it is one of these."""
    table = np.zeros(256, bool)
    table[list(codes)] = True
    return table


SPACE = 32
BEFORE_OPENING, AFTER_CLOSING = _among(COMMA, NEWLINE, QUOTE), _among(COMMA, NEWLINE, RETURN, QUOTE)
EDGES = _among(COMMA, NEWLINE, RETURN, QUOTE, SPACE)
CELL_LIMIT = 1 << 20  # characters; a longer cell is an unclosed quote, not a value
csv.field_size_limit(CELL_LIMIT)


@dataclass
class CsvFile:
    """A CSV file read into Parquet: the header as it came, and one text column per header plus `_row`."""

    name: str
    header: list[str]
    columns: list[str]  # unique names in the Parquet file; '' where the column was dropped
    path: Path
    rows: int = 0
    found: list[Found] = field(default_factory=list)
    set_aside: list[tuple[int, str, str]] = field(default_factory=list)  # row, code, column


MIXED = "crescendo-windows-1252-bytes"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """The one byte that is not UTF-8, as Windows-1252; what that does not know either, as the replacement character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.start + 1].decode("cp1252", "replace"), error.start + 1


codecs.register_error(MIXED, _as_windows_1252)


def find_encoding(path: Path) -> tuple[str, str]:
    """The encoding of a file and how we know: 'bom', 'utf-8', or 'guess' for Windows-1252 as the last resort."""
    with path.open("rb") as file:
        start = file.read(4)
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8-sig"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if start.startswith(mark):
                return ("binary", "nul") if _holds_nul(path, name) else (name, "bom")
        file.seek(0)
        decoder, found = codecs.getincrementaldecoder("utf-8")(), ("utf-8", "utf-8")
        while True:
            chunk = file.read(1 << 20)
            if b"\0" in chunk:
                return "binary", "nul"
            try:
                # Most bytes of most files are ASCII, which is seen at once, unless a letter was cut in two before them.
                if found[0] == "utf-8" and not (chunk.isascii() and not decoder.getstate()[0]):
                    decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                found = ("cp1252", "guess")  # and on, for a byte that no text has may still come
            if not chunk:
                return found


def _holds_nul(path: Path, encoding: str) -> bool:
    """Whether a text holds the one character that neither PostgreSQL nor any name has."""
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        return any("\0" in chunk for chunk in iter(lambda: text.read(1 << 20), ""))


class _Lines:
    """Lines of a text file; remembers the first since it was last reset, so that a quote error can name its column."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.first = lines, ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.first = self.first or line
        return line


def read(path: Path, name: str, into: Path, *, strict: bool, on_rows: Callable[[int], None]) -> CsvFile:
    """Read a CSV file chunk by chunk into a Parquet file of text columns. Errors come back as findings."""
    encoding, how = find_encoding(path)
    result = CsvFile(name, [], [], into)
    if encoding == "binary" or (strict and encoding != "utf-8"):
        result.found.append(_wrong_encoding(name, encoding))
        return result
    if how == "guess":
        result.found.append(
            Found("file.encoding_guessed", NOTICE, name, expected="UTF-8", received="Windows-1252",
                  what_to_do="Names with accents may be wrong. Export the file as UTF-8.")
        )  # fmt: skip
    # Some systems write both: a byte that is not UTF-8 is read as Windows-1252, and the cells around it stay as they are.
    decoding = ("utf-8", MIXED) if how == "guess" else (encoding, "replace")
    with path.open(encoding=decoding[0], errors=decoding[1], newline="") as text:
        reader = csv.reader(text, strict=True)
        try:
            first, result.header = next(
                ((number, row) for number, row in enumerate(reader, 1) if any(cell.strip() for cell in row)),
                (0, []),
            )
            if not result.header:
                result.found.append(
                    Found("file.empty", ERROR, name, expected="a header row", received=f"{path.stat().st_size} bytes",
                          what_to_do="The file is empty. Export it again, or leave it out.")
                )  # fmt: skip
                return result
            result.columns = _unique(result.header)
            is_plain_so_far = encoding == "utf-8" and first == 1
            if not is_plain_so_far or not _copy_plain_rows(path, result, on_rows=on_rows):
                _copy_rows(reader, result, first + 1, strict=strict, on_rows=on_rows)
        except csv.Error as error:
            result.found.append(_quote_error(path, encoding, result, str(error)))
        except UnicodeError:
            result.found.append(_wrong_encoding(name, encoding))
    return result


def _copy_plain_rows(path: Path, result: CsvFile, *, on_rows: Callable[[int], None]) -> bool:
    """The fast way, for a file with plain quotes, without blank lines, whose rows are all as wide as the header.

    There is nothing to interpret in such a file: a line is a row. False: not such a file; read it the careful way.
    """
    looks, trim = _look_at(path, len(result.header))
    if not looks:
        return False
    kept = [column for column in result.columns if column]
    dropped = "dropped"
    while any(column.startswith(dropped) for column in kept):
        dropped += "_"
    names = [column or f"{dropped}{position}" for position, column in enumerate(result.columns)]
    ragged: list[int] = []
    options = {
        "read_options": pa_csv.ReadOptions(skip_rows=1, column_names=names, block_size=PLAIN_BLOCK_BYTES),
        "parse_options": pa_csv.ParseOptions(
            quote_char='"',
            double_quote=True,
            newlines_in_values=False,
            invalid_row_handler=lambda row: ragged.append(1) or "skip",
        ),
        "convert_options": pa_csv.ConvertOptions(
            column_types=dict.fromkeys(kept, pa.string()), strings_can_be_null=False, include_columns=kept
        ),
    }
    writer, start = None, 2
    try:
        with pa_csv.open_csv(path, **options) as batches:
            for batch in batches:
                numbers = pa.array(np.arange(start, start + len(batch)), pa.int64())
                cells = [pc.utf8_trim_whitespace(cell) for cell in batch.columns] if trim else batch.columns
                table = pa.table([numbers, *cells], names=["_row", *kept])
                writer = writer or _plain_writer(result.path, table)
                writer.write_table(table)
                start += len(batch)
                if ragged:
                    return False
                on_rows(start - 2)
    except pa.ArrowInvalid:
        return False  # a row longer than a block, say: the careful way can tell
    finally:
        if writer:
            writer.close()
    result.rows = start - 2
    return writer is not None


def _plain_writer(path: Path, first: pa.Table) -> pq.ParquetWriter:
    """Dictionaries only where values repeat: building one for unique ids is work for nothing."""
    sample = first.slice(0, 5_000)
    repeat = [
        name for name in first.column_names[1:] if pc.count_distinct(sample[name]).as_py() < len(sample) / 4
    ]
    return pq.ParquetWriter(
        path, first.schema, compression="lz4", use_dictionary=repeat, write_statistics=["_row"]
    )


def _look_at(path: Path, width: int) -> tuple[bool, bool]:
    """Whether a file may be read the fast way, and whether some cell may begin or end with a blank."""
    rest, trim = b"", False
    with path.open("rb") as file:
        while chunk := file.read(LOOK_BYTES):
            whole, line_end, begun = (rest + chunk).rpartition(b"\n")
            rest = begun
            if not line_end:
                if len(rest) > PLAIN_BLOCK_BYTES:
                    return False, False
                continue
            lines = b"\n" + whole + b"\n"
            if width < 2 or not is_plain(lines):
                return False, False
            trim = trim or may_have_blanks(lines)
    last = b"\n" + rest + b"\n"
    return (not rest.strip() and not rest) or is_plain(last), trim or may_have_blanks(last)


def is_plain(lines: bytes) -> bool:
    """No line is blank; every quote opens a cell, ends one, or is doubled inside one; no cell holds a line break."""
    data = np.frombuffer(lines, np.uint8)
    line_ends = np.flatnonzero(data == NEWLINE)
    if (np.diff(line_ends) == 1).any() or b"\n\r\n" in lines:
        return False
    if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n"):
        return False  # a line that ends otherwise, or a break inside a cell
    quotes = np.flatnonzero(data == QUOTE)
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    if not (BEFORE_OPENING[data[quotes[0::2] - 1]].all() and AFTER_CLOSING[data[quotes[1::2] + 1]].all()):
        return False
    return not (np.searchsorted(quotes, line_ends) % 2).any()


def may_have_blanks(lines: bytes) -> bool:
    """Whether a blank stands beside the edge of a cell, or one stands anywhere that is no plain space."""
    data = np.frombuffer(lines, np.uint8)
    spaces = np.flatnonzero(data == SPACE)
    if EDGES[data[spaces - 1]].any() or EDGES[data[spaces + 1]].any():
        return True
    return any(mark in lines for mark in (ASCII_BLANKS if lines.isascii() else BLANKS))


def _copy_rows(
    reader: Iterator[list[str]],
    result: CsvFile,
    start: int,
    *,
    strict: bool,
    on_rows: Callable[[int], None],
) -> None:
    keep = [(index, column) for index, column in enumerate(result.columns) if column]
    schema = pa.schema([("_row", pa.int64()), *((column, pa.string()) for _, column in keep)])
    line = reader.line_num  # type: ignore[attr-defined]
    shape = _Shape(result, strict=strict)
    with pq.ParquetWriter(result.path, schema, compression="zstd", compression_level=1) as writer:
        while rows := _next_rows(reader, result):
            now = reader.line_num  # type: ignore[attr-defined]
            numbers = range(start, start + len(rows))
            start += len(rows)
            if not all(rows) or set(map(len, rows)) != {len(result.header)}:
                numbers, rows = shape.even(numbers, rows)
            cells = list(zip(*rows, strict=True)) if rows else [()] * len(result.header)
            arrays = [pa.array(cells[index], pa.string()) for index, _ in keep]
            if now - line != len(rows):  # some cell may hold a line break
                arrays = shape.join_lines(keep, numbers, arrays)
            line = now
            arrays = [pc.utf8_trim_whitespace(array) for array in arrays]
            writer.write_table(pa.table([pa.array(numbers, pa.int64()), *arrays], schema=schema))
            result.rows += len(rows)
            on_rows(result.rows)
    result.found.extend(shape.findings())


def _next_rows(reader: Iterator[list[str]], result: CsvFile) -> list[list[str]]:
    return list(islice(reader, CHUNK_ROWS))


class _Shape:
    """Rows that are not as wide as the header, and cells with line breaks, counted and put right where they may be."""

    def __init__(self, result: CsvFile, *, strict: bool) -> None:
        self.result, self.strict = result, strict
        self.short: list[int] = []
        self.long: list[int] = []
        self.broken: list[tuple[int, str]] = []

    def even(self, numbers: range, rows: list[list[str]]) -> tuple[list[int], list[list[str]]]:
        """Drop blank rows, pad short ones; keep a long one if its surplus is empty, else set it aside."""
        width = len(self.result.header)
        kept_numbers, kept = [], []
        for number, row in zip(numbers, rows, strict=True):
            if not any(row):
                continue
            if len(row) < width:
                self.short.append(number)
            elif len(row) > width:
                self.long.append(number)
                if any(cell.strip() for cell in row[width:]):
                    self.result.set_aside.append((number, "row.too_many_cells", ""))
            kept_numbers.append(number)
            kept.append((row + [""] * (width - len(row)))[:width])
        return kept_numbers, kept

    def join_lines(
        self, keep: list[tuple[int, str]], numbers: range | list[int], arrays: list[pa.Array]
    ) -> list[pa.Array]:
        """Replace line breaks inside cells by a space, and remember where they were."""
        joined = []
        for (_, column), array in zip(keep, arrays, strict=True):
            hits = pc.match_substring_regex(array, r"[\r\n]")
            if pc.any(hits).as_py():
                first = pc.index(hits, True).as_py()
                self.broken.append((numbers[first], column))
                array = pc.replace_substring_regex(array, r"[\r\n]+", " ")  # noqa: PLW2901
            joined.append(array)
        return joined

    def findings(self) -> list[Found]:
        severity, file, found = ERROR if self.strict else NOTICE, self.result.name, []
        cells = f"{len(self.result.header)} cells, as in the header"
        if self.short:
            found.append(Found("row.too_few_cells", severity, file, self.short[0], expected=cells,
                               what_to_do="The missing cells were read as empty. Check the export.", count=len(self.short)))  # fmt: skip
        if self.long:
            found.append(Found("row.too_many_cells", severity, file, self.long[0], expected=cells,
                               what_to_do="Rows with something in the surplus cells were set aside. Quote cells that hold commas.",
                               count=len(self.long)))  # fmt: skip
        if self.broken:
            found.append(Found("row.line_break_in_cell", severity, file, *self.broken[0], expected="one line per cell",
                               what_to_do="The line break was read as a space.", count=len(self.broken)))  # fmt: skip
        return found


def _unique(header: list[str]) -> list[str]:
    """Column names that DuckDB can tell apart; a password column is dropped before anything reads it."""
    taken = {"_row"}
    times: dict[str, int] = {}
    names = []
    for position, cell in enumerate(header, start=1):
        first = name = cell.strip() or f"column_{position}"
        if "password" in name.lower():
            names.append("")
            continue
        while name.lower() in taken:  # the header may also hold the name that a second one would get
            times[first] = times.get(first, 1) + 1
            name = f"{first}_{times[first]}"
        taken.add(name.lower())
        names.append(name)
    return names


def _wrong_encoding(name: str, encoding: str) -> Found:
    return Found("file.encoding", ERROR, name, expected="UTF-8 without a byte order mark", received=encoding,
                 what_to_do="Export the file as UTF-8.")  # fmt: skip


def _quote_error(path: Path, encoding: str, result: CsvFile, message: str) -> Found:
    """Where a quote was left open or closed too early. The file is read once more to count up to it."""
    row = 0
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        lines = _Lines(text)
        reader = csv.reader(lines, strict=True)
        try:
            while True:
                row += 1
                lines.first = ""
                next(reader)
        except (csv.Error, StopIteration):
            pass
    position = max(lines.first.split('"', 1)[0].count(","), 0) if lines.first.count('"') % 2 else 0
    if not position:
        position = lines.first[: lines.first.rfind('"')].count(",")
    column = result.header[position] if position < len(result.header) else ""
    unclosed = "unexpected end" in message or "field larger" in message
    return Found(
        "file.quote_not_closed" if unclosed else "file.quote_error",
        ERROR, result.name, row, column,
        expected='a quoted cell ends with " and a comma; a quote inside is written ""',
        what_to_do="The file may be cut off. Export it again." if unclosed else "Write a quote inside a cell twice.",
    )  # fmt: skip


__all__ = ["LOOK_BYTES", "ROW", "CsvFile", "find_encoding", "is_plain", "may_have_blanks", "read"]
