-- Possible and missed time per student and school, in the pack's way of counting.
-- Parts are whole numbers: sessions, full days, or the small parts of a day.
SELECT
  b.membership_id AS membership_id,
  b.member_days AS member_days,
  b.recorded_days AS recorded_days,
  b.taught_in_all AS days_so_far,
  CASE WHEN b.taught_to_end = b.taught_in_all THEN 1 ELSE 0 END AS is_still_here,
  CAST(CASE $counting
    WHEN 'sessions' THEN s.possible_sessions
    WHEN 'full_day' THEN b.recorded_days
    ELSE b.recorded_days * $day_units
  END AS BIGINT) AS possible_parts,
  CAST(CASE $counting
    WHEN 'sessions' THEN s.absent_sessions
    WHEN 'full_day' THEN COALESCE(a.absent_full_days, 0)
    ELSE COALESCE(a.absent_units, 0)
  END AS BIGINT) AS absent_parts
FROM memberships AS b
LEFT JOIN absences AS a ON a.membership_id = b.membership_id
LEFT JOIN sessions AS s ON s.membership_id = b.membership_id
