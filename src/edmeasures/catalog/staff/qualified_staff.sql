SELECT
  t.scope_id AS scope_id,
  t.staff_id AS student_id,
  CAST(t.is_qualified AS DOUBLE) AS numerator,
  CAST(1 AS DOUBLE) AS denominator,
  CAST(t.is_qualified AS DOUBLE) AS value,
  t.is_qualified = 1 AS flag,
  CASE WHEN t.is_qualified IS NULL THEN 'not_recorded' END AS reason
FROM present_staff AS t
