"""What is no table is refused from its first bytes, before anybody reads it whole."""

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crescendo.imports import widths

WIDE = ",".join(f"c{n}" for n in range(widths.MOST_COLUMNS + 1)) + "\n"


def kept(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        WIDE.encode(),
        WIDE.replace(",", ";").encode(),
        WIDE.encode("utf-16"),
        ("\r\n" + WIDE.replace("\n", "\r\n")).encode(),
        gzip.compress(WIDE.encode(), mtime=0),
        b"x" * (3 << 20),
    ],
)
def test_a_row_wider_than_any_table_refuses_the_file(tmp_path: Path, content: bytes) -> None:
    found = widths.find_too_wide(kept(tmp_path, content), "wide.csv")
    assert (found.code, found.severity, found.row) == ("file.too_wide", "error", 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n" + b"x," * (2 << 20),
        WIDE[: WIDE.rindex(",")].encode() + b"\n1\n",
        gzip.compress(b"a,b\n1,2\n", mtime=0),
        gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9],
        b"PAR1 but no Parquet",
    ],
)
def test_every_other_file_is_left_to_its_reader(tmp_path: Path, content: bytes) -> None:
    assert widths.find_too_wide(kept(tmp_path, content), "file") is None


def test_a_parquet_file_of_countless_equal_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    block = pa.table({f"c{n}": pa.nulls(1 << 20, pa.null()) for n in range(64)})
    with pq.ParquetWriter(path, block.schema) as writer:
        for _ in range(17):
            writer.write_table(block)
    assert path.stat().st_size < 4 << 20
    assert widths.find_too_wide(path, "many.parquet").code == "file.too_large"


def test_a_page_reads_no_file_that_unpacks_to_more_than_a_page_can_wait_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(widths, "MOST_FOR_A_PAGE", 1000)
    assert widths.is_too_large_for_a_page(kept(tmp_path, gzip.compress(b"a,b\n" * 1000)))
    assert not widths.is_too_large_for_a_page(kept(tmp_path, gzip.compress(b"a,b\n" * 100)))
    assert widths.is_too_large_for_a_page(kept(tmp_path, b"a,b\n" * 1000))
