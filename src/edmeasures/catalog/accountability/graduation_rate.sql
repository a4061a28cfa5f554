-- The cohort whose last year in time is this school year: four years after the first ninth grade, or five, or six.
SELECT
  l.scope_id AS scope_id,
  l.student_id AS student_id,
  CASE WHEN l.diploma_year <= $school_year THEN 1.0 ELSE 0.0 END AS numerator,
  CAST(1 AS DOUBLE) AS denominator,
  CASE WHEN l.diploma_year <= $school_year THEN 1.0 ELSE 0.0 END AS value,
  COALESCE(l.diploma_year <= $school_year, FALSE) AS flag,
  CASE WHEN l.has_left = 1 THEN 'left_the_cohort' END AS reason
FROM cohort_ledger AS l
WHERE l.cohort_year = $school_year - $cohort_years + 1
