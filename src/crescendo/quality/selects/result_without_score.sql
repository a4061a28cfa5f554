-- Marked as scored, with neither a score nor a level: nobody knows whether zero or missing was meant (P31).
SELECT r.school_id, r.source AS feed, r.student_id, r.id AS object_id, r."on", '' AS detail, 1 AS n,
       r.score IS NULL AND r.score_text = '' AND r.level_sequence IS NULL AND r.is_proficient IS NULL AS fails
FROM records_assessmentresult r
WHERE r.school_year = %(school_year)s AND r.status = 'scored'
