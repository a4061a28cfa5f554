-- A result of a student who is enrolled nowhere this year (P8).
SELECT r.school_id, r.source AS feed, r.student_id, r.id AS object_id, r."on", '' AS detail, 1 AS n, e.student_id IS NULL AS fails
FROM records_assessmentresult r LEFT JOIN (SELECT DISTINCT student_id FROM spells) e ON e.student_id = r.student_id
WHERE r.school_year = %(school_year)s
