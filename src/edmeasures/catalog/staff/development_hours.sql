WITH learned AS (
  SELECT p.scope_id AS scope_id, d.staff_id AS staff_id, SUM(d.hours) AS hours
  FROM staff_development AS d
  JOIN scope_schools AS p ON p.school_id = d.school_id
  WHERE d."on" <= $as_of
  GROUP BY p.scope_id, d.staff_id
),
told AS (
  SELECT p.scope_id AS scope_id, COUNT(*) AS n
  FROM staff_development AS d
  JOIN scope_schools AS p ON p.school_id = d.school_id
  GROUP BY p.scope_id
)
SELECT
  t.scope_id AS scope_id,
  t.staff_id AS student_id,
  COALESCE(l.hours, 0) AS numerator,
  CAST(1 AS DOUBLE) AS denominator,
  COALESCE(l.hours, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE WHEN k.n IS NULL THEN 'source_not_received' END AS reason
FROM present_staff AS t
LEFT JOIN learned AS l ON l.scope_id = t.scope_id AND l.staff_id = t.staff_id
LEFT JOIN told AS k ON k.scope_id = t.scope_id
