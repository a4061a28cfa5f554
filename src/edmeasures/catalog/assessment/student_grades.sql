-- The grade in which a student is compared: that of the enrolment that began last, at any school.
SELECT s.student_id AS student_id, COALESCE(s.grade_level, '') AS grade_level
FROM scope_students AS s
WHERE s.scope_id = 0
