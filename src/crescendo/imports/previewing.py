"""The planned difference in numbers, with a few rows of each kind to look at."""

from typing import Any

from .planning import Piece

SAMPLES = 5  # rows of each kind that the preview names, by id and row number only


def take_samples(db: Any, piece: Piece) -> None:
    """A few rows of each kind of change, so that a person can look before saying yes."""
    if piece.target.is_fact:
        key, which = "source_key", "NULL"
    else:
        key, which = ("external_id" if piece.target.entity else "NULL"), "_columns"
    rows = []
    for action in sorted(action for action, number in piece.counts.items() if number and action != "same"):
        # The first few of each kind, found in one pass: ranking millions of rows would sort them all.
        rows += db.execute(
            f"""SELECT _action, _row, {key}, id, {which} FROM {piece.relation} WHERE _action = '{action}'
                ORDER BY _row LIMIT {SAMPLES}"""
        ).fetchall()
    if piece.gone:
        rows += db.execute(
            f"SELECT 'end', NULL, NULL, id, NULL FROM {piece.gone} ORDER BY id LIMIT {SAMPLES}"
        ).fetchall()
    piece.samples = [
        {
            "action": WORDS[action],
            "file": piece.file,
            "row": row,
            "key": found,
            "id": stored,
            "columns": columns or [],
        }
        for action, row, found, stored, columns in rows
    ]


WORDS = {
    "create": "created",
    "change": "changed",
    "end": "ended",
    "retract": "retracted",
    "same": "unchanged",
}


def summarise(pieces: list[Piece]) -> dict[str, dict[str, Any]]:
    """Per target: how many rows would be created, changed, ended, retracted, and are the same; with samples."""
    summary: dict[str, dict[str, Any]] = {}
    for piece in pieces:
        counts = summary.setdefault(
            piece.target.name, dict.fromkeys(WORDS.values(), 0) | {"samples": [], "by_school": {}}
        )
        for action, word in WORDS.items():
            counts[word] += piece.count(action)
        counts["samples"] += piece.samples
        for school_id, ended in piece.ended_by_school.items():
            counts["by_school"][str(school_id)] = counts["by_school"].get(str(school_id), 0) + ended
    return summary
