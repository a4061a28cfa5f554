"""A rule as DuckDB SQL: the text that came, the value it means, and the code of what is wrong with it.

Only names and settings of a mapping become SQL, always quoted; what a file says never does.
"""

from dataclasses import dataclass
from datetime import date

from .fields import Field
from .received import REST
from .shapes import Rule, template_columns

_NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
_DAMAGED = r"\d(\.\d+)?[eE]\+?\d+"
_TRUE = ("true", "t", "yes", "y", "1", "1.0")
_FALSE = ("false", "f", "no", "n", "0", "0.0")
PROBLEM_OF_KIND = {
    "date": "bad_date",
    "number": "bad_number",
    "share": "bad_number",
    "integer": "bad_whole_number",
    "boolean": "bad_truth_value",
    "choice": "unknown_value",
    "year": "bad_school_year",
    "text": "bad_text",
    "id": "bad_id",
    "json": "bad_text",
}
BEGINS = (7, 1)  # a school year begins on the first of July, unless the mapping says otherwise
MOST_DAYS = (
    200_000  # counted from a day: further away lies no day of anybody's, and soon none that a calendar has
)
LONGEST_AGO = 50  # years: nobody's school record is older, a mistyped century is


@dataclass(frozen=True)
class FieldSql:
    """One field of a pass: SQL of its text, of its value (reads the text as `t_name`), and of its problem."""

    field: Field
    rule: Rule
    text: str
    value: str
    problem: str
    start: str = ""  # SQL of the day from which the text counts days; the value reads it as `s_name`

    @property
    def may_stay_empty(self) -> bool:
        """The row can do without the field, and the mapping says so: the row is kept, the wrong cell is not."""
        return self.rule.if_wrong == "empty" and not self.field.required


def name(identifier: str) -> str:
    """A column or table name as SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text of the mapping as SQL."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(text(value) for value in values) + ")"


def compile_field(one: Field, rule: Rule, *, on: date | None = None) -> FieldSql:
    """SQL for one field. `find` rules are filled in later, from other fields and the roster.

    `on` is the day of the import.
    """
    if rule.rest:
        return FieldSql(one, rule, name(REST), f"t_{one.name}", "NULL::VARCHAR")
    if rule.find:
        kind = "SMALLINT" if one.kind == "year" else "VARCHAR"
        return FieldSql(one, rule, "NULL::VARCHAR", f"NULL::{kind}", "NULL::VARCHAR")
    received = _received(rule)
    meant = _meant(f"t_{one.name}", rule)
    value = _value(one, rule, meant)
    start = ""
    if rule.days_from is not None:
        start = _date(
            one.name, Rule(constant="", date=("iso",)), _meant(_received(rule.days_from), rule.days_from)
        )
    return FieldSql(one, rule, received, value, _problem(one, rule, meant, on), start)


def _received(rule: Rule) -> str:
    """The text as it came, after the parts of the rule that only take something off it."""
    if rule.constant is not None:
        return text(rule.constant)
    found = _template(rule.template) if rule.template else name(rule.column)
    if rule.or_column:
        found = f"coalesce({', '.join([found, *map(name, rule.or_column)])})"
    if rule.pattern:
        found = f"nullif(regexp_extract({found}, {text(rule.pattern)}, 1), '')"
    if rule.drop_zero_decimal:
        found = f"regexp_replace({found}, '\\.0+$', '')"
    if rule.case:
        found = f"{'upper' if rule.case == 'upper' else 'lower'}({found})"
    if rule.around:
        before, after = rule.around.split("{}")
        found = f"{text(before)} || {found} || {text(after)}"
    return found


def _template(template: str) -> str:
    """Parts joined; missing where one of its columns is missing, so that no id is made of half a key."""
    columns = template_columns(template)
    pieces = [text(template.split("{", maxsplit=1)[0])]
    for column, part in zip(columns, template.split("{")[1:], strict=True):
        pieces += [name(column), text(part.split("}", 1)[1])]
    return " || ".join(piece for piece in pieces if piece != "''") or "''"


def _meant(received: str, rule: Rule) -> str:
    """The text after the value map and the meaning of an empty cell."""
    meant = received
    if rule.values:
        cases = " ".join(f"WHEN {text(key)} THEN {text(value)}" for key, value in rule.values)
        otherwise = received if rule.otherwise == "keep" else "NULL"
        meant = f"nullif(CASE {received} {cases} ELSE {otherwise} END, '')"
    if rule.filled is not None:
        meant = f"CASE WHEN {received} IS NOT NULL THEN {text(rule.filled)} END"
    if rule.empty is not None:
        meant = f"CASE WHEN {received} IS NULL THEN {text(rule.empty)} ELSE {meant} END"
    return meant


def _value(one: Field, rule: Rule, meant: str) -> str:
    """The typed value, or NULL where the text does not fit the kind."""
    low = f"lower({meant})"
    number = _number(rule, meant)
    by_kind = {
        "date": _date(one.name, rule, meant),
        "number": number,
        "share": number,
        "integer": f"CASE WHEN {number} = floor({number}) THEN try_cast({number} AS BIGINT) END",
        "boolean": f"CASE WHEN {low} IN {texts(_TRUE)} THEN true WHEN {low} IN {texts(_FALSE)} THEN false END",
        "choice": f"CASE WHEN {meant} IN {texts(one.choices or ('',))} THEN {meant} END",
        "year": _year_of(one.name, rule, meant) if rule.date else _year(meant),
    }
    return by_kind.get(one.kind, meant)


def _date(field: str, rule: Rule, meant: str) -> str:
    if rule.days_from is not None:
        days = f"try_cast({_number(rule, meant)} AS INTEGER)"
        return f"CASE WHEN abs({days}) <= {MOST_DAYS} THEN {name('s_' + field)} + {days} END"
    tried = [_date_written(meant, one) for one in rule.date or ("iso",)]
    return f"coalesce({', '.join(tried)})" if len(tried) > 1 else tried[0]


def _date_written(meant: str, date_format: str) -> str:
    if date_format == "iso":
        shape = r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?"
        day = f"regexp_extract({meant}, '^[^T ]+')"
        return f"CASE WHEN regexp_full_match({meant}, '{shape}') THEN try_cast({day} AS DATE) END"
    return f"try_strptime({meant}, {text(date_format)})::DATE"


def _number(rule: Rule, meant: str) -> str:
    number = meant
    if rule.number == "percent":
        number = f"regexp_replace({number}, '\\s*%$', '')"
    elif rule.number == "comma":
        number = f"replace(replace({number}, '.', ''), ',', '.')"
    parsed = f"CASE WHEN regexp_full_match({number}, '{_NUMBER}') THEN try_cast({number} AS DOUBLE) END"
    # Percent ends here: a share runs from 0 to 1 everywhere else.
    return f"({parsed}) / 100" if rule.number == "percent" else f"({parsed})"


def _year_of(field: str, rule: Rule, meant: str) -> str:
    """The school year of a date that is no field of its own."""
    return year_of_day(_date(field, rule, meant), rule.begins)


def year_of_day(day: str, begins: str) -> str:
    """The year in which the school year of a day ends: from the first of July on, the next."""
    month, first = (int(part) for part in begins.split("-")) if begins else BEGINS
    later = f"(month({day}), day({day})) >= ({month}, {first})"
    return f"(year({day}) + CASE WHEN {later} THEN 1 ELSE 0 END)::SMALLINT"


def _year(meant: str) -> str:
    """The year in which the school year ends: 2026, 2025-26, 2025/2026, 25-26."""
    ends = f"regexp_extract({meant}, '(\\d{{2,4}})$', 1)"
    begins = f"try_cast(left({meant}, 4) AS SMALLINT)"
    return (
        f"CASE WHEN regexp_full_match({meant}, '\\d{{4}}') THEN try_cast({meant} AS SMALLINT) "
        f"WHEN regexp_full_match({meant}, '\\d{{4}}\\s*[-/]\\s*(\\d{{2}}|\\d{{4}})') "
        f"AND right({ends}, 2) = right(({begins} + 1)::VARCHAR, 2) THEN ({begins} + 1)::SMALLINT "
        f"WHEN regexp_full_match({meant}, '\\d{{2}}\\s*[-/]\\s*\\d{{2}}') "
        f"AND try_cast(right({meant}, 2) AS SMALLINT) = try_cast(left({meant}, 2) AS SMALLINT) + 1 "
        f"THEN (2000 + try_cast(right({meant}, 2) AS SMALLINT))::SMALLINT END"
    )


def _problem(one: Field, rule: Rule, meant: str, on: date | None) -> str:
    """The code of what is wrong, or NULL. `v_name` is the value computed before."""
    received, value = f"t_{one.name}", f"v_{one.name}"
    cases = []
    if one.kind == "id":
        cases.append(f"WHEN regexp_full_match({received}, '{_DAMAGED}') THEN 'damaged_id'")
    if rule.values and rule.otherwise == "refuse":
        keys = texts(tuple(key for key, _ in rule.values))
        cases.append(f"WHEN {received} IS NOT NULL AND {received} NOT IN {keys} THEN 'unknown_value'")
    if one.required:
        cases.append(f"WHEN {meant} IS NULL THEN 'missing'")
    if one.kind not in ("id", "text"):
        code = PROBLEM_OF_KIND[one.kind]
        cases.append(f"WHEN {meant} IS NOT NULL AND {value} IS NULL THEN '{code}'")
    if one.kind in ("id", "text"):
        cases.append(f"WHEN length({value}) > {one.longest} THEN 'too_long'")
    for bound, sign in ((one.lowest, "<"), (one.highest, ">")):
        if bound is not None:
            cases.append(f"WHEN {value} {sign} {bound} THEN 'out_of_range'")
    if one.kind == "year":
        cases.append(f"WHEN {value} NOT BETWEEN 1950 AND 2100 THEN 'out_of_range'")
    if one.kind == "date":
        cases.append(f"WHEN {value} NOT BETWEEN DATE '1900-01-01' AND DATE '2100-12-31' THEN 'out_of_range'")
    if one.has_happened and on is not None:
        cases.append(f"WHEN {value} > DATE '{on.isoformat()}' THEN 'future_date'")
        cases.append(f"WHEN {value} < DATE '{on.isoformat()}' - INTERVAL {LONGEST_AGO} YEAR THEN 'long_ago'")
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"
