-- Days with a trace on the platform per student and school: school days of membership, and the last day of all.
SELECT
  s.membership_id AS membership_id,
  COUNT(DISTINCT CASE WHEN r.is_taught = 1 THEN a."on" END) AS active_days,
  MAX(a."on") AS last_on
FROM platform_activity AS a
JOIN spells AS s
  ON s.student_id = a.student_id
  AND s.school_id = a.school_id
  AND s.begins_on <= a."on"
  AND s.ends_on >= a."on"
LEFT JOIN day_ranks AS r ON r.calendar_key = s.calendar_key AND r.day_on = a."on"
GROUP BY s.membership_id
