-- One number on two students (P2).
WITH named AS (
    SELECT s.id, s.identifier, count(*) OVER (PARTITION BY s.identifier) AS sharing
    FROM roster_student s WHERE s.identifier <> '' AND s.erased_at IS NULL AND s.ended_on IS NULL
)
SELECT DISTINCT ON (e.student_id) e.school_id, e.feed, e.student_id, NULL::bigint AS object_id, NULL::date AS "on", '' AS detail,
       1 AS n, s.sharing > 1 AS fails
FROM spells e JOIN named s ON s.id = e.student_id
ORDER BY e.student_id, e.entry_on DESC, e.id DESC
