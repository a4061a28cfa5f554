-- A student without a date of birth (P34: identities are confirmed by it).
SELECT DISTINCT ON (e.student_id) e.school_id, e.feed, e.student_id, NULL::bigint AS object_id, NULL::date AS "on", '' AS detail,
       1 AS n, s.born_on IS NULL AS fails
FROM spells e JOIN roster_student s ON s.id = e.student_id
ORDER BY e.student_id, e.entry_on DESC, e.id DESC
