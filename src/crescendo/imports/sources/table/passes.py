"""One pass over one file as SQL: take the rows, read each field, say what is wrong, leave typed columns."""

from dataclasses import dataclass, replace
from datetime import date

from .fields import Field
from .received import REST
from .shapes import Condition, Lookup, Pass, Rule, Unpivot
from .transforms import FieldSql, compile_field, name, text, texts, year_of_day

KEY_SEPARATOR = "chr(31)"  # cannot stand in a cell that a person typed, so that 1|23 and 12|3 stay different


@dataclass(frozen=True)
class CompiledPass:
    """A pass as SQL. `typed` makes a table with `_row`, `t_*` texts, `v_*` values and `p_*` problems."""

    one: Pass
    fields: tuple[FieldSql, ...]
    typed: str

    @property
    def column_of(self) -> dict[str, str]:
        """The column (or template) that a field comes from, as a person finds it in the file."""
        return {item.field.name: item.rule.column or item.rule.template for item in self.fields}


def needed_columns(one: Pass) -> dict[str, list[str]]:
    """The columns a pass needs, by file: what a missing column is reported against."""
    made = {one.unpivot.name, *one.unpivot.columns} if one.unpivot else set()
    own: list[str] = []
    if one.unpivot:
        own += [cell for _, cells in one.unpivot.groups for cell in cells if cell]
    rules = [*one.fields.values(), *([one.key] if one.key else [])]
    asked = [column for rule in rules for column in rule.columns] + [
        column for item in one.where for column in item.columns
    ]
    needed: dict[str, list[str]] = {one.file: own}
    for lookup in one.lookups:
        needed[lookup.file] = list(lookup.on)
        own += lookup.on
    for column in asked:
        prefix, _, rest = column.partition(".")
        if prefix in needed and prefix != one.file and rest:
            needed[prefix].append(rest)
        elif column not in made:
            own.append(column)
    return {file: list(dict.fromkeys(columns)) for file, columns in needed.items()}


def fit_to_file(one: Pass, columns: tuple[str, ...]) -> Pass:
    """The pass without what it may do without and this file does not have: optional fields, groups of columns."""
    has = set(columns) | ({one.unpivot.name, *one.unpivot.columns} if one.unpivot else set())
    rules = {field: _with_other_columns(rule, has) for field, rule in one.fields.items()}
    kept = {
        field: rule
        for field, rule in rules.items()
        if not (rule.optional and any(column not in has and "." not in column for column in rule.columns))
    }
    unpivot = one.unpivot
    if unpivot and unpivot.optional:
        fitted = [
            (label, tuple(cell if cell in has else "" for cell in cells)) for label, cells in unpivot.groups
        ]
        unpivot = replace(unpivot, groups=tuple((label, cells) for label, cells in fitted if any(cells)))
    where = tuple(
        replace(item, any_filled=tuple(column for column in item.any_filled if column in has))
        for item in one.where
    )
    return replace(one, fields=kept, unpivot=unpivot, where=where)


def _with_other_columns(rule: Rule, has: set[str]) -> Rule:
    """Of the columns that may stand for each other, those that the file has."""
    if not rule.or_column:
        return rule
    first, *others = [
        column for column in (rule.column, *rule.or_column) if column in has or "." in column
    ] or [rule.column]
    return replace(rule, column=first, or_column=tuple(others))


def compile_pass(
    one: Pass,
    relations: dict[str, str],
    *,
    has_key: bool,
    on: date | None = None,
) -> CompiledPass:
    """SQL of a pass over the relations in which the cleaned files stand."""
    fields = [
        compile_field(field, one.fields[field.name], on=on)
        for field in one.target.fields
        if field.name in one.fields
    ]
    if has_key:
        fields.append(_key_field(one))
    source = _source(one, relations)
    texts_and_starts = [f"{item.text} AS {name('t_' + item.field.name)}" for item in fields]
    texts_and_starts += [f"{item.start} AS {name('s_' + item.field.name)}" for item in fields if item.start]
    received = ",\n  ".join(texts_and_starts)
    values = ",\n  ".join(f"{item.value} AS {name('v_' + item.field.name)}" for item in fields)
    problems = ",\n  ".join(f"{item.problem} AS {name('p_' + item.field.name)}" for item in fields)
    typed = (
        f"WITH source AS (\n{source}\n), received AS (SELECT _row,\n  {received}\nFROM source), "
        f"valued AS (SELECT *,\n  {values}\nFROM received), "
        f"found AS (SELECT * {_found(one)} FROM valued)\nSELECT *,\n  {problems}\nFROM found"
    )
    if one.distinct:
        typed = _distinct(typed, fields)
    return CompiledPass(one, tuple(fields), typed)


def _key_field(one: Pass) -> FieldSql:
    """What makes a row itself: the source's own row id, or a hash of the target's natural key."""
    key = Field("row_key", "id", "The row's own id", required=True, entity="row")
    if one.key is not None:
        return compile_field(key, one.key)
    parts = [name(f"t_{part}") for part in one.target.key if part in one.fields and not one.fields[part].find]
    joined = f"md5(concat_ws({KEY_SEPARATOR}, {', '.join(f'coalesce({part}, chr(30))' for part in parts)}))"
    return FieldSql(key, Rule(), "NULL::VARCHAR", joined, "NULL::VARCHAR")


def _source(one: Pass, relations: dict[str, str]) -> str:
    """Columns of the file, with lookups joined, repeated groups turned to rows, and the conditions applied."""
    needed = needed_columns(one)
    if any(rule.rest for rule in one.fields.values()):
        needed[one.file].append(REST)
    source = _columns(needed[one.file], relations[one.file])
    if one.unpivot:
        besides = needed_columns(replace(one, unpivot=replace(one.unpivot, groups=())))[one.file]
        besides += [REST] if REST in needed[one.file] else []
        source = _unpivoted(source, one.unpivot, besides)
    for lookup in one.lookups:
        source = _looked_up(source, lookup, needed[lookup.file], relations[lookup.file])
    if one.where:
        source = f"SELECT * FROM (\n{source}\n) WHERE {' AND '.join(map(_condition, one.where))}"
    return source


def _columns(columns: list[str], relation: str) -> str:
    return f"SELECT {', '.join(['_row', *map(name, columns)])} FROM {relation}"


def _unpivoted(source: str, unpivot: Unpivot, kept: list[str]) -> str:
    """One row for each group that holds anything; a group of empty cells was not given.

    The cells of a column become a list, and the lists are laid out beside each other. With a SELECT for each group and
    UNION ALL, DuckDB plans every field of the pass as often as there are groups.
    """
    cells = [(unpivot.name, [text(label) for label, _ in unpivot.groups])]
    for position, column in enumerate(unpivot.columns):
        given = [group[position] for _, group in unpivot.groups]
        cells.append((column, [name(cell) if cell else "NULL::VARCHAR" for cell in given]))
    laid_out = ", ".join(
        f"unnest([{', '.join(values)}]::VARCHAR[]) AS {name(column)}" for column, values in cells
    )
    carried = ", ".join(["_row", *map(name, kept)])
    needed = [f"{name(column)} IS NOT NULL" for column in unpivot.needs or unpivot.columns]
    filled = (" AND " if unpivot.needs else " OR ").join(needed)
    return f"SELECT * FROM (SELECT {carried}, {laid_out} FROM ({source})) WHERE {filled}"


def _looked_up(source: str, lookup: Lookup, columns: list[str], relation: str) -> str:
    """Columns of another file beside each row. Where that file names a key twice, the first row counts."""
    renamed = ", ".join(f"{name(column)} AS {name(f'{lookup.file}.{column}')}" for column in columns)
    keys = ", ".join(name(f"{lookup.file}.{column}") for column in lookup.on)
    joined = " AND ".join(f"a.{name(column)} = b.{name(f'{lookup.file}.{column}')}" for column in lookup.on)
    other = (
        f"SELECT DISTINCT ON ({keys}) _row AS other_row, {renamed} FROM {relation} ORDER BY {keys}, other_row"
    )
    return f"SELECT a.*, b.* EXCLUDE (other_row) FROM ({source}) AS a LEFT JOIN ({other}) AS b ON {joined}"


def _condition(condition: Condition) -> str:
    column = name(condition.column)
    parts = []
    if condition.any_filled:
        parts.append("(" + " OR ".join(f"{name(one)} IS NOT NULL" for one in condition.any_filled) + ")")
    if condition.filled is not None:
        parts.append(f"{column} IS {'NOT ' if condition.filled else ''}NULL")
    if condition.is_in:
        parts.append(f"{column} IN {texts(condition.is_in)}")
    if condition.is_not_in:
        parts.append(f"({column} IS NULL OR {column} NOT IN {texts(condition.is_not_in)})")
    return " AND ".join(parts) or "true"


def _found(one: Pass) -> str:
    """Values that come from other values: the school year of a day."""
    replaced = []
    for field_name, rule in one.fields.items():
        if rule.find and rule.find != "enrolment":
            year = year_of_day(name(f"v_{rule.find}"), rule.begins)
            replaced.append(f"{year} AS {name(f'v_{field_name}')}")
    return f"REPLACE ({', '.join(replaced)})" if replaced else ""


def _distinct(typed: str, fields: list[FieldSql]) -> str:
    """The different rows, each at the first place it was seen."""
    columns = ", ".join(name(f"{prefix}_{item.field.name}") for prefix in "tvp" for item in fields)
    return f"SELECT min(_row) AS _row, {columns} FROM (\n{typed}\n) GROUP BY {columns}"
