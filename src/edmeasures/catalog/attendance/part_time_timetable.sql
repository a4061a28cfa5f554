SELECT
  g.scope_id AS scope_id,
  g.student_id AS student_id,
  CAST(g.part_time AS DOUBLE) AS numerator,
  CAST(g.possible AS DOUBLE) AS denominator,
  CAST(g.part_time AS DOUBLE) AS value,
  g.part_time > 0 AS flag,
  CASE
    WHEN g.n_received = 0 THEN 'source_not_received'
    WHEN g.possible IS NULL OR g.possible = 0 THEN 'no_instructional_days'
  END AS reason
FROM scope_registers AS g
