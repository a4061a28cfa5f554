-- A class whose terms lie in another school year than the class (P47).
SELECT c.school_id, c.source AS feed, NULL::bigint AS student_id, c.id AS object_id, NULL::date AS "on",
       min(s.school_year)::text AS detail, 1 AS n, bool_or(s.school_year <> c.school_year) AS fails
FROM roster_schoolclass c JOIN roster_schoolclass_sessions m ON m.schoolclass_id = c.id
JOIN roster_academicsession s ON s.id = m.academicsession_id
WHERE c.school_year = %(school_year)s AND c.ended_on IS NULL
GROUP BY c.id
