SELECT
  g.scope_id AS scope_id,
  g.student_id AS student_id,
  CAST(g.late AS DOUBLE) AS numerator,
  CAST(g.possible AS DOUBLE) AS denominator,
  CAST(g.late AS DOUBLE) / NULLIF(g.possible, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN g.n_received = 0 THEN 'source_not_received'
    WHEN g.possible IS NULL OR g.possible = 0 THEN 'no_instructional_days'
  END AS reason
FROM scope_registers AS g
