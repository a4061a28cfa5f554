-- `streaks` is made in NumPy (edmeasures.methods.streaks).
SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(COALESCE(k.runs, 0)) AS DOUBLE) AS numerator,
  CAST(SUM(b.recorded_days) AS DOUBLE) AS denominator,
  CAST(SUM(COALESCE(k.runs, 0)) AS DOUBLE) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(b.member_days) = 0 THEN 'no_instructional_days'
    WHEN SUM(b.recorded_days) = 0 THEN 'source_not_received'
  END AS reason
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
LEFT JOIN streaks AS k ON k.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
