-- An enrolment without a grade (P20).
SELECT e.school_id, e.feed, e.student_id, e.id AS object_id, e.entry_on AS "on", '' AS detail, 1 AS n, e.grade_level = '' AS fails
FROM spells e
