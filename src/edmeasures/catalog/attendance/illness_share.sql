SELECT
  g.scope_id AS scope_id,
  g.student_id AS student_id,
  CAST(g.illness AS DOUBLE) AS numerator,
  CAST(g.authorised + g.unauthorised AS DOUBLE) AS denominator,
  CAST(g.illness AS DOUBLE) / NULLIF(g.authorised + g.unauthorised, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN g.n_received = 0 THEN 'source_not_received'
    WHEN g.possible IS NULL OR g.possible = 0 THEN 'no_instructional_days'
    WHEN g.authorised + g.unauthorised = 0 THEN 'no_absence'
  END AS reason
FROM scope_registers AS g
