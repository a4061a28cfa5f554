-- Possible and missed time per student and scope: the table attendance measures read.
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(b.member_days) AS BIGINT) AS member_days,
  CAST(SUM(b.recorded_days) AS BIGINT) AS recorded_days,
  MAX(b.days_so_far) AS days_so_far,
  MAX(b.is_still_here) AS is_still_here,
  CAST(SUM(b.possible_parts) AS BIGINT) AS possible_parts,
  CAST(SUM(b.absent_parts) AS BIGINT) AS absent_parts,
  CASE $counting WHEN 'decimal' THEN $day_units ELSE 1 END AS parts_in_unit,
  CASE $counting WHEN 'sessions' THEN 2 WHEN 'full_day' THEN 1 ELSE $day_units END AS parts_in_day
FROM scope_members AS m
JOIN membership_attendance AS b ON b.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
