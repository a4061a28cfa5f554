"""The difference for facts: millions of rows, compared per school year, and not at all where the year is empty."""

from typing import TYPE_CHECKING

from .bench import quoted, text
from .exchange import stored_value
from .findings import ROW

if TYPE_CHECKING:
    from .planning import Piece, Planner
    from .resolving import Staged
    from .targets import Target


def plan_facts(planner: "Planner", target: "Target", stage: "Staged") -> None:
    """Plan one hand-over of facts: create, change, retract."""
    from .planning import Piece  # noqa: PLC0415  (the two halves call each other)

    db = planner.db
    if target.school and "school" not in {column.name for column in stage.columns}:
        _take_school_from_enrolment(planner, target, stage)
    number = stage.relation.removeprefix("staged_")
    piece = Piece(target, stage.hand_over.file, f"facts_{number}", stage.columns)
    within = stage.hand_over.within_sql
    years = [
        row[0]
        for row in db.execute(f"SELECT DISTINCT school_year FROM {stage.relation} ORDER BY 1").fetchall()
    ]
    years = sorted({*years, *stage.hand_over.within_years})
    _fetch_stored(planner, target, stage, years)
    _fetch_corrected(planner, target, years)
    stored = db.execute("SELECT count(*) FROM stored").fetchone()[0]
    skipped = planner.bench.skipped.get(stage.hand_over.file, 0) if within else 0
    piece.live = stored + skipped
    if stored:
        _compare(planner, piece, stage)
    else:
        db.execute(
            f"""CREATE VIEW {piece.relation} AS SELECT *, CASE WHEN _ended THEN 'same' ELSE 'create' END AS _action,
                NULL::BIGINT AS id FROM {stage.relation}"""
        )
    piece.counts = dict(db.execute(f"SELECT _action, count(*) FROM {piece.relation} GROUP BY 1").fetchall())
    if skipped:
        piece.counts["same"] = piece.count("same") + skipped
    if stage.hand_over.mode == "full" and stored:
        _find_gone(planner, piece, stage)
    piece.years = years
    planner.pieces.append(piece)


def _fetch_stored(planner: "Planner", target: "Target", stage: "Staged", years: list[int]) -> None:
    columns = {column.stored: "BIGINT" if column.is_reference else column.type for column in stage.columns}
    selected = {"id": "BIGINT"} | columns
    if stage.hand_over.window and "on" in target.stored_names:
        selected |= {"on": "DATE"}
    values = ", ".join(stored_value(name, kind) for name, kind in selected.items())
    listed = ", ".join(map(str, years)) or "NULL"
    only = ""
    if stage.hand_over.within_sql:
        keys = f"SELECT DISTINCT key FROM ({stage.hand_over.within_sql} UNION ALL SELECT source_key AS key FROM {stage.relation})"
        planner.exchange.send_keys(keys, "wanted_keys")
        only = "AND source_key IN (SELECT key FROM wanted_keys)"
    planner.exchange.fetch(
        f"SELECT {values} FROM {target.table} WHERE school_year IN ({listed}) AND source = {text(planner.bench.source)} {only}",
        selected,
        "stored",
    )


def _fetch_corrected(planner: "Planner", target: "Target", years: list[int]) -> None:
    """Facts that a person corrected, into `corrected`: what the source says of them changes nothing."""
    listed = ", ".join(map(str, years)) or "NULL"
    planner.exchange.fetch(
        "SELECT DISTINCT school_year, fact_id FROM records_correction "
        f"WHERE fact = {text(target.table.removeprefix('records_'))} AND school_year IN ({listed})",
        {"school_year": "BIGINT", "fact_id": "BIGINT"},
        "corrected",
    )


def _compare(planner: "Planner", piece: "Piece", stage: "Staged") -> None:
    compared = [c.stored for c in stage.columns if c.stored not in {"source_key", "school_year"}]
    differs = (
        " OR ".join(f"s.{quoted(name)} IS DISTINCT FROM h.{quoted(name)}" for name in compared) or "false"
    )
    planner.db.execute(
        f"""CREATE TABLE {piece.relation} AS SELECT h.*, s.id AS id,
            CASE WHEN s.id IS NULL AND h._ended THEN 'same' WHEN s.id IS NULL THEN 'create'
                 WHEN c.fact_id IS NOT NULL THEN 'same'
                 WHEN h._ended THEN 'retract' WHEN {differs} THEN 'change' ELSE 'same' END AS _action
            FROM {stage.relation} h
            LEFT JOIN stored s ON s.source_key = h.source_key AND s.school_year = h.school_year
            LEFT JOIN corrected c ON c.fact_id = s.id AND c.school_year = s.school_year"""
    )
    planner.db.execute(f"DROP TABLE {stage.relation}")


def _find_gone(planner: "Planner", piece: "Piece", stage: "Staged") -> None:
    """Stored facts of these school years that the delivery no longer has; of a window: on its days, at the schools it names."""
    piece.gone = f"gone_{piece.relation}"
    window = ""
    if stage.hand_over.window:
        first, last = stage.hand_over.window
        window = f"AND s.\"on\" BETWEEN DATE '{first.isoformat()}' AND DATE '{last.isoformat()}'"
        if "school_id" in {column.stored for column in stage.columns}:
            window += f" AND s.school_id IN (SELECT school_id FROM {piece.relation})"
    planner.db.execute(
        f"""CREATE TABLE {piece.gone} AS SELECT s.id, s.school_year FROM stored s
            ANTI JOIN (SELECT DISTINCT key FROM ({stage.present})) p ON p.key = s.source_key
            WHERE (s.school_year, s.id) NOT IN (SELECT (school_year, fact_id) FROM corrected) {window}"""
    )
    gone = planner.db.execute(f"SELECT count(*) FROM {piece.gone}").fetchone()[0]
    piece.counts["retract"] = piece.counts.get("retract", 0) + gone


def _take_school_from_enrolment(planner: "Planner", target: "Target", stage: "Staged") -> None:
    """A fact that names no school belongs to the student's primary school of that day."""
    planner.exchange.fetch(
        "SELECT student_id, school_id, entry_on, exit_on FROM roster_enrolment WHERE is_primary",
        {"student_id": "BIGINT", "school_id": "BIGINT", "entry_on": "DATE", "exit_on": "DATE"},
        "enrolled",
    )
    _add_planned_enrolments(planner)
    planner.db.execute(
        f"""CREATE OR REPLACE TABLE {stage.relation}_at AS SELECT h.*, e.school_id, e.exit_on AS _exit_on
            FROM {stage.relation} h ASOF LEFT JOIN enrolled e
            ON h.student_id = e.student_id AND h."on" >= e.entry_on"""
    )
    planner.db.execute(f"DROP TABLE {stage.relation}")
    planner.db.execute(f"ALTER TABLE {stage.relation}_at RENAME TO {stage.relation}")
    lost = '(school_id IS NULL OR _exit_on < "on")'
    planner.bench.report(
        f"""SELECT {text(stage.hand_over.file)} AS file, _row AS row, 'fact.student_not_enrolled' AS code,
                   'school' AS "column", CAST("on" AS VARCHAR) AS received FROM {stage.relation} WHERE {lost} AND _row IS NOT NULL""",
        ROW, expected="a day on which the student is enrolled at a school",
        what_to_do="Send the school, or the student's enrolment, first.",
    )  # fmt: skip
    planner.db.execute(f"DELETE FROM {stage.relation} WHERE {lost}")
    planner.db.execute(f"ALTER TABLE {stage.relation} DROP COLUMN _exit_on")
    stage.columns.append(target.columns["school"])


def _add_planned_enrolments(planner: "Planner") -> None:
    for piece in planner.pieces:
        if piece.target.name == "school_enrolments":
            planner.db.execute(
                f"""INSERT INTO enrolled SELECT student_id, school_id, entry_on, exit_on FROM {piece.relation}
                    WHERE _action = 'create' AND is_primary"""
            )
