-- A result of a day that has not come yet (P40).
SELECT r.school_id, r.source AS feed, r.student_id, r.id AS object_id, r."on", '' AS detail, 1 AS n, r."on" > %(on)s AS fails
FROM records_assessmentresult r
WHERE r.school_year = %(school_year)s
