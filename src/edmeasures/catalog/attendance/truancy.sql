SELECT
  u.scope_id AS scope_id,
  u.student_id AS student_id,
  CAST(u.unexcused_full_days AS DOUBLE) AS numerator,
  CAST($truancy_days AS DOUBLE) AS denominator,
  CAST(u.unexcused_full_days AS DOUBLE) AS value,
  u.unexcused_full_days >= $truancy_days AS flag,
  CASE
    WHEN u.member_days = 0 THEN 'no_instructional_days'
    WHEN u.recorded_days = 0 THEN 'source_not_received'
  END AS reason
FROM scope_unexcused AS u
