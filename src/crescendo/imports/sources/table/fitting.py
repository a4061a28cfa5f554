"""A mapping and the file that came, made to fit: passes without what the file lacks, cells without what is not read."""

from dataclasses import replace

import pyarrow.compute as pc

from .cleaning import cleaned
from .keeping import with_rest
from .passes import fit_to_file, needed_columns
from .received import Received
from .shapes import Pass, TableMapping


def fitted(one: Pass, received: dict[str, Received]) -> Pass:
    """A pass as this file can be read: without what it may lack; a workbook's own dates need no form."""
    item = received.get(one.file)
    if item is None:
        return one
    if item.encoding == "xlsx":
        dates = {
            name: replace(rule, date=("iso", *rule.date)) for name, rule in one.fields.items() if rule.date
        }
        one = replace(one, fields=one.fields | dates)
    return fit_to_file(one, item.columns)


def prepared(mapping: TableMapping, item: Received, file: str) -> Received:
    """The file with the columns that some pass reads; with all of them where the row is kept as it came."""
    nulls = mapping.files[file].null_tokens
    if any(rule.rest for one in mapping.passes if one.file == file for rule in one.fields.values()):
        item = cleaned(item, nulls)
        return replace(item, table=with_rest(item))
    read = {column for one in mapping.passes for column in needed_columns(one).get(file, [])}
    read |= {
        column
        for one in mapping.passes
        if one.file == file
        for rule in one.fields.values()
        for column in rule.any_of
    }
    return cleaned(item, nulls, read)


def with_fullest_ids(one: Pass, received: Received) -> Pass:
    """Of several columns of ids the first that holds the most: which one people are known by is told by the import itself."""

    def filled(column: str) -> int:
        if column not in received.columns:
            return -1
        return pc.sum(pc.greater(pc.utf8_length(received.table[column]), 0)).as_py() or 0

    fields = {
        field: replace(rule, any_of=(), column=max(rule.any_of, key=filled)) if rule.any_of else rule
        for field, rule in one.fields.items()
    }
    return replace(one, fields=fields)
