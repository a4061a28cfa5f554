"""Primary enrolments never overlap: the school that starts later ends the earlier one the day before."""

from typing import TYPE_CHECKING

from .bench import text

if TYPE_CHECKING:
    from .planning import Planner
    from .resolving import Staged

ROUNDS = 6  # each round settles one overlap per student; more at once in one school year is a broken file


def settle_primary(planner: "Planner", staged: list["Staged"]) -> None:
    """Shorten staged enrolments, and stored ones of this source, so that each student has one primary school a day.

    Another source's enrolment is not touched: ours then counts as an additional, not the primary, enrolment.
    Leaves `trims` (id, exit_on): stored enrolments that end earlier than they did.
    """
    db, known = planner.db, planner.ids("school_enrolment")
    db.execute("CREATE OR REPLACE TABLE trims (id BIGINT, exit_on DATE)")
    if not all(
        {"entry_on", "exit_on", "student_id"} <= {c.stored for c in stage.columns} for stage in staged
    ):
        return
    full = any(stage.hand_over.mode == "full" for stage in staged)
    ours = " UNION ALL ".join(
        f"SELECT external_id, student_id, entry_on, exit_on FROM {stage.relation} WHERE NOT _ended"
        for stage in staged
    )
    on = f"DATE '{planner.bench.on.isoformat()}'"
    would_end = f"({str(full).lower()} AND s.source = {text(planner.bench.source)} AND s.ended_on IS NULL)"
    db.execute(
        f"""CREATE OR REPLACE TABLE pool AS
        SELECT NULL::BIGINT AS id, external_id, student_id, entry_on, exit_on, true AS movable, exit_on AS was,
               true AS is_primary FROM ({ours})
        UNION ALL
        SELECT s.id, NULL, s.student_id, s.entry_on,
               CASE WHEN {would_end} THEN least(coalesce(s.exit_on, {on} - 1), {on} - 1) ELSE s.exit_on END AS exit_now,
               s.source = {text(planner.bench.source)}, exit_now, true
        FROM stored s
        WHERE s.is_primary AND NOT ({would_end} AND s.entry_on >= {on})
          AND s.student_id IN (SELECT student_id FROM ({ours}))
          AND s.id NOT IN (SELECT k.id FROM {known} k JOIN ({ours}) o USING (external_id))"""
    )
    db.execute(
        "DELETE FROM pool WHERE student_id IN (SELECT student_id FROM pool GROUP BY 1 HAVING count(*) = 1)"
    )
    _settle(planner)
    _write_back(planner, staged)


def _settle(planner: "Planner") -> None:
    for _ in range(ROUNDS):
        planner.db.execute(
            """CREATE OR REPLACE TEMP TABLE clashes AS
            SELECT * FROM (
                SELECT rowid AS r, entry_on, exit_on, movable,
                       lead(rowid) OVER w AS next_r, lead(entry_on) OVER w AS next_on, lead(movable) OVER w AS next_movable
                FROM pool WHERE is_primary
                WINDOW w AS (PARTITION BY student_id ORDER BY entry_on, movable, external_id NULLS FIRST, id)
            ) WHERE next_on IS NOT NULL AND (exit_on IS NULL OR exit_on >= next_on)"""
        )
        if not planner.db.execute("SELECT count(*) FROM clashes").fetchone()[0]:
            return
        # Two schools from the same day on, or another source's school first: ours is an additional enrolment.
        planner.db.execute(
            """UPDATE pool SET is_primary = false WHERE rowid IN
               (SELECT next_r FROM clashes WHERE next_on = entry_on OR NOT movable)"""
        )
        planner.db.execute(
            """UPDATE pool SET exit_on = c.next_on - 1 FROM clashes c
               WHERE pool.rowid = c.r AND c.movable AND c.next_on > c.entry_on"""
        )
    # What is still unsettled is kept as an additional enrolment: nothing is lost, and nothing is counted twice.
    planner.db.execute(
        "UPDATE pool SET is_primary = false WHERE external_id IS NOT NULL AND rowid IN (SELECT r FROM clashes)"
    )


def _write_back(planner: "Planner", staged: list["Staged"]) -> None:
    db = planner.db
    shortened, additional = db.execute(
        """SELECT count(*) FILTER (is_primary AND exit_on IS DISTINCT FROM was), count(*) FILTER (NOT is_primary) FROM pool"""
    ).fetchone()
    if not shortened and not additional:
        return
    for stage in staged:
        if "is_primary" not in {column.stored for column in stage.columns}:
            raise ValueError("School enrolments are handed over without is_primary.")
        db.execute(
            f"""UPDATE {stage.relation} h SET exit_on = p.exit_on, is_primary = p.is_primary FROM pool p
                WHERE p.external_id = h.external_id"""
        )
    db.execute(
        "INSERT INTO trims SELECT id, exit_on FROM pool WHERE id IS NOT NULL AND exit_on IS DISTINCT FROM was"
    )
    file = staged[0].hand_over.file
    if shortened:
        planner.bench.notice(
            "enrolment.shortened", file=file, count=shortened, expected="one primary school a day",
            what_to_do="The earlier enrolment ends the day before the later one begins.",
        )  # fmt: skip
    if additional:
        planner.bench.notice(
            "enrolment.additional", file=file, count=additional, expected="one primary school a day",
            what_to_do="Kept as an additional enrolment. Check which school counts the student.",
        )  # fmt: skip
