"""From a landed delivery and its mapping to rows handed over to the pipeline."""

from dataclasses import replace
from typing import Any

from crescendo.imports.bench import RawFile, Table, Workbench
from crescendo.imports.findings import ERROR, NOTICE, ROW, Refused
from crescendo.imports.targets import get_target
from crescendo.imports.widths import find_too_wide

from . import matching, reporting
from .file_names import match_files
from .fitting import fitted, prepared
from .mapping import (
    FileSpec,
    MappingError,
    TableMapping,
    load_mapping,
    parse_mapping,
    with_answers,
)
from .passes import CompiledPass, compile_pass, needed_columns
from .reader import Received, Unreadable, read_file
from .transforms import name

TOLD = 200  # characters of a torn row that are shown, masked; all of it can be downloaded
READ_BY = "read_by"  # key in a run's options: the name, version and digest of its mapping
_SCHOOL_YEAR_ENDS = "make_date(v_school_year::BIGINT, 6, 30)"


def stage(bench: Workbench) -> None:
    """Read the files that the mapping names, check every row, and hand over what holds."""
    bench.open_columns = frozenset()  # a column that a school calls "value" or "source" may hold a name
    mapping = find_mapping(bench)
    # Saved with the run: its page says by what it was read, and an OK is given to what was looked at.
    bench.options[READ_BY] = {"name": mapping.name, "version": mapping.version, "digest": mapping.digest}
    received = _read_files(bench, mapping)
    bench.stop_on_errors()
    mapping = replace(mapping, passes=tuple(fitted(one, received) for one in mapping.passes))
    received = {file: prepared(mapping, item, file) for file, item in received.items()}
    relations = {file: _register(bench, item) for file, item in received.items()}
    _check_columns(bench, mapping, received)
    bench.stop_on_errors()
    mapping = matching.choose_columns(bench, mapping, received, relations)
    passes = [one for one in mapping.passes if one.file in received]
    compiled = []
    known: reporting.Known = set()
    for position, one in enumerate(passes):
        bench.progress(f"reading {one.target.title.lower()}", position, len(passes))
        target = get_target(one.target.name)
        has_key = target.is_fact or (bool(target.entity) and "external_id" not in one.fields)
        done = compile_pass(one, relations, has_key=has_key, on=bench.on)
        bench.db.execute(f"CREATE TABLE pass_{position} AS {done.typed}")
        reporting.report_problems(bench, done, f"pass_{position}", received[one.file], known)
        compiled.append(done)
    if any(one.target.name == "assessments" for one in passes):
        bench.match(
            "assessment", by="code"
        )  # a test is the same test, whichever of two systems sends its results
    matching.choose_ids(bench, mapping, compiled, {file: item.file for file, item in received.items()})
    bench.stop_on_errors()
    for position, done in enumerate(compiled):
        _hand_over(bench, done, position, received[done.one.file])
    _keep_the_rest(bench, compiled, received, relations)


def find_mapping(bench: Workbench) -> TableMapping:
    """The mapping of this run: named for it, or saved with its source. A wrong one refuses the delivery."""
    given: Any = bench.options.get("mapping") or _as_looked_at(bench) or bench.settings.get("mapping")
    answers = bench.settings.get("answers", {}) | bench.options.get("answers", {})
    try:
        if given:
            mapping = parse_mapping(given) if isinstance(given, dict) else load_mapping(str(given))
            return with_answers(mapping, answers)
    except MappingError as error:
        bench.error("mapping.invalid", expected="a mapping that can be read", what_to_do=str(error)[:300])
        raise Refused from error
    bench.error("mapping.missing", what_to_do="Say which mapping to use, or make one for this source.")
    raise Refused


def _as_looked_at(bench: Workbench) -> dict[str, Any] | None:
    """The mapping by which a run that waits was read, although somebody has saved a newer one since."""
    version = bench.options.get(READ_BY, {}).get("version")
    earlier = bench.settings.get("earlier_mappings", [])
    return next((one for one in earlier if one["mapping"].get("version") == version), None)


def _read_files(bench: Workbench, mapping: TableMapping) -> dict[str, Received]:
    matched = match_files(bench.files, mapping)
    alone = len(bench.files) == 1 and bool(matched)  # one file of a larger delivery, sent by itself
    received = {}
    for spec in mapping.files.values():
        if spec.name in matched:
            file = matched[spec.name]
            bench.progress(f"reading {file.name}", 0, None)
            if item := _read_one(bench, file, spec):
                received[spec.name] = item
        elif not (spec.optional or alone):
            bench.error("file.missing", file=spec.pattern, expected=f"a file named like {spec.pattern}",
                        what_to_do="Send the files of the mapping together, in one folder or ZIP.")  # fmt: skip
    if not received and not any(found.severity == ERROR for found in bench.found):
        bench.error("file.unknown", file=", ".join(file.name for file in bench.files)[:255],
                    expected=", ".join(spec.pattern for spec in mapping.files.values())[:300],
                    what_to_do="No file has a name that this mapping knows. Choose another mapping.")  # fmt: skip
    for file in bench.files:
        if file not in matched.values() and received:
            bench.notice("file.not_used", file=file.name, what_to_do="The mapping has no use for this file.")
    return received


def _read_one(bench: Workbench, file: RawFile, spec: FileSpec) -> Received | None:
    if too_wide := find_too_wide(file.path, file.name):
        bench.found.append(too_wide)
        return None
    try:
        item = read_file(file.path, spec, file.name)
    except Unreadable as error:
        bench.error(f"file.{error.code}", file=file.name, row=error.row, what_to_do=str(error)[:300])
        return None
    ragged = [flaw for flaw in item.flaws if flaw.sets_aside]
    for flaw in item.flaws:
        if not flaw.sets_aside:
            bench.find(f"file.{flaw.code}", NOTICE, file=file.name, row=flaw.row, what_to_do=flaw.message)
    if ragged:
        first = ragged[0]
        bench.find(f"row.{first.code}", ERROR if bench.strict else ROW, file=file.name, row=first.row,
                   what_to_do=first.message, received=first.received[:TOLD], count=len(ragged))  # fmt: skip
        rows = [(file.name, flaw.row, f"row.{flaw.code}", "", flaw.received[:TOLD]) for flaw in ragged]
        bench.db.executemany("INSERT INTO set_aside VALUES (?, ?, ?, ?, ?)", rows)
    return item


def _check_columns(bench: Workbench, mapping: TableMapping, received: dict[str, Received]) -> None:
    """Every column that the mapping reads must be in its file: a missing one refuses the delivery."""
    reported = set()
    for one in mapping.passes:
        for file, columns in needed_columns(one).items():
            if file not in received:
                if one.file in received and (one.file, file) not in reported:
                    reported.add((one.file, file))
                    together = f"{received[one.file].file} is read together with it. Send both."
                    bench.error("file.missing", file=mapping.files[file].pattern, what_to_do=together)
                continue
            for column in columns:
                if column not in received[file].columns and (file, column) not in reported:
                    reported.add((file, column))
                    reporting.report_missing_column(
                        bench, received[file], column, mapping.files[file].header_row
                    )


def _register(bench: Workbench, item: Received) -> str:
    relation = f"received_{len(bench.tables)}"
    bench.db.register(relation, item.table)
    rows = item.table.num_rows + sum(flaw.sets_aside for flaw in item.flaws) + len(item.above)
    bench.tables[item.file] = Table(item.file, relation, item.columns, item.columns, rows)
    if item.above:  # titles above the header: lines of the file like any other, and accounted for
        bench.keep_only(item.file, " UNION ALL ".join(f"SELECT {row}::BIGINT AS _row" for row in item.above))
    return relation


def _hand_over(bench: Workbench, done: CompiledPass, position: int, came: Received) -> None:
    """Typed columns under the names of the target. Derived rows stand for no single row of the file."""
    target = get_target(done.one.target.name)
    columns = ["NULL::BIGINT AS _row" if done.one.distinct else "_row"]
    for item in done.fields:
        if item.field.name == "row_key":
            columns.append(f"v_row_key AS {name(target.key)}")
        elif item.rule.find != "enrolment":
            columns.append(f"{name('v_' + item.field.name)} AS {name(item.field.name)}")
    if target.name == "behaviour_incidents" and "ordinary_until" not in done.one.fields:
        columns.append(f"{_SCHOOL_YEAR_ENDS} AS ordinary_until")
    problems = " OR ".join(f"{name('p_' + item.field.name)} IS NOT NULL" for item in done.fields)
    # A derived row has no row of the file to be left out by, so its problems are looked at here.
    where = f" WHERE NOT ({problems})" if done.one.distinct else ""
    bench.hand_over(
        target.name,
        f"SELECT {', '.join(columns)} FROM pass_{position}{where}",
        file=came.file,
        mode=done.one.mode,
        is_unique=target.is_fact and _keys_are_unique(bench, position),
        called=_called(done, came),
    )


def _called(done: CompiledPass, came: Received) -> dict[str, str]:
    """What the file calls the column of each field; a key that is made of several has no name there."""
    called = {
        field: came.called.get(column, column)[:255] for field, column in done.column_of.items() if column
    }
    target = get_target(done.one.target.name)
    return called | ({target.key: called.get("row_key", "")} if target.is_fact else {})


def _keys_are_unique(bench: Workbench, position: int) -> bool:
    """Proved once here, so that the pipeline need not copy millions of rows to find twins that are not there."""
    counted = bench.db.execute(f"SELECT count(*), count(DISTINCT v_row_key) FROM pass_{position}").fetchall()
    return bool(counted[0][0] == counted[0][1])


def _keep_the_rest(
    bench: Workbench,
    compiled: list[CompiledPass],
    received: dict[str, Received],
    relations: dict[str, str],
) -> None:
    """Rows that no pass took (conditions, empty groups, files that are only looked up in): kept with the raw file."""
    for file, relation in relations.items():
        taken = [
            f"SELECT _row FROM pass_{position}"
            for position, done in enumerate(compiled)
            if done.one.file == file and not done.one.distinct
        ]
        rest = f"SELECT _row FROM {relation}"
        if taken:
            rest += f" EXCEPT ({' UNION '.join(taken)})"
        filtered = not all(done.one.takes_every_row for done in compiled if done.one.file == file)
        if filtered or not taken:
            bench.keep_only(received[file].file, rest)


__all__ = ["READ_BY", "find_mapping", "stage"]
