-- Twenty days sent, twenty students, not one absence: the absences are lost on the way (P22).
SELECT s.school_id, max(s.feed) AS feed, NULL::bigint AS student_id, NULL::bigint AS object_id, max(s."on") AS "on",
       count(*)::text AS detail, 1 AS n,
       NOT EXISTS (SELECT FROM records_attendanceevent v WHERE v.school_year = %(school_year)s
                   AND v.school_id = s.school_id AND v.absent_share > 0) AS fails
FROM sent s
WHERE NOT EXISTS (SELECT FROM records_schoolattendancecount c WHERE c.school_year = %(school_year)s AND c.school_id = s.school_id)
GROUP BY s.school_id
HAVING count(*) >= 20 AND (SELECT count(DISTINCT e.student_id) FROM spells e WHERE e.school_id = s.school_id) >= 20
