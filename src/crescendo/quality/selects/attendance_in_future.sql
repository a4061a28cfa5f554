-- An absence that has not happened yet (P22, P40).
SELECT v.school_id, v.source AS feed, v.student_id, v.id AS object_id, v."on", '' AS detail, 1 AS n, v."on" > %(on)s AS fails
FROM records_attendanceevent v
WHERE v.school_year = %(school_year)s
