"""Headers and cells: the strict form, what is also accepted, and what happens to the rest."""

import json
from dataclasses import dataclass

from crescendo.imports.bench import Table, Workbench, quoted, text
from crescendo.imports.findings import ERROR, NOTICE, ROW

from . import dates, manifest
from .package import Delivery
from .specification import ALIASES, BY_NAME, Column, File

CODE = {"guid": "guid", "ref": "guid_ref", "refs": "guid_ref_list", "bool": "boolean", "enum": "enum"}
EXPECTED = {
    "guid": "an id of 1 to 255 characters", "ref": "an id of 1 to 255 characters", "refs": "ids separated by commas",
    "date": "a date such as 2026-01-31", "datetime": "a UTC time such as 2026-01-31T10:00:00.000Z",
    "year": "the year in which the school year ends, such as 2026", "bool": "true or false", "float": "a number",
    "pairs": "pairs such as {A:94},{B:84}",
}  # fmt: skip
TRUE, FALSE = "('true', '1', 'y', 'yes', 't')", "('false', '0', 'n', 'no', 'f')"
GUID = r"[0-9A-Za-z.\-_/@]{1,255}"
KEPT_BYTES = 100 << 20  # of a file; in memory it takes two or three times as much
SPREADSHEET_NUMBER = r"\d+(\.\d+)?[eE]\+?\d+"


@dataclass(frozen=True)
class Check:
    """A condition on rows, and what a row that meets it means."""

    code: str
    column: str
    condition: str
    severity: str
    expected: str
    what_to_do: str


# -- headers -----------------------------------------------------------------------------------------------------------


def check_headers(bench: Workbench, delivery: Delivery) -> None:
    """Match each file's header to the standard's columns and make its typed view."""
    for name, table in delivery.tables.items():
        file = BY_NAME[name]
        if bench.strict:
            _check_exact_header(bench, delivery, file, table)
        given = delivery.headers[name] = _match_header(file, table)
        missing = [
            column.name
            for column in file.columns_of(delivery.version)
            if column.need(delivery.version) == "R"
            and column.name not in given
            and not _is_placed_elsewhere(column, given)
        ]
        for column in missing:
            bench.error("schema.missing_column", file=table.name, row=1, column=column, expected=f"a column {column}",
                        what_to_do="Export the file with this column.")  # fmt: skip
        if missing:
            continue
        delivery.views[name] = _make_view(bench, delivery, file, table, given)
        if delivery.modes.get(name) == "infer":
            delivery.modes[name] = manifest.infer_mode(bench, delivery.views[name] + "_raw")


def _is_placed_elsewhere(column: Column, given: dict[str, str]) -> bool:
    """1.1 and 1.2 call a line item's session differently; either is understood."""
    pair = {
        "gradingPeriodSourcedId": "academicSessionSourcedId",
        "academicSessionSourcedId": "gradingPeriodSourcedId",
    }
    return pair.get(column.name, "") in given or (
        column.name == "schoolSourcedId" and "resultValueMin" in given
    )


def _match_header(file: File, table: Table) -> dict[str, str]:
    """Column of the standard -> column of the table. The first that fits wins; case and aliases are forgiven."""
    names = {column.name.lower(): column.name for column in file.columns}
    given: dict[str, str] = {}
    for column in table.columns:
        key = column.strip().lower()
        real = names.get(key) or file.aliases.get(key) or ALIASES.get(key)
        if real and real not in given:
            given[real] = column
    if any(cell.strip().lower() == "password" for cell in table.header):
        given["password"] = ""
    return given


def _check_exact_header(bench: Workbench, delivery: Delivery, file: File, table: Table) -> None:
    expected = [column.name for column in file.columns_of(delivery.version)]
    header = list(table.header)
    own = [cell for cell in header if cell in expected]
    last = max((position for position, cell in enumerate(header) if cell in expected), default=-1)
    for position, cell in enumerate(header):
        if cell in expected:
            continue
        if cell.startswith("metadata.") and position < last:
            bench.error("schema.metadata_column_position", file=table.name, row=1, column=cell,
                        expected="metadata columns after the standard's", what_to_do="Move the column to the end.")  # fmt: skip
        elif not cell.startswith("metadata.") or cell == "metadata.":
            bench.error("schema.invalid_metadata_header", file=table.name, row=1, column=cell,
                        expected="a column of the standard, or metadata.<name>", what_to_do="Rename or remove the column.")  # fmt: skip
    for column in expected:
        if column not in own:
            bench.error("schema.missing_column", file=table.name, row=1, column=column, expected=f"a column {column}",
                        what_to_do="Write every column of the standard.")  # fmt: skip
    if own != [column for column in expected if column in own]:
        bench.error("schema.header_order_mismatch", file=table.name, row=1, expected="the standard's order of columns",
                    what_to_do="Write the columns in the standard's order.")  # fmt: skip


def _make_view(bench: Workbench, delivery: Delivery, file: File, table: Table, given: dict[str, str]) -> str:
    """`or_users_raw` (text under the standard's names, metadata as JSON), `or_users` (typed), and `or_users_both`.

    A file that is not too large to be kept as a table is understood once, and not again in each statement that asks it.
    """
    view = f"or_{file.name[:-4]}"
    columns = [column for column in file.columns if column.type != "password"]
    names = [quoted(column.name) for column in columns]
    cells = [
        f"{quoted(given[column.name]) if given.get(column.name) else 'NULL::VARCHAR'} AS {name}"
        for column, name in zip(columns, names, strict=True)
    ]
    extra = [column for column in table.columns if column not in given.values()]
    bench.db.execute(
        f"CREATE VIEW {view}_raw AS SELECT _row, {', '.join(cells)}, {_metadata(extra)} AS _metadata FROM {table.relation}"
    )
    orders = dates.find_orders(bench, f"{view}_raw", [c.name for c in columns if c.type == "date"])
    # What came, beside what it was understood as.
    understood = [quoted(f"v_{column.name}") for column in columns]
    typed = [
        f"{typed_value(column, delivery.version, orders.get(column.name, ''))} AS {name}"
        for column, name in zip(columns, understood, strict=True)
    ]
    kind = "TABLE" if table.bytes <= KEPT_BYTES else "VIEW"
    bench.db.execute(f"CREATE {kind} {view}_both AS SELECT *, {', '.join(typed)} FROM {view}_raw")
    if kind == "TABLE":
        bench.db.execute(
            f"CREATE OR REPLACE VIEW {view}_raw AS SELECT _row, {', '.join(names)}, _metadata FROM {view}_both"
        )
    values = ", ".join(f"{typed} AS {name}" for typed, name in zip(understood, names, strict=True))
    bench.db.execute(f"CREATE VIEW {view} AS SELECT _row, {values}, _metadata FROM {view}_both")
    return view


def _metadata(extra: list[str]) -> str:
    """The columns that the standard does not know, as JSON that is written as PostgreSQL writes it; NULL where all are empty."""
    named: dict[str, str] = {}
    for column in extra:  # `metadata.house` and `house` are one name: the first counts
        named.setdefault(column.removeprefix("metadata."), column)
    if not named:
        return "NULL::VARCHAR"
    cells = [
        f"{text(json.dumps(name, ensure_ascii=False) + ': ')} || to_json({quoted(named[name])})::VARCHAR"
        for name in sorted(named, key=stored_order)
    ]
    return f"nullif('{{' || concat_ws(', ', {', '.join(cells)}) || '}}', '{{}}')"


def stored_order(key: str) -> tuple[int, str]:
    """The order in which PostgreSQL keeps the keys of a JSON object: short ones first."""
    return len(key.encode()), key


# -- cells -------------------------------------------------------------------------------------------------------------


def typed_value(column: Column, version: str, order: str = "") -> str:  # noqa: PLR0911  (one return for each type)
    """A cell as a value, or NULL where it is not understood."""
    name = quoted(column.name)
    if column.type in {"refs", "list"}:
        mark = "'[,;|]'" if column.type == "refs" else "','"
        return f"list_filter(list_transform(string_split_regex({name}, {mark}), lambda x: trim(x)), lambda x: x <> '')"
    if column.type == "date":
        return dates.value(name, order)
    if column.type == "datetime":
        return f"try_cast({name} AS TIMESTAMPTZ)"
    if column.type == "year":
        return (
            f"CASE WHEN regexp_full_match({name}, '[0-9]{{4}}') THEN try_cast({name} AS INTEGER) "
            f"WHEN regexp_full_match({name}, '[0-9]{{4}} ?[-/] ?[0-9]{{2}}([0-9]{{2}})?') THEN try_cast(left({name}, 4) AS INTEGER) + 1 END"
        )
    if column.type == "bool":
        return f"CASE WHEN lower({name}) IN {TRUE} THEN true WHEN lower({name}) IN {FALSE} THEN false END"
    if column.type == "float":
        number = f"try_cast({name} AS DOUBLE)"
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    if column.type == "enum":
        return _enum_value(column, version)
    return name


def _enum_value(column: Column, version: str) -> str:
    name = quoted(column.name)
    cases = " ".join(f"WHEN {text(value.lower())} THEN {text(value)}" for value in column.values)
    if column.name == "status":
        return f"CASE lower({name}) {cases} WHEN 'inactive' THEN 'tobedeleted' END"
    cases += " " + " ".join(
        f"WHEN {text(v.lower())} THEN {text(v)}" for v in column.values_11 if v not in column.values
    )
    if column.name == "role":  # every version's roles are understood in every version
        from .specification import ROLES_11, ROLES_12  # noqa: PLC0415

        more = sorted({*ROLES_11, *ROLES_12} - set(column.values))
        cases += " " + " ".join(f"WHEN {text(v.lower())} THEN {text(v)}" for v in more)
    other = f"CASE WHEN {name} LIKE 'ext:%' THEN {name}" + (
        " END" if column.decides else f" WHEN {name} IS NOT NULL THEN 'ext:' || {name} END"
    )
    return f"CASE lower({name}) {cases} ELSE {other} END"


def check_cells(bench: Workbench, delivery: Delivery) -> None:
    """Check every cell of every file, one pass per file."""
    for position, (name, view) in enumerate(delivery.views.items()):
        bench.progress(f"checking {name}", position, len(delivery.views))
        checks = [
            check
            for column in BY_NAME[name].columns
            if column.type != "password"
            for check in _checks(bench, delivery, name, column)
        ]
        run_checks(bench, delivery.tables[name].name, view, checks)


def run_checks(bench: Workbench, file: str, view: str, checks: list[Check]) -> None:
    """Count the rows that meet each condition in one pass; report those conditions that any row meets."""
    if not checks:
        return
    counts = ", ".join(f"count(*) FILTER ({check.condition})" for check in checks)
    source = f"{view}_both r"
    found = bench.db.execute(f"SELECT {counts} FROM {source}").fetchone()
    for check, number in zip(checks, found, strict=True):
        if not number:
            continue
        received = f"r.{quoted(check.column)}" if check.column else "NULL"
        bench.report(
            f"""SELECT {text(file)} AS file, r._row AS row, {text(check.code)} AS code, {text(check.column)} AS "column",
                       {received} AS received FROM {source} WHERE {check.condition}""",
            check.severity, expected=check.expected, what_to_do=check.what_to_do,
        )  # fmt: skip


def _checks(bench: Workbench, delivery: Delivery, name: str, column: Column) -> list[Check]:
    raw, typed = f"r.{quoted(column.name)}", f"r.{quoted('v_' + column.name)}"
    need = column.need(delivery.version)
    checks: list[Check] = []
    hard = ERROR if bench.strict else ROW
    soft = ERROR if bench.strict else NOTICE
    if column.name in {"status", "dateLastModified"}:
        checks += _lifecycle(bench, delivery, name, column, raw)
    elif need == "R":
        checks.append(
            Check(
                "row.field_required",
                column.name,
                f"{raw} IS NULL AND {_alive(column)}",
                hard,
                "a value",
                "Fill in the cell.",
            )
        )
    code = f"row.invalid_{CODE.get(column.type, column.type)}"
    expected = EXPECTED.get(column.type, "") or f"one of {', '.join(column.allowed(delivery.version))}"
    decides = (need == "R" and column.type not in {"enum", "refs", "list", "bool"}) or column.decides
    if column.type in {"date", "datetime", "year", "bool", "float"} or (
        column.type == "enum" and column.decides
    ):
        severity = ERROR if bench.strict else ROW if decides else NOTICE
        fix = "The row was set aside." if decides else "The cell was left empty."
        checks.append(
            Check(code, column.name, f"{raw} IS NOT NULL AND {typed} IS NULL", severity, expected, fix)
        )
    if column.type in {"guid", "ref"}:
        # One pattern for both flaws: it is matched against every id of millions of rows.
        bad = f"{raw} IS NOT NULL AND (length({raw}) > 255 OR "
        bad += f"regexp_matches({raw}, '^(?:{SPREADSHEET_NUMBER})$|[\\x00-\\x1f]'))"
        checks.append(
            Check(
                code,
                column.name,
                bad,
                hard,
                expected,
                "A spreadsheet may have turned the id into a number. Export it again.",
            )
        )
    if column.type == "pairs" and not bench.strict:
        checks.append(
            Check(
                code,
                column.name,
                f"{raw} IS NOT NULL AND NOT regexp_full_match({raw}, '\\{{[^{{}}]+\\}}(,\\{{[^{{}}]+\\}})*')",
                soft,
                expected,
                "Kept as it came.",
            )
        )
    if bench.strict:
        checks += _strict_form(delivery, column, raw, code, expected)
    elif column.type == "enum" and not column.decides:
        checks.append(
            Check(
                "row.unknown_value",
                column.name,
                f"{typed} LIKE 'ext:%' AND {raw} NOT LIKE 'ext:%'",
                NOTICE,
                expected,
                "Kept as the source's own value.",
            )
        )
    return checks


def _alive(column: Column) -> str:
    """A row that says it is over needs nothing but its id."""
    return "true" if column.name == "sourcedId" else "coalesce(r.\"v_status\", '') <> 'tobedeleted'"


def _lifecycle(bench: Workbench, delivery: Delivery, name: str, column: Column, raw: str) -> list[Check]:
    if not bench.strict:
        if delivery.is_bulk(name) and column.name == "status":
            return [
                Check(
                    "row.field_not_allowed_in_bulk",
                    column.name,
                    f"{raw} IS NOT NULL",
                    NOTICE,
                    "an empty cell in a bulk file",
                    "Read all the same.",
                )
            ]
        return []
    if delivery.is_bulk(name):
        return [
            Check(
                "row.field_not_allowed_in_bulk",
                column.name,
                f"{raw} IS NOT NULL",
                ERROR,
                "an empty cell in a bulk file",
                "Leave the cell empty.",
            )
        ]
    return [
        Check(
            "row.field_required_in_delta",
            column.name,
            f"{raw} IS NULL",
            ERROR,
            "a value in a delta file",
            "Fill in the cell.",
        )
    ]


def _strict_form(delivery: Delivery, column: Column, raw: str, code: str, expected: str) -> list[Check]:
    """The exact form that the standard asks for."""
    patterns = {
        "guid": GUID,
        "ref": GUID,
        "refs": rf"{GUID}(,{GUID})*",
        "date": r"\d{4}-\d{2}-\d{2}",
        "datetime": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z"
        if delivery.version == "1.2"
        else r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z",
        "year": r"\d{4}",
        "bool": "true|false",
        "float": r"-?\d+(\.\d+)?",
    }
    if column.type == "enum":
        allowed = ", ".join(text(value) for value in column.allowed(delivery.version))
        free = (
            f" AND NOT regexp_full_match({raw}, 'ext:[A-Za-z0-9._\\-]+')"
            if column.extensible and delivery.version == "1.2"
            else ""
        )
        return [
            Check(
                code,
                column.name,
                f"{raw} IS NOT NULL AND {raw} NOT IN ({allowed}){free}",
                ERROR,
                expected,
                "Write it as the standard does.",
            )
        ]
    if pattern := patterns.get(column.type):
        return [
            Check(
                code,
                column.name,
                f"{raw} IS NOT NULL AND NOT regexp_full_match({raw}, {text(pattern)})",
                ERROR,
                expected,
                "Write it as the standard does.",
            )
        ]
    return []
