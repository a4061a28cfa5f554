WITH taught AS (
  SELECT p.scope_id AS scope_id, COUNT(DISTINCT s.student_id) AS students
  FROM spells AS s
  JOIN scope_schools AS p ON p.school_id = s.school_id
  WHERE s.ends_on = $as_of
  GROUP BY p.scope_id
),
teaching AS (
  SELECT t.scope_id AS scope_id, SUM(t.fte) AS fte FROM present_staff AS t GROUP BY t.scope_id
)
SELECT
  c.scope_id AS scope_id,
  CAST(MAX(s.students) AS DOUBLE) AS numerator,
  MAX(t.fte) AS denominator,
  CAST(MAX(s.students) AS DOUBLE) / NULLIF(MAX(t.fte), 0) AS value,
  MAX(s.students) AS n_students,
  CASE
    WHEN COALESCE(MAX(t.fte), 0) = 0 THEN 'source_not_received'
    WHEN MAX(s.students) IS NULL THEN 'no_instructional_days'
  END AS reason
FROM scope_schools AS c
LEFT JOIN taught AS s ON s.scope_id = c.scope_id
LEFT JOIN teaching AS t ON t.scope_id = c.scope_id
GROUP BY c.scope_id
