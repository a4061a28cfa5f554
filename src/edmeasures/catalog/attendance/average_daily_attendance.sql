-- A student adds the share of the days taught on which they were there. Schools have different numbers of days, so
-- the shares are added, never the days of two schools divided by one number.
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(b.weighted_days - COALESCE(a.weighted_absent, 0)) AS numerator,
  CAST(MAX(b.recorded_in_all) AS DOUBLE) AS denominator,
  SUM(b.daily_membership - COALESCE(a.daily_absence, 0)) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(b.member_days) = 0 THEN 'no_instructional_days'
    WHEN SUM(b.recorded_days) = 0 THEN 'source_not_received'
  END AS reason,
  SUM(b.daily_membership) AS extra
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
LEFT JOIN absences AS a ON a.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
