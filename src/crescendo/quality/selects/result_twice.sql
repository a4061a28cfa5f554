-- Two scored results of one student on one test on one day (P31).
SELECT r.school_id, r.source AS feed, r.student_id, r.id AS object_id, r."on", '' AS detail, 1 AS n,
       count(*) OVER (PARTITION BY r.student_id, r.assessment_id, r."on") > 1 AS fails
FROM records_assessmentresult r
WHERE r.school_year = %(school_year)s AND r.status = 'scored'
