SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(c.below) AS DOUBLE) AS numerator,
  CAST(SUM(c.scores) AS DOUBLE) AS denominator,
  CAST(SUM(c.below) AS DOUBLE) / NULLIF(SUM(c.scores), 0) AS value,
  SUM(c.below) > 0 AS flag,
  CASE
    WHEN SUM(c.scores) > 0 THEN NULL
    WHEN MAX(COALESCE(r.n_rows, 0)) = 0 THEN 'source_not_received'
    ELSE 'no_benchmark_score'
  END AS reason
FROM scope_members AS m
LEFT JOIN benchmark_counts AS c ON c.membership_id = m.membership_id
LEFT JOIN sources_received AS r ON r.school_id = m.school_id AND r.source = 'assessment_results'
GROUP BY m.scope_id, m.student_id
