SELECT
  d.scope_id AS scope_id,
  d.student_id AS student_id,
  CAST(d.possible_parts - d.absent_parts AS DOUBLE) / d.parts_in_unit AS numerator,
  CAST(d.possible_parts AS DOUBLE) / d.parts_in_unit AS denominator,
  CAST(d.possible_parts - d.absent_parts AS DOUBLE) / NULLIF(d.possible_parts, 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN d.member_days = 0 THEN 'no_instructional_days'
    WHEN d.possible_parts = 0 THEN 'source_not_received'
  END AS reason
FROM attendance_days AS d
