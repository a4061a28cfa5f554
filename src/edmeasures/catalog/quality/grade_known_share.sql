SELECT
  p.scope_id AS scope_id,
  e.student_id AS student_id,
  CAST(SUM(CASE WHEN e.grade_level IS NULL OR e.grade_level = '' THEN 0 ELSE 1 END) AS DOUBLE) AS numerator,
  CAST(COUNT(*) AS DOUBLE) AS denominator,
  CAST(SUM(CASE WHEN e.grade_level IS NULL OR e.grade_level = '' THEN 0 ELSE 1 END) AS DOUBLE) / COUNT(*) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CAST(NULL AS VARCHAR) AS reason
FROM enrolments AS e
JOIN scope_schools AS p ON p.school_id = e.school_id
WHERE e.entry_on <= $as_of
GROUP BY p.scope_id, e.student_id
