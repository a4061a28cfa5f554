"""Whose ids are these: try the sources that the mapping names, keep the best, and always say what did not match."""

from collections import defaultdict

import pyarrow as pa

from crescendo.core import numbers
from crescendo.imports.bench import Workbench
from crescendo.roster.models import ExternalId, Student

from .mapping import TableMapping
from .passes import CompiledPass
from .transforms import name

BY_NUMBER = "by identifier"


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
    return list(dict.fromkeys(named)) or ([mapping.ids_of] if mapping.ids_of else [bench.source])


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
        bench.db.register("known_ids", pa.table({"id": pa.array(_known(source), pa.string())}))
        counted = bench.db.execute(
            "SELECT count(*), count(*) - count(k.id) FROM student_ids AS s LEFT JOIN known_ids AS k ON s.id = k.id"
        ).fetchall()  # all of it: DuckDB 2 holds the connection until the last row is fetched
        bench.db.unregister("known_ids")
        total, unknown = counted[0]
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


def _known(source: str) -> list[str]:
    if source == BY_NUMBER:
        return list(Student.objects.exclude(identifier="").values_list("identifier", flat=True).order_by())
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
