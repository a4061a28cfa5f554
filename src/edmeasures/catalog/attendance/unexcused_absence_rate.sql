SELECT
  u.scope_id AS scope_id,
  u.student_id AS student_id,
  CAST(u.unexcused_units AS DOUBLE) / $day_units AS numerator,
  CAST(u.recorded_days AS DOUBLE) AS denominator,
  CAST(u.unexcused_units AS DOUBLE) / $day_units / NULLIF(u.recorded_days, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN u.member_days = 0 THEN 'no_instructional_days'
    WHEN u.recorded_days = 0 THEN 'source_not_received'
  END AS reason
FROM scope_unexcused AS u
