WITH late AS (
  SELECT s.membership_id AS membership_id, COUNT(DISTINCT e."on") AS late_days
  FROM attendance_events AS e
  JOIN spells AS s
    ON s.student_id = e.student_id
    AND s.school_id = e.school_id
    AND s.begins_on <= e."on"
    AND s.ends_on >= e."on"
  JOIN day_ranks AS r ON r.calendar_key = s.calendar_key AND r.day_on = e."on" AND r.is_recorded = 1
  WHERE e.category = 'tardy'
  GROUP BY s.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(COALESCE(l.late_days, 0)) AS DOUBLE) AS numerator,
  CAST(SUM(b.recorded_days) AS DOUBLE) AS denominator,
  100 * CAST(SUM(COALESCE(l.late_days, 0)) AS DOUBLE) / NULLIF(SUM(b.recorded_days), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(b.member_days) = 0 THEN 'no_instructional_days'
    WHEN SUM(b.recorded_days) = 0 THEN 'source_not_received'
  END AS reason
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
LEFT JOIN late AS l ON l.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
