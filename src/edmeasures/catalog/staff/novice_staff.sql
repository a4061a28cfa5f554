SELECT
  t.scope_id AS scope_id,
  t.staff_id AS student_id,
  t.years_experience AS numerator,
  CAST(NULL AS DOUBLE) AS denominator,
  t.years_experience AS value,
  t.years_experience < $novice_years AS flag,
  CASE WHEN t.years_experience IS NULL THEN 'not_recorded' END AS reason
FROM present_staff AS t
