-- Younger than two or older than twenty-five on the day of entry (P40).
SELECT DISTINCT ON (e.student_id) e.school_id, e.feed, e.student_id, NULL::bigint AS object_id, NULL::date AS "on",
       s.born_on::text AS detail, 1 AS n,
       s.born_on > e.entry_on - INTERVAL '2 years' OR s.born_on < e.entry_on - INTERVAL '26 years' AS fails
FROM spells e JOIN roster_student s ON s.id = e.student_id AND s.born_on IS NOT NULL
ORDER BY e.student_id, e.entry_on DESC, e.id DESC
