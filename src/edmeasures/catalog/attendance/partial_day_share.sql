SELECT
  m.scope_id AS scope_id,
  m.student_id AS student_id,
  CAST(SUM(COALESCE(p.part_days, 0)) AS DOUBLE) AS numerator,
  CAST(SUM(COALESCE(p.days, 0)) AS DOUBLE) AS denominator,
  CAST(SUM(p.part_days) AS DOUBLE) / NULLIF(SUM(p.days), 0) AS value,
  CAST(NULL AS BOOLEAN) AS flag,
  CASE
    WHEN SUM(b.member_days) = 0 THEN 'no_instructional_days'
    WHEN SUM(b.recorded_days) = 0 THEN 'source_not_received'
    WHEN SUM(COALESCE(p.days, 0)) = 0 THEN 'no_absence'
  END AS reason
FROM scope_members AS m
JOIN memberships AS b ON b.membership_id = m.membership_id
LEFT JOIN absence_pattern AS p ON p.membership_id = m.membership_id
GROUP BY m.scope_id, m.student_id
