SELECT
  w.scope_id AS scope_id,
  w.student_id AS student_id,
  CAST(w.late AS DOUBLE) AS numerator,
  CAST(w.lateness_known AS DOUBLE) AS denominator,
  CAST(w.late AS DOUBLE) / NULLIF(w.lateness_known, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN w.lateness_known > 0 THEN NULL
    WHEN w.n_received = 0 THEN 'source_not_received'
    WHEN w.handed_in > 0 THEN 'lateness_not_recorded'
    ELSE 'no_work_handed_in'
  END AS reason
FROM scope_work AS w
