-- A score below the least or above the most that the test gives: a new scale under the old name, or a zero for missing (P31, P32).
SELECT r.school_id, r.source AS feed, r.student_id, r.id AS object_id, r."on", r.score::text AS detail, 1 AS n,
       r.score < a.scale_min OR r.score > a.scale_max AS fails
FROM records_assessmentresult r JOIN records_assessment a ON a.id = r.assessment_id
WHERE r.school_year = %(school_year)s AND r.score IS NOT NULL AND (a.scale_min IS NOT NULL OR a.scale_max IS NOT NULL)
