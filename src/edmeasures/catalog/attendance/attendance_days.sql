-- Possible and missed time per student and scope, in the pack's way of counting: the table attendance measures read.
-- Parts are whole numbers: sessions, full days, or the small parts of a day.
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(b.member_days) AS BIGINT) AS member_days,
  CAST(SUM(b.recorded_days) AS BIGINT) AS recorded_days,
  CAST(SUM(CASE $counting
    WHEN 'sessions' THEN s.possible_sessions
    WHEN 'full_day' THEN b.recorded_days
    ELSE b.recorded_days * $day_units
  END) AS BIGINT) AS possible_parts,
  CAST(SUM(CASE $counting
    WHEN 'sessions' THEN s.absent_sessions
    WHEN 'full_day' THEN COALESCE(a.absent_full_days, 0)
    ELSE COALESCE(a.absent_units, 0)
  END) AS BIGINT) AS absent_parts,
  CASE $counting WHEN 'decimal' THEN $day_units ELSE 1 END AS parts_in_unit,
  CASE $counting WHEN 'sessions' THEN 2 WHEN 'full_day' THEN 1 ELSE $day_units END AS parts_in_day
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
LEFT JOIN absences AS a ON a.membership_id = m.membership_id
LEFT JOIN sessions AS s ON s.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
