-- An event at a school where the student was not enrolled that day (P27).
SELECT v.school_id, v.source AS feed, v.student_id, v.id AS object_id, v."on", '' AS detail, 1 AS n,
       NOT EXISTS (SELECT FROM spells e WHERE e.student_id = v.student_id AND e.school_id = v.school_id
                   AND e.entry_on <= v."on" AND COALESCE(e.exit_on, v."on") >= v."on") AS fails
FROM records_attendanceevent v
WHERE v.school_year = %(school_year)s
