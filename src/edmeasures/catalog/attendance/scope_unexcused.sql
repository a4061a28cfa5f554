-- Unexcused time per student and scope, beside the recorded days it is read against.
WITH counted AS (
  SELECT
    u.membership_id AS membership_id,
    SUM(u.unexcused_units) AS unexcused_units,
    SUM(CASE WHEN 2 * u.unexcused_units > $day_units THEN 1 ELSE 0 END) AS unexcused_full_days
  FROM unexcused_days AS u
  GROUP BY u.membership_id
)
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(b.member_days) AS member_days,
  SUM(b.recorded_days) AS recorded_days,
  SUM(COALESCE(c.unexcused_units, 0)) AS unexcused_units,
  SUM(COALESCE(c.unexcused_full_days, 0)) AS unexcused_full_days
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
LEFT JOIN counted AS c ON c.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
