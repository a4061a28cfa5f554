"""How an app offers a fact table to measurement: a `DATASETS` tuple in its `datasets.py`.

The app says what the table is; `indicators` finds it at start-up and decides when to read it. So facts come
back into measurement without `indicators` importing anybody to its right.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dataset:
    """One table of the measure library's contract, as a SELECT over this database.

    name: what the measure library calls the table
    select: the SELECT; with `by_year` it gives a column `school_year` that the reader filters on
    reads: every database table the SELECT reads. A change in one of them makes the copy stale
    by_year: kept as one file per school year, so that closed years are never read again
    valid_between: two columns (both days included, empty = open). Rows that do not hold on the day of
        measurement are left out
    """

    name: str
    select: str
    reads: tuple[str, ...]
    by_year: bool = False
    valid_between: tuple[str, str] | None = None
