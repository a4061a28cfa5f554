"""Scores by student, year and grade, from SGP's long layout or its wide one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from ..loading import check_separator
from .problem import Array, Flags, Ints

Strings = npt.NDArray[np.object_]
LONG = ("VALID_CASE", "CONTENT_AREA", "YEAR", "ID", "GRADE", "SCALE_SCORE")
WIDE = re.compile(r"^(GRADE|SS)_(.+)$")
Duplicates = Literal["refuse", "highest"]


class PanelError(ValueError):
    """Input that cannot be read as scores: says which column and which rows."""


@dataclass(frozen=True)
class Panel:
    """One row per student of one subject. A missing score is NaN, a missing grade the empty string."""

    subject: str
    ids: Strings
    grades: Mapping[str, Strings]
    scores: Mapping[str, Array]
    _asked: dict[tuple[str, str], Flags] = field(default_factory=dict, repr=False, compare=False)

    def of(self, year: str, grade: str) -> Flags:
        """Who has a score in that grade and year. Every progression asks for its years again: an answer is kept."""
        if (year, grade) not in self._asked:
            self._asked[year, grade] = self._of(year, grade)
        return self._asked[year, grade]

    def _of(self, year: str, grade: str) -> Flags:
        if year not in self.scores:
            return np.zeros(len(self.ids), bool)
        return np.asarray(self.grades[year] == grade, dtype=bool) & ~np.isnan(self.scores[year])


def read_table(path: Path) -> pa.Table:
    """Parquet, CSV or gzipped CSV. Identifiers stay text: 007 is not 7.

    Raises
    ------
    PanelError, TableError
        When there is no such file, or it cannot be read.
    """
    path = Path(path)
    if not path.exists():
        raise PanelError(f"There is no file {path}.")
    if path.name.endswith(".parquet"):
        return pq.read_table(path)
    if not path.name.endswith((".csv", ".csv.gz")):
        raise PanelError(f"{path.name}: .parquet, .csv and .csv.gz are read.")
    text = ("ID", "YEAR", "GRADE", "CONTENT_AREA", "VALID_CASE")
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(text, pa.string()), strings_can_be_null=True)
    try:
        table = pa_csv.read_csv(path, convert_options=options)
    except pa.ArrowInvalid as error:
        raise PanelError(f"{path.name} cannot be read as CSV in UTF-8. {error}") from error
    check_separator(path, table.column_names)
    return table


def write_table(path: Path, table: pa.Table) -> None:
    """Parquet, CSV or gzipped CSV, by the name."""
    path = Path(path)
    if path.name.endswith(".parquet"):
        pq.write_table(table, path)
    elif path.name.endswith(".csv"):
        pa_csv.write_csv(table, path)
    elif path.name.endswith(".csv.gz"):
        with pa.output_stream(path, compression="gzip") as out:
            pa_csv.write_csv(table, out)
    else:
        raise PanelError(f"{path.name}: .parquet, .csv and .csv.gz are written.")


def panel_of(table: pa.Table, subject: str, *, duplicates: Duplicates = "refuse") -> Panel:
    """A panel from either layout.

    Parameters
    ----------
    table : pyarrow.Table
        Long: VALID_CASE, CONTENT_AREA, YEAR, ID, GRADE, SCALE_SCORE, one row per student, subject and year; rows whose
        VALID_CASE is not "VALID_CASE" are left out. Wide: ID, GRADE_<year>, SS_<year>, one row per student, one subject.
    duplicates : "refuse" or "highest"
        What to do with several scores of a student in the same year: an error, or SGP's rule (the highest counts).

    Raises
    ------
    PanelError
        For missing columns, scores that are no numbers or infinite, and repeated students: with column and rows.
    """
    if any(WIDE.match(name) for name in table.column_names):
        return _from_wide(table, subject)
    missing = [c for c in LONG if c not in table.column_names]
    if missing:
        raise PanelError(
            f"Columns {', '.join(missing)} are missing. The long layout has {', '.join(LONG)}; the wide one ID, GRADE_2025, "
            f"SS_2025 and the same of earlier years. Received: {', '.join(table.column_names)}."
        )
    return _from_long(table, subject, duplicates)


def _from_wide(table: pa.Table, subject: str) -> Panel:
    if "ID" not in table.column_names:
        raise PanelError("Column ID is missing.")
    years = sorted({m.group(2) for m in map(WIDE.match, table.column_names) if m})
    ids = _texts(table, "ID")
    _refuse_repeated(ids, "ID", "in the wide layout each student has one row")
    grades, scores = {}, {}
    for year in years:
        for name in (f"GRADE_{year}", f"SS_{year}"):
            if name not in table.column_names:
                raise PanelError(f"Column {name} is missing, and its companion is there.")
        grades[year] = _grade_texts(table, f"GRADE_{year}")
        scores[year] = _numbers(table, f"SS_{year}")
    return Panel(subject, ids, grades, scores)


def _from_long(table: pa.Table, subject: str, duplicates: Duplicates) -> Panel:
    subjects = pc.cast(table["CONTENT_AREA"], pa.string())
    if not pc.any(pc.equal(subjects, subject)).as_py():
        known = ", ".join(sorted(str(s) for s in pc.unique(subjects).to_pylist()))
        raise PanelError(f"CONTENT_AREA: no row holds {subject!r}. There are: {known}.")
    valid = pc.equal(pc.cast(table["VALID_CASE"], pa.string()), "VALID_CASE")
    table = table.append_column("row", pa.array(np.arange(table.num_rows)))
    table = table.filter(pc.and_(valid, pc.equal(subjects, subject)))
    rows = table["row"].to_numpy()
    score = _numbers(table, "SCALE_SCORE", rows)
    ids, student = _coded(table, "ID")
    years, when = _coded(table, "YEAR")
    place = when * len(ids) + student
    order = np.lexsort((np.nan_to_num(score, nan=-np.inf), place))
    repeated = np.flatnonzero(np.diff(place[order]) == 0)
    if repeated.size and duplicates == "refuse":
        first = order[repeated[0]], order[repeated[0] + 1]
        raise PanelError(
            f"ID: {repeated.size} rows repeat a student within a year, the first are rows {sorted(rows[list(first)].tolist())}. "
            f"Mark one of them INVALID_CASE, or ask for the highest score."
        )
    grade = _grade_texts(table, "GRADE")
    scores = np.full((len(years), len(ids)), np.nan)
    grades = np.full((len(years), len(ids)), "", dtype=object)
    scores.ravel()[place[order]] = score[order]  # the last written is the highest
    grades.ravel()[place[order]] = grade[order]
    names = [str(y) for y in years]
    return Panel(
        subject,
        ids,
        dict(zip(names, grades, strict=True)),
        dict(zip(names, scores, strict=True)),
    )


def _texts(table: pa.Table, name: str) -> Strings:
    return np.asarray(_filled(table, name).to_pylist(), dtype=object)


def _filled(table: pa.Table, name: str) -> pa.ChunkedArray:
    column = pc.cast(table[name], pa.string())
    if column.null_count:
        at = np.flatnonzero(column.is_null().to_numpy())
        raise PanelError(f"{name}: {len(at)} rows are empty, the first is row {at[0]}.")
    return column


def _coded(table: pa.Table, name: str) -> tuple[Strings, Ints]:
    """The distinct texts in order, and the place of each row's among them."""
    encoded = _filled(table, name).combine_chunks().dictionary_encode()
    distinct = np.asarray(encoded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(distinct)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return distinct[order], place[encoded.indices.to_numpy()]


def _grade_texts(table: pa.Table, name: str) -> Strings:
    """Grades as text; 3.0, as spreadsheets write a column with gaps, is 3."""
    column = pc.fill_null(pc.cast(table[name], pa.string()), "")
    distinct = (
        column.combine_chunks().dictionary_encode()
        if isinstance(column, pa.ChunkedArray)
        else column.dictionary_encode()
    )
    words = [re.sub(r"\.0+$", "", w.strip()) for w in distinct.dictionary.to_pylist()]
    found: Strings = np.asarray(words, dtype=object)[distinct.indices.to_numpy(zero_copy_only=False)]
    return found


def _numbers(table: pa.Table, name: str, rows: npt.NDArray[np.int64] | None = None) -> Array:
    column = table[name]
    try:
        values = np.array(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    except pa.ArrowInvalid as error:
        raise PanelError(f"{name}: not all values are numbers ({error}).") from error
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        shown = infinite if rows is None else rows[infinite]
        raise PanelError(
            f"{name}: {infinite.size} values are infinite (rows {', '.join(map(str, shown[:5]))})."
        )
    return values


def _refuse_repeated(ids: Strings, name: str, why: str) -> None:
    _, first, number = np.unique(ids.astype(str), return_index=True, return_counts=True)
    if (number > 1).any():
        example = first[number > 1][0]
        raise PanelError(
            f"{name}: {int((number > 1).sum())} students are repeated, the first at row {example}; {why}."
        )
