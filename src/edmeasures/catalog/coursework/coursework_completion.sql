SELECT
  w.scope_id AS scope_id,
  w.student_id AS student_id,
  CAST(w.handed_in AS DOUBLE) AS numerator,
  CAST(w.due AS DOUBLE) AS denominator,
  CAST(w.handed_in AS DOUBLE) / NULLIF(w.due, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN w.due > 0 THEN NULL
    WHEN w.n_received = 0 THEN 'source_not_received'
    ELSE 'no_due_work'
  END AS reason
FROM scope_work AS w
