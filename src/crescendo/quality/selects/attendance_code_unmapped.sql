-- A code that nobody said the meaning of counts neither as an absence nor as presence (P26).
SELECT v.school_id, v.source AS feed, v.student_id, v.id AS object_id, v."on", v.code AS detail, 1 AS n, v.category = 'other' AS fails
FROM records_attendanceevent v
WHERE v.school_year = %(school_year)s
