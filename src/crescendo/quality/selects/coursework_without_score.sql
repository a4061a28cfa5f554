-- Fully graded, without a grade (P31).
SELECT r.school_id, r.source AS feed, r.student_id, r.id AS object_id, r.scored_on AS "on", '' AS detail, 1 AS n,
       r.score IS NULL AND r.score_text = '' AS fails
FROM records_courseworkresult r
WHERE r.school_year = %(school_year)s AND r.status = 'fully graded'
