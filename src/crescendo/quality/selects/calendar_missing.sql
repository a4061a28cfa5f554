-- A school with students and no school days: nobody can be counted as present or absent (P17).
SELECT e.school_id, max(e.feed) AS feed, NULL::bigint AS student_id, NULL::bigint AS object_id, NULL::date AS "on", '' AS detail,
       1 AS n, NOT EXISTS (SELECT FROM days d WHERE d.school_id = e.school_id) AS fails
FROM spells e
GROUP BY e.school_id
