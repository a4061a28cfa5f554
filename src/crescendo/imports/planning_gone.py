"""What a full delivery no longer names: stored rows that end, or are taken back, and schools that would be emptied."""

from typing import TYPE_CHECKING

from .bench import quoted, text
from .resolving import Staged
from .targets import Target

if TYPE_CHECKING:
    from .planning import Piece, Planner


def find_gone(planner: "Planner", target: Target, staged: list[Staged]) -> None:
    """Stored rows of this source that the delivery does not name (rows set aside are named)."""
    piece = planner.pieces[-1]
    piece.gone = f"{piece.relation}_gone"
    if target.entity:
        own = _own_ids(planner, target)
        named = " UNION ALL ".join(f"SELECT id FROM {one.relation}" for one in planner.pieces[-len(staged) :])
        condition = (
            f"s.ended_on IS NULL AND s.id IN (SELECT id FROM {own}) AND s.id NOT IN "
            f"(SELECT id FROM ({named}) WHERE id IS NOT NULL)"
        )
    else:
        condition = _gone_by_owner(planner, target, piece)
    planner.db.execute(f"CREATE TABLE {piece.gone} AS SELECT s.* FROM stored s WHERE {condition}")
    if target.entity and planner.db.execute(f"SELECT 1 FROM {piece.gone} LIMIT 1").fetchone():
        # What was set aside is named, too. Asked of the few alone: of all it is the whole delivery once more.
        present = " UNION ALL ".join(stage.present for stage in staged)
        planner.db.execute(
            f"DELETE FROM {piece.gone} WHERE id IN (SELECT o.id FROM {own} o JOIN ({present}) p ON p.key = o.external_id)"
        )
    gone = planner.db.execute(f"SELECT count(*) FROM {piece.gone}").fetchone()[0]
    action = "end" if target.entity or target.ends else "retract"
    piece.counts[action] = piece.counts.get(action, 0) + gone
    piece.emptied_schools = _count_emptied(planner, target, piece)


def _own_ids(planner: "Planner", target: Target) -> str:
    """The ids that this source gave: those by which rows were matched, unless it knows things by another's ids as well."""
    if not planner.bench.matches.get(target.entity):
        return planner.ids(target.entity)
    planner.exchange.fetch(
        f"SELECT external_id, object_id FROM roster_externalid WHERE source = {text(planner.bench.source)} "
        f"AND entity = {text(target.entity)}",
        {"external_id": "VARCHAR", "id": "BIGINT"},
        "own_ids",
    )
    return "own_ids"


def _gone_by_owner(planner: "Planner", target: Target, piece: "Piece") -> str:
    keys = " AND ".join(f"p.{quoted(k)} IS NOT DISTINCT FROM s.{quoted(k)}" for k in target.natural_key)
    own = f"s.source = {text(planner.bench.source)}" if "source" in target.stored_names else "true"
    live = f"(s.{target.ends[1]} IS NULL)" if target.ends else "true"
    owner = quoted(target.owner)
    return (
        f"{own} AND {live} AND s.{owner} IN (SELECT {owner} FROM {piece.relation}) "
        f"AND NOT EXISTS (SELECT 1 FROM {piece.relation} p WHERE {keys})"
    )


def _count_emptied(planner: "Planner", target: Target, piece: "Piece") -> int:
    """Schools of which every live row would end (schools with fewer than five rows are not counted)."""
    if not target.school or not target.entity:
        return 0
    school = quoted(target.school)
    return planner.db.execute(
        f"""SELECT count(*) FROM (SELECT {school}, count(*) AS gone FROM {piece.gone} GROUP BY 1) g
            JOIN (SELECT {school}, count(*) AS live FROM stored WHERE ended_on IS NULL AND source = ? GROUP BY 1) l
            USING ({school}) WHERE g.gone = l.live AND l.live >= 5""",
        [planner.bench.source],
    ).fetchone()[0]
