-- Who left without a confirmed transfer counts as a dropout until the ledger says otherwise.
SELECT
  l.scope_id AS scope_id,
  l.student_id AS student_id,
  CASE WHEN l.kind IN ('dropout', 'left', 'transfer_out') THEN 1.0 ELSE 0.0 END AS numerator,
  CAST(1 AS DOUBLE) AS denominator,
  CASE WHEN l.kind IN ('dropout', 'left', 'transfer_out') THEN 1.0 ELSE 0.0 END AS value,
  l.kind IN ('dropout', 'left', 'transfer_out') AS flag,
  CASE WHEN l.has_left = 1 THEN 'left_the_cohort' END AS reason
FROM cohort_ledger AS l
WHERE l.cohort_year = $school_year - $cohort_years + 1
