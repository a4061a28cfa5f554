"""Finding pairs of students that may be one person. The worker's: it reads every student, pages never do.

Pairs are only compared where they share a birthday, a name, or a number (blocks), in DuckDB. What somebody decided stays
decided: a pair is proposed once.
"""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from django.db import connection

from crescendo.core.names import fold
from crescendo.imports.exchange import Exchange

from . import scoring
from .models import Proposal

MOST = (
    500  # open proposals; more than anybody will look at is a fault of the data, not five hundred decisions
)

STUDENTS = """
SELECT s.id, s.given_name, s.family_name, s.born_on, nullif(s.identifier, ''), nullif(lower(s.email), ''),
       nullif(lower(s.username), ''), nullif(s.phone, ''), e.first_on, e.last_on, e.school_id
FROM roster_student s LEFT JOIN LATERAL (
    SELECT min(n.entry_on) AS first_on, max(coalesce(n.exit_on, '9999-12-31')) AS last_on,
           (array_agg(n.school_id ORDER BY n.entry_on DESC))[1] AS school_id
    FROM roster_enrolment n WHERE n.student_id = s.id) e ON true
WHERE s.erased_at IS NULL AND NOT EXISTS (
    SELECT FROM identity_merge m WHERE m.merged_id = s.id AND m.state IN ('asked', 'done', 'split_asked'))
"""
COLUMNS = {
    "id": "BIGINT", "given_name": "VARCHAR", "family_name": "VARCHAR", "born_on": "DATE", "identifier": "VARCHAR",
    "email": "VARCHAR", "username": "VARCHAR", "phone": "VARCHAR", "first_on": "DATE", "last_on": "DATE",
    "school_id": "BIGINT",
}  # fmt: skip

# A block that holds very many is a value that says nothing (a placeholder birthday, the school's own telephone).
PAIRS = """
CREATE TABLE pairs AS SELECT DISTINCT least(a.id, b.id) AS first, greatest(a.id, b.id) AS second FROM (
    SELECT key, unnest(ids) AS id, ids FROM (
        SELECT key, list(id) AS ids FROM (
            SELECT 'b' || born_on || left(given, 1) AS key, id FROM s WHERE born_on IS NOT NULL
            UNION ALL SELECT 'c' || born_on || left(family, 1), id FROM s WHERE born_on IS NOT NULL
            UNION ALL SELECT 'n' || given || ' ' || family, id FROM s
            UNION ALL SELECT 'n' || family || ' ' || given, id FROM s
            UNION ALL SELECT 'i' || identifier, id FROM s WHERE identifier IS NOT NULL
            UNION ALL SELECT 'e' || email, id FROM s WHERE email IS NOT NULL
            UNION ALL SELECT 'u' || username, id FROM s WHERE username IS NOT NULL
        ) GROUP BY key HAVING count(*) BETWEEN 2 AND 200)) a, unnest(a.ids) AS b(id) WHERE a.id <> b.id
"""
COMPARED = f"""
SELECT p.first, p.second, list_filter([
    CASE WHEN swapped THEN 'names_swapped' WHEN a.given = b.given THEN 'given_same'
         WHEN near_given THEN 'given_close' ELSE 'given_differs' END,
    CASE WHEN swapped THEN NULL WHEN a.family = b.family THEN 'family_same'
         WHEN near_family THEN 'family_close' ELSE 'family_differs' END,
    CASE WHEN a.born_on IS NULL OR b.born_on IS NULL THEN NULL WHEN a.born_on = b.born_on THEN 'born_same'
         WHEN year(a.born_on) = year(b.born_on) AND month(a.born_on) = day(b.born_on)
              AND day(a.born_on) = month(b.born_on) THEN 'born_swapped'
         WHEN hamming(strftime(a.born_on, '%Y%m%d'), strftime(b.born_on, '%Y%m%d')) = 1 THEN 'born_near'
         ELSE 'born_differs' END,
    CASE WHEN a.identifier = b.identifier THEN 'identifier_same' END,
    CASE WHEN a.email = b.email OR a.username = b.username OR a.phone = b.phone THEN 'contact_same' END,
    CASE WHEN a.last_on < b.first_on OR b.last_on < a.first_on THEN 'follows'
         WHEN a.school_id <> b.school_id AND a.last_on > b.first_on AND b.last_on > a.first_on THEN 'together' END
], lambda code: code IS NOT NULL) AS codes
FROM pairs p JOIN s a ON a.id = p.first JOIN s b ON b.id = p.second,
LATERAL (SELECT a.given = b.family AND a.family = b.given AND a.given <> a.family AS swapped,
    jaro_winkler_similarity(a.given, b.given) >= {scoring.CLOSE_NAMES}
        OR starts_with(a.given, b.given || ' ') OR starts_with(b.given, a.given || ' ') AS near_given,
    jaro_winkler_similarity(a.family, b.family) >= {scoring.CLOSE_NAMES}
        OR list_has_any(string_split(a.family, ' '), string_split(b.family, ' ')) AS near_family)
"""


def find_pairs(*, at: datetime) -> int:
    """Propose every new pair that is more likely one person than two; how many. Pairs proposed before stay as they are."""
    with TemporaryDirectory() as folder, duckdb.connect() as db, connection.cursor() as cursor:
        db.create_function("fold", fold, [str], str)  # type: ignore[list-item]
        students = Exchange(cursor, db, Path(folder)).fetch(STUDENTS, COLUMNS, "stored")
        db.execute(
            "CREATE TABLE s AS SELECT *, fold(given_name) AS given, fold(family_name) AS family FROM stored"
        )
        db.execute(PAIRS)
        compared = db.execute(COMPARED).fetchall()
    known = set(Proposal.objects.values_list("first_id", "second_id"))
    likely = [
        (scoring.probability(codes, students), first, second, codes)
        for first, second, codes in compared
        if (first, second) not in known and _may_be_one(codes)
    ]
    likely = sorted(one for one in likely if one[0] >= scoring.LEAST_PROBABILITY)[::-1][:MOST]
    Proposal.objects.bulk_create(
        [
            Proposal(
                first_id=first, second_id=second, probability=probability, found_at=at,
                reasons=[{"code": code, "bits": round(scoring.weight(code), 1)} for code in codes],
            )
            for probability, first, second, codes in likely
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return len(likely)


def _may_be_one(codes: list[str]) -> bool:
    """Two children with one number and other names are a fault of the numbers: never proposed as one person."""
    return not ("given_differs" in codes and ("family_differs" in codes or "born_same" in codes))
