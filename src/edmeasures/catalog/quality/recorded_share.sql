SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(b.recorded_days) AS DOUBLE) AS numerator,
  CAST(SUM(b.member_days) AS DOUBLE) AS denominator,
  CAST(SUM(b.recorded_days) AS DOUBLE) / NULLIF(SUM(b.member_days), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE WHEN SUM(b.member_days) = 0 THEN 'no_instructional_days' END AS reason
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
