-- Unexcused time on recorded days of membership, at most the whole day.
SELECT
  s.membership_id AS membership_id,
  e."on" AS day_on,
  LEAST(SUM(CAST(ROUND(e.absent_share * $day_units) AS BIGINT)), $day_units) AS unexcused_units
FROM attendance_events AS e
JOIN spells AS s
  ON s.student_id = e.student_id
  AND s.school_id = e.school_id
  AND s.begins_on <= e."on"
  AND s.ends_on >= e."on"
JOIN day_ranks AS r ON r.calendar_key = s.calendar_key AND r.day_on = e."on" AND r.is_recorded = 1
WHERE e.category = 'unexcused' AND e.absent_share > 0
GROUP BY s.membership_id, e."on"
