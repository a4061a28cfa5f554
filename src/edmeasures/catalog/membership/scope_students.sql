-- Each student once per scope, with the grade of the enrolment that began last.
SELECT r.scope_id AS scope_id, r.student_id AS student_id, r.grade_level AS grade_level
FROM (
  SELECT
    m.scope_id,
    m.student_id,
    m.grade_level,
    ROW_NUMBER() OVER (
      PARTITION BY m.scope_id, m.student_id ORDER BY m.latest_begin_on DESC, m.grade_level DESC, m.school_id
    ) AS from_latest
  FROM scope_members AS m
) AS r
WHERE r.from_latest = 1
