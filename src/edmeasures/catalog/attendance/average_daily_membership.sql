-- A student adds the share of the days taught on which they belonged to the school; schools' averages are added.
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  SUM(b.weighted_days) AS numerator,
  CAST(MAX(b.recorded_in_all) AS DOUBLE) AS denominator,
  SUM(b.daily_membership) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(b.member_days) = 0 THEN 'no_instructional_days'
    WHEN SUM(b.recorded_days) = 0 THEN 'source_not_received'
  END AS reason
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
