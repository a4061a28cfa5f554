SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(COALESCE(c.removals, 0)) AS DOUBLE) AS numerator,
  CAST(NULL AS DOUBLE) AS denominator,
  CAST(SUM(COALESCE(c.removals, 0)) AS DOUBLE) AS value,
  SUM(COALESCE(c.removals, 0)) > 0 AS flag,
  CASE WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received' END AS reason
FROM scope_members AS m
LEFT JOIN removal_counts AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'removals'
GROUP BY m.scope_id, m.student_id
