"""Whose ids are these: try the sources that the mapping names, keep the best, and always say what did not match."""

from collections import defaultdict
from dataclasses import replace

import pyarrow as pa
from django.db.models import Count

from crescendo.core import numbers
from crescendo.imports.bench import Workbench
from crescendo.roster.models import ExternalId, Student

from .fields import Field
from .guessing import Column
from .passes import CompiledPass
from .received import Received
from .shapes import Pass, Rule, TableMapping
from .transforms import compile_field, name

IDS_TRIED, MOST = 50, 0.5  # a column is proposed where more than half of fifty ids are students'
BY_NUMBER = "by identifier"
ANY = "any"
ID = Field("id", "id", "An id", entity="student")


def choose_columns(
    bench: Workbench, mapping: TableMapping, received: dict[str, Received], relations: dict[str, str]
) -> TableMapping:
    """Where the mapping names several columns of ids: the one by which most students are known, in every pass.

    What each column would have matched is said, so that a person can see why.
    """
    chosen: dict[tuple[str, ...], str] = {}
    passes = []
    for one in mapping.passes:
        fields = dict(one.fields)
        for field, rule in one.fields.items():
            if rule.any_of and one.file in received:
                if rule.any_of not in chosen:
                    chosen[rule.any_of] = _best_column(
                        bench, mapping, one, rule, received[one.file], relations[one.file]
                    )
                fields[field] = replace(rule, any_of=(), column=chosen[rule.any_of])
        passes.append(replace(one, fields=fields))
    bench.stop_on_errors()
    return replace(mapping, passes=tuple(passes))


def _best_column(
    bench: Workbench, mapping: TableMapping, one: Pass, rule: Rule, received: Received, relation: str
) -> str:
    has = [column for column in rule.any_of if column in received.columns]
    if not has:
        named = " or ".join(f"'{column}'" for column in rule.any_of)
        bench.error("file.missing_column", file=received.file, column=rule.any_of[0], expected=f"a column {named}"[:300],
                    what_to_do="Export one of these columns, or change the mapping.")  # fmt: skip
        return rule.any_of[0]
    sources = _sources(bench, mapping, "student", list(rule.refers_to))
    rates: dict[str, tuple[int, int]] = {}
    for column in has:
        # As the rule reads it: cut, put together, in capitals.
        read = compile_field(ID, replace(rule, any_of=(), column=column)).text
        bench.db.execute(
            f"CREATE OR REPLACE TEMP TABLE candidate_ids AS SELECT DISTINCT {read} AS id FROM {relation} WHERE {read} IS NOT NULL"
        )
        counted = [_count_unknown(bench, "candidate_ids", source) for source in sources]
        rates[column] = min(((unknown, total) for total, unknown in counted), default=(0, 0))
    best = min(has, key=lambda column: _unknown_share(*rates[column]))
    if len(has) > 1:
        said = "; ".join(
            f"{column}: {total - unknown} of {total}" for column, (unknown, total) in rates.items()
        )
        bench.notice("ids.column_chosen", file=received.file, column=received.called.get(best, best),
                     what_to_do=f"Students known by each column of ids: {said}."[:300])  # fmt: skip
    return best


def _unknown_share(unknown: int, total: int) -> float:
    return unknown / total if total else 1.0


def _count_unknown(bench: Workbench, table: str, source: str) -> tuple[int, int]:
    """How many different ids there are, and how many of them a source does not know."""
    bench.db.register("known_ids", pa.table({"id": pa.array(_known(source), pa.string())}))
    counted = bench.db.execute(
        f"SELECT count(*), count(*) - count(k.id) FROM {table} AS s LEFT JOIN known_ids AS k ON s.id = k.id"
    ).fetchall()  # all of it: DuckDB 2 holds the connection until the last row is fetched
    bench.db.unregister("known_ids")
    return int(counted[0][0]), int(counted[0][1])


def choose_ids(
    bench: Workbench, mapping: TableMapping, compiled: list[CompiledPass], files: dict[str, str]
) -> None:
    """For each kind of id: whose it is. The share of students that nobody knows is a notice, too many an error."""
    # Also what another file of the mapping brings: sent alone, a file still means its own source's things.
    brought = {one.target.entity for one in mapping.passes if one.target.entity}
    uses: dict[str, list[tuple[int, str]]] = defaultdict(list)
    candidates: dict[str, list[str]] = defaultdict(list)
    for position, done in enumerate(compiled):
        for item in done.fields:
            if item.field.kind == "id" and item.field.name not in ("external_id", "row_key"):
                uses[item.field.entity].append((position, item.field.name))
                candidates[item.field.entity] += item.rule.refers_to
    for entity, places in uses.items():
        if entity in brought or bench.matches.get(entity, {}).get("by") in ("name", "code"):
            continue  # brought along, or known by what people call it: there is no source to choose
        sources = _sources(bench, mapping, entity, candidates[entity])
        if entity != "student":
            bench.match(entity, source=sources[0])
            continue
        _choose_for_students(bench, compiled, places, sources, files)


def _sources(bench: Workbench, mapping: TableMapping, entity: str, named: list[str]) -> list[str]:
    """In order: said for this run, set for the source, named in the mapping, the source itself."""
    if given := bench.options.get("ids_of"):
        return [str(given)]
    if entity in bench.matches:
        by = bench.matches[entity].get("by", "external_id")
        return [BY_NUMBER if by == "identifier" else bench.matches[entity].get("source", bench.source)]
    if named or mapping.ids_of != ANY:
        return list(dict.fromkeys(named)) or ([mapping.ids_of] if mapping.ids_of else [bench.source])
    return _every_source(entity, bench.source)


def _every_source(entity: str, own: str) -> list[str]:
    """Every source whose ids of such things we hold, the one that brought most first; then the number people know."""
    held = ExternalId.objects.filter(entity=entity).values_list("source").annotate(n=Count("pk"))
    found = [source for source, _ in held.order_by("-n", "source")]
    return [*(found or [own]), *([BY_NUMBER] if entity == "student" else [])]


def _choose_for_students(
    bench: Workbench,
    compiled: list[CompiledPass],
    places: list[tuple[int, str]],
    sources: list[str],
    files: dict[str, str],
) -> None:
    """Try each source; the one that knows most students has it. No student may be known by two rules at once."""
    ids = " UNION ".join(
        f"SELECT {name('v_' + field)} AS id FROM pass_{position}" for position, field in places
    )
    bench.db.execute(
        f"CREATE OR REPLACE TEMP TABLE student_ids AS SELECT DISTINCT id FROM ({ids}) WHERE id IS NOT NULL"
    )
    best, fewest, total = sources[0], None, 0
    for source in sources:
        total, unknown = _count_unknown(bench, "student_ids", source)
        if fewest is None or unknown < fewest:
            best, fewest = source, unknown
    if best == BY_NUMBER:
        bench.match("student", by="identifier")
    else:
        bench.match("student", source=best)
    _say_share(
        bench,
        files[compiled[places[0][0]].one.file],
        best,
        total,
        fewest or 0,
        min(compiled[position].one.unmatched_limit for position, _ in places),
    )


def column_of_students(columns: list[Column]) -> str:
    """The column most of whose first ids are students' whom we know by them; '' where none is."""
    tried = {column.name: set(column.all_values[:IDS_TRIED]) for column in columns if column.all_values}
    everything = set().union(*tried.values())
    held = ExternalId.objects.filter(entity="student", external_id__in=everything)
    known = set(held.values_list("external_id", flat=True).order_by())
    known |= set(
        Student.objects.filter(identifier__in=everything - {""})
        .values_list("identifier", flat=True)
        .order_by()
    )
    shares = {name: len(ids & known) / len(ids) for name, ids in tried.items()}
    best = max(shares, key=lambda name: shares[name], default="")
    return best if shares.get(best, 0) > MOST else ""


def _known(source: str) -> list[str]:
    if source == BY_NUMBER:  # a number of two students names neither: the pipeline sets its rows aside
        numbered = Student.objects.filter(ended_on__isnull=True).exclude(identifier="").order_by()
        once = numbered.values("identifier").annotate(n=Count("pk")).filter(n=1)
        return list(once.values_list("identifier", flat=True))
    found = ExternalId.objects.filter(source=source, entity="student")
    return list(found.values_list("external_id", flat=True).order_by())


def _say_share(bench: Workbench, file: str, source: str, total: int, unknown: int, limit: float) -> None:
    """The unmatched share is always shown, also when it is nothing."""
    if not total:
        return
    share = numbers.share(unknown, total)
    whose = "the number people know them by" if source == BY_NUMBER else f"the ids of '{source}'"
    said = f"{unknown} of {total} students in the file ({numbers.percent(share)}) are unknown by {whose}."
    if share > limit:
        bench.error("ids.mostly_unmatched", file=file, expected=f"at most {100 * limit:g} % unknown", count=unknown,
                    what_to_do=said + " Check which ids the column holds.")  # fmt: skip
    else:
        bench.notice("ids.matched", file=file, what_to_do=said, count=unknown)
