-- Teachers of a year ago who teach in the same set of schools today; a move within a district stays in the district.
WITH before AS (
  SELECT DISTINCT p.scope_id AS scope_id, a.staff_id AS staff_id
  FROM staff_assignments AS a
  JOIN scope_schools AS p ON p.school_id = a.school_id
  WHERE a.role = 'teacher'
    AND a.begins_on <= CAST($as_of - INTERVAL 1 YEAR AS DATE)
    AND (a.ends_on IS NULL OR a.ends_on >= CAST($as_of - INTERVAL 1 YEAR AS DATE))
)
SELECT
  b.scope_id AS scope_id,
  b.staff_id AS student_id,
  CASE WHEN n.staff_id IS NULL THEN 0.0 ELSE 1.0 END AS numerator,
  CAST(1 AS DOUBLE) AS denominator,
  CASE WHEN n.staff_id IS NULL THEN 0.0 ELSE 1.0 END AS value,
  n.staff_id IS NOT NULL AS flag,
  CAST(NULL AS VARCHAR) AS reason
FROM before AS b
LEFT JOIN present_staff AS n ON n.scope_id = b.scope_id AND n.staff_id = b.staff_id
