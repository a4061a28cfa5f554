SELECT
  d.scope_id AS scope_id,
  d.student_id AS student_id,
  CAST(d.absent_parts AS DOUBLE) / d.parts_in_unit AS numerator,
  CAST(d.possible_parts AS DOUBLE) / d.parts_in_unit AS denominator,
  CAST(d.absent_parts AS DOUBLE) / NULLIF(d.possible_parts, 0) AS value,
  CASE
    WHEN $threshold_owns_boundary THEN d.absent_parts * $threshold_whole >= $threshold_part * d.possible_parts
    ELSE d.absent_parts * $threshold_whole > $threshold_part * d.possible_parts
  END AS flag,
  CASE
    WHEN d.member_days = 0 THEN 'no_instructional_days'
    WHEN d.member_days < $minimum_days THEN 'below_minimum_days'
    WHEN d.member_days * $minimum_share_whole < $minimum_share_part * d.days_so_far THEN 'below_minimum_days'
    WHEN NOT $leavers_count AND d.is_still_here = 0 THEN 'left_during_year'
    WHEN d.possible_parts = 0 THEN 'source_not_received'
    WHEN d.possible_parts < $minimum_days * d.parts_in_day THEN 'too_few_recorded_days'
    WHEN $attended_once AND d.absent_parts = d.possible_parts THEN 'never_attended'
  END AS reason
FROM attendance_days AS d
